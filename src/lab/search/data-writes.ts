/**
 * What programs write in a random scenario, while its troubles go on: own state and the shared map,
 * few keys and again and again the same ones, by any node, some during cuts, some by clocks that
 * differ. The last writes are before the troubles end, so that there is time for all to agree.
 */
import type { Random } from '../../core/index.ts';
import type { ScenarioFault } from '../../sim/index.ts';

export interface DataWritesOptions {
  /** Names of those that write. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** What else happens. */
  readonly faults: readonly ScenarioFault[];
}

/** In half of all scenarios none: most promises have nothing to do with data. */
export function dataWrites(random: Random, options: DataWritesOptions): ScenarioFault[] {
  if (random.below(2) === 0) return [];
  const { faults, fromMs, names, untilMs } = options;
  const keys = 1 + random.below(KEYS_MAX);
  const count = 1 + random.below(WRITES_MAX);
  const writes: ScenarioFault[] = [];
  const write = (atMs: number): void => {
    const node = names[random.below(names.length)]!;
    const key = `k${random.below(keys)}`;
    const command = COMMANDS[random.below(COMMANDS.length)]!;
    const value = `${writes.length}`.repeat(random.below(20) === 0 ? 100 : 1);
    const argument = command.endsWith('delete') ? key : `${key}=${value}`;
    writes.push({ atMs, type: 'command', node, command, argument });
  };
  for (let i = 0; i < count; i++) {
    // Several at a time are what races are made of.
    let atMs = fromMs + random.below(untilMs - fromMs);
    atMs -= random.below(2) === 0 ? atMs % 5000 : 0;
    write(Math.max(fromMs, atMs));
  }
  for (const { atMs, type } of faults) {
    if (!CUTS.has(type) || random.below(2) === 0) continue;
    for (let i = random.below(4); i >= 0; i--) {
      write(Math.min(untilMs, atMs + random.below(CUT_MS_MAX)));
    }
  }
  return random.below(2) === 0 ? writes : [...writes, ...clocksDiffer(random, options)];
}

/** Some of those that write have clocks that are a few seconds off: what is heard orders writes. */
function clocksDiffer(random: Random, { fromMs, names, untilMs }: DataWritesOptions) {
  return Array.from({ length: 1 + random.below(JUMPS_MAX) }, (): ScenarioFault => {
    const atMs = fromMs + random.below(untilMs - fromMs);
    const byMs = random.below(2 * JUMP_MS_MAX + 1) - JUMP_MS_MAX;
    return { atMs, type: 'wall-jump', node: names[random.below(names.length)]!, byMs };
  });
}

/**
 * Whether clocks are near enough to each other: what is written by one that is more than five
 * minutes ahead stays with whoever believes it.
 */
export function areClocksNear(faults: readonly ScenarioFault[]): boolean {
  return !faults.some((fault) => fault.type === 'wall-jump' && Math.abs(fault.byMs) > APART_MS_MAX);
}

/** Whether something is written to own state or the map. */
export function isOfData(fault: ScenarioFault): boolean {
  return fault.type === 'command' && /^(map-)?(set|set-large|fill|delete)$/.test(fault.command);
}

/** By how much a clock may mistake a time as long as this: it leaps, and it drifts. */
export function clockErrorMs(faults: readonly ScenarioFault[], timeMs: number): number {
  const leaps = new Map<string, number>();
  for (const fault of faults) {
    if (fault.type !== 'wall-jump') continue;
    leaps.set(fault.node, (leaps.get(fault.node) ?? 0) + Math.abs(fault.byMs));
  }
  return Math.max(0, ...leaps.values()) + timeMs * DRIFT_MAX;
}

/** As much as any clock drifts in a random scenario. */
const DRIFT_MAX = 0.1;
/** Even two such jumps of two nodes do not make five minutes. */
const APART_MS_MAX = 60_000;
/** Deleted as often as written anew. */
const COMMANDS = [
  'set',
  'set',
  'map-set',
  'map-set',
  'delete',
  'map-delete',
  'map-delete',
] as const;
const KEYS_MAX = 6;
/** What is written within it, the other side does not hear by gossip. */
const CUTS: ReadonlySet<string> = new Set(['partition', 'pair-cut', 'one-way-cut']);
const CUT_MS_MAX = 10_000;
const JUMPS_MAX = 4;
const JUMP_MS_MAX = 20_000;
const WRITES_MAX = 60;
