import { UsageError } from '../core/index.ts';
import type { NetworkModel } from '../sim/index.ts';
import { drawTroubles, type Trouble, type TroubleOptions } from './troubles.ts';
import { describe, faultText, WorldError, type TimedFault } from './world-error.ts';
import { World } from './world.ts';

export interface Exploration {
  /** How many, 1 or more, from seed 1; or which. */
  readonly seeds: number | readonly number[];
  /**
   * The test, as one writes it for one world: starts programs, lets time pass, looks. It throws, or
   * the world does, where something is wrong.
   */
  readonly test: (world: World) => unknown;
  /** Random ones, drawn anew for each seed; or these, for every seed. Default: random. */
  readonly faults?: TroubleOptions | readonly TimedFault[];
  /** Default: as of a World. */
  readonly network?: Partial<NetworkModel>;
}

/** What has been looked at. */
export interface Explored {
  /** Worlds. */
  readonly runs: number;
  /** Virtual milliseconds of all of them. */
  readonly elapsedMs: number;
}

/** A seed that fails, with as few faults as it takes. */
export class ExploreError extends Error {
  override readonly name: string = 'ExploreError';
  readonly seed: number;
  /** What it takes: give them to `explore` or to a World to see it again. */
  readonly faults: readonly TimedFault[];

  constructor(failure: Failure, note: string) {
    const { seed, troubles, error, standing } = failure;
    const faults = troubles.flat();
    const lines = faults.map((fault) => `    ${faultText(fault)},`);
    const list = lines.length === 0 ? '[]' : `[\n${lines.join('\n')}\n  ]`;
    super(
      `seed ${seed} fails${note}.\nTo see it again, give \`explore\` this:\n` +
        `  seeds: [${seed}],\n  faults: ${list},\n${messageOf(error)}${standing}`,
      { cause: error },
    );
    this.seed = seed;
    this.faults = faults;
  }
}

interface Failure {
  readonly seed: number;
  readonly troubles: readonly Trouble[];
  readonly error: unknown;
  /** How the world stood, where the error does not tell it. */
  readonly standing: string;
  readonly trace: string;
}

interface Run {
  readonly troubles: readonly Trouble[];
  readonly elapsedMs: number;
  readonly failure: Failure | undefined;
}

/**
 * Runs a test in many worlds, each with its own seed and its own random faults. The first that
 * fails is run again with fewer faults, until none of them can be left out, and then thrown.
 *
 * @throws ExploreError
 */
export async function explore(exploration: Exploration): Promise<Explored> {
  const { seeds, faults = {} } = exploration;
  let runs = 0;
  let elapsedMs = 0;
  for (const seed of seedsOf(seeds)) {
    const draw = isList(faults)
      ? () => [faults] // As asked for: all of them or, where none is needed, none.
      : (processes: readonly string[]) => drawTroubles(processes, seed, faults);
    const run = await play(exploration, seed, draw);
    runs++;
    elapsedMs += run.elapsedMs;
    if (run.failure !== undefined) throw await explain(exploration, run.failure, runs);
  }
  return { runs, elapsedMs };
}

async function play(
  { test, network }: Exploration,
  seed: number,
  draw: (processes: readonly string[]) => readonly Trouble[],
): Promise<Run> {
  let troubles: readonly Trouble[] = [];
  const world = new World({
    seed,
    ...(network && { network }),
    faults(processes) {
      troubles = draw(processes);
      return troubles.flat();
    },
  });
  let failure: Failure | undefined;
  try {
    await test(world);
  } catch (error) {
    const standing =
      error instanceof WorldError ? '' : `\n${describe({ ...world.standing(), faults: [] })}`;
    failure = { seed, troubles, error, standing, trace: world.trace() };
  }
  const { elapsedMs } = world;
  world.close();
  return { troubles, elapsedMs, failure };
}

/** Leaves out what can be left out. A fault less may well be another failure: that will do. */
async function explain(
  exploration: Exploration,
  first: Failure,
  runs: number,
): Promise<ExploreError> {
  const { seed } = first;
  const again = await play(exploration, seed, () => first.troubles);
  if (again.failure?.trace !== first.trace) return new ExploreError(first, UNSTEADY);
  let failure = first;
  for (let size = failure.troubles.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < failure.troubles.length;) {
      const fewer = failure.troubles.toSpliced(at, size);
      const run = await play(exploration, seed, () => fewer);
      if (run.failure === undefined) at += size;
      else failure = run.failure;
    }
  }
  const before = runs - 1 === 0 ? '' : ` after ${runs - 1} that did not`;
  const all = first.troubles.length;
  const left = failure.troubles.length;
  const shrunk = left < all ? `, with ${left} of its ${all} troubles` : '';
  return new ExploreError(failure, before + shrunk);
}

const UNSTEADY =
  ', but not the same way every time: something in it depends on more than `io`, ' +
  'perhaps on Date, Math.random, real timers, or on what an earlier run has left';

function* seedsOf(seeds: number | readonly number[]): Iterable<number> {
  if (typeof seeds !== 'number') return yield* seeds;
  if (!(seeds >= 1)) throw new UsageError('BAD_OPTION', `seeds: give 1 or more, not ${seeds}`);
  for (let seed = 1; seed <= seeds; seed++) yield seed;
}

function isList(faults: TroubleOptions | readonly TimedFault[]): faults is readonly TimedFault[] {
  return Array.isArray(faults);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
