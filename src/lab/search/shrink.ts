/**
 * Makes a scenario that breaks a promise as small as it can while it still breaks the same one:
 * shorter, fewer faults, fewer nodes, a plainer network.
 *
 * Greedy, in the manner of delta debugging (Zeller, Hildebrandt 2002): parts are left out in
 * halves, quarters and so on; what still fails is kept. Faults go in episodes, a beginning with
 * its end, or a scenario could result in which no promise can be expected to hold. Nodes keep
 * their names and addresses, and every name has random numbers of its own, so a part left out
 * changes the rest as little as can be. Deterministic; so many runs at most.
 */
import { UsageError, type Address } from '../../core/index.ts';
import { runScenario } from '../../sim/index.ts';
import type { Outcome, Scenario, ScenarioFault, ScenarioNode, Violation } from '../../sim/index.ts';
import { SCENARIO_DESIGNS } from '../scenario-designs.ts';
import { firstViolation } from './search.ts';

export interface Shrunk {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly violation: Violation;
  /** How many scenarios were tried. */
  readonly runs: number;
}

export interface ShrinkOptions {
  /** Default 400. */
  readonly runsMax?: number;
  /** Called before each run. */
  readonly onRun?: (runs: number) => void;
}

/** Shrinks a scenario whose first violation is of this checker. */
export function shrink(scenario: Scenario, checker: string, options: ShrinkOptions = {}): Shrunk {
  const shrinker = new Shrinker(scenario, checker, options);
  let before: Scenario;
  do {
    before = shrinker.best.scenario;
    for (const step of [shorten, dropFaults, dropNodes, simplify]) step(shrinker);
  } while (shrinker.best.scenario !== before);
  return shrinker.best;
}

class Shrinker {
  best: Shrunk;
  readonly #checker: string;
  readonly #runsMax: number;
  readonly #onRun: (runs: number) => void;
  #runs = 0;

  constructor(scenario: Scenario, checker: string, options: ShrinkOptions) {
    this.#checker = checker;
    this.#runsMax = options.runsMax ?? RUNS_MAX;
    this.#onRun = options.onRun ?? (() => {});
    const first = this.#run(scenario);
    if (first === undefined) {
      throw new UsageError('BAD_OPTION', `this scenario does not break "${checker}"`);
    }
    this.best = first;
  }

  /** Keeps this instead, if it breaks the same promise. */
  try(scenario: Scenario): boolean {
    if (this.#runs >= this.#runsMax) return false;
    const shrunk = this.#run(scenario);
    if (shrunk !== undefined) this.best = shrunk;
    return shrunk !== undefined;
  }

  #run(scenario: Scenario): Shrunk | undefined {
    this.#onRun(++this.#runs);
    let outcome: Outcome;
    try {
      outcome = runScenario(scenario, SCENARIO_DESIGNS);
    } catch (error) {
      // Without its fault an address may be taken, or a node not be there.
      if (error instanceof UsageError) return undefined;
      throw error;
    }
    const violation = firstViolation(outcome);
    if (violation?.checker !== this.#checker) return undefined;
    return { scenario, outcome, violation, runs: this.#runs };
  }
}

/** Ends where the promise broke. */
function shorten(shrinker: Shrinker): void {
  const { scenario, violation } = shrinker.best;
  const untilMs = Math.ceil(violation.atMs) + 1;
  if (untilMs >= scenario.untilMs) return;
  const faults = scenario.faults.filter(({ atMs }) => atMs <= untilMs);
  shrinker.try({ ...scenario, untilMs, faults });
}

function dropFaults(shrinker: Shrinker): void {
  const episodes = episodesOf(shrinker.best.scenario.faults);
  leaveOut(episodes, (left) => {
    const faults = left.flat().sort((a, b) => a.atMs - b.atMs);
    return shrinker.try({ ...shrinker.best.scenario, faults });
  });
}

/**
 * Each goes with all that happens to it; what happened to several happens to the others. One by
 * which the others find each other stays.
 */
function dropNodes(shrinker: Shrinker): void {
  const { nodes } = shrinker.best.scenario;
  if (typeof nodes === 'number') return;
  leaveOut(nodes, (left) => {
    const { config, faults, ...rest } = shrinker.best.scenario;
    const places = new Set(left.map(({ address }) => address));
    const given = config['seeds'] as readonly Address[];
    const seeds = given.filter((seed) => places.has(seed));
    if (seeds.length === 0) return false;
    return shrinker.try({
      ...rest,
      config: { ...config, seeds },
      nodes: left,
      faults: faultsAmong(left, faults),
    });
  });
}

function faultsAmong(nodes: readonly ScenarioNode[], faults: readonly ScenarioFault[]) {
  const names = new Set(nodes.map(({ name }) => name));
  return faults.flatMap((fault): ScenarioFault[] => {
    if ('node' in fault && fault.node !== undefined && !names.has(fault.node)) return [];
    if (fault.type !== 'partition') return [fault];
    const groups = fault.groups.map((group) => group.filter((name) => names.has(name)));
    return [{ ...fault, groups }];
  });
}

function simplify(shrinker: Shrinker): void {
  const current = (): Scenario => shrinker.best.scenario;
  for (const option of Object.keys(current().config)) {
    if (option === 'seeds') continue;
    const { [option]: _, ...config } = current().config;
    shrinker.try({ ...current(), config });
  }
  const { loss, latency } = current().network;
  if (loss !== undefined) shrinker.try({ ...current(), network: { latency } });
  if (latency.type !== 'constant') {
    const network = { ...current().network, latency: { type: 'constant', ms: 1 } as const };
    shrinker.try({ ...current(), network });
  }
}

/** Leaves out halves, then quarters, …, then single ones, as long as `keep` says that it held. */
function leaveOut<T>(all: readonly T[], keep: (left: readonly T[]) => boolean): void {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
    let from = 0;
    while (from < left.length) {
      const fewer = [...left.slice(0, from), ...left.slice(from + size)];
      if (keep(fewer)) left = fewer;
      else from += size;
    }
  }
}

/** A beginning with its end; what has none is alone. */
function episodesOf(faults: readonly ScenarioFault[]): ScenarioFault[][] {
  const episodes: ScenarioFault[][] = [];
  const open = new Map<string, ScenarioFault[]>();
  for (const fault of faults) {
    const { key, ends } = placeOf(fault);
    const begun = open.get(key);
    if (ends && begun !== undefined) {
      begun.push(fault);
      open.delete(key);
      continue;
    }
    const episode = [fault];
    episodes.push(episode);
    if (!ends) open.set(key, episode);
  }
  return episodes;
}

/** What a fault changes, and whether it puts it right again. */
function placeOf(fault: ScenarioFault): { readonly key: string; readonly ends: boolean } {
  const { type, node = '', name = '' } = fault as { type: string; node?: string; name?: string };
  if (fault.type === 'command') {
    const { command, atMs } = fault;
    if (command === 'leave') return { key: `life ${node}`, ends: false };
    return { key: `command ${node} ${atMs}`, ends: false };
  }
  const pair = PAIRS[type] ?? { of: type, ends: isSound(fault) };
  return { key: `${pair.of} ${node}${name}`, ends: pair.ends };
}

/** Nothing more is lost, delayed or broken. */
function isSound(fault: object): boolean {
  const values: unknown[] = Object.values(fault);
  return ['sound', 'roomy', 'enough', 0].some((value) => values.includes(value));
}

/** Faults of different types that begin and end the same. */
const PAIRS: Readonly<Record<string, { readonly of: string; readonly ends: boolean }>> = {
  crash: { of: 'life', ends: false },
  'power-off': { of: 'life', ends: false },
  restart: { of: 'life', ends: true },
  pause: { of: 'pause', ends: false },
  resume: { of: 'pause', ends: true },
  starve: { of: 'starve', ends: false },
  feed: { of: 'starve', ends: true },
  partition: { of: 'cut', ends: false },
  heal: { of: 'cut', ends: true },
};

/** Some seconds of runs, since a scenario takes some ten milliseconds. */
const RUNS_MAX = 400;
