/**
 * Every machine of a cluster restarts at almost the same time with an empty disk and a clock that
 * is a few seconds off: all lives are new, and some claim to be older than those before.
 */
import { Xoshiro128 } from '../core/index.ts';
import { NoResurrection } from '../sim/index.ts';
import { allAlive } from './agreement.ts';
import type { Tuning } from './adapters/adapter.ts';
import { milliseconds } from './statistics.ts';
import { openTrial, type DesignName } from './trial.ts';

export interface MassRestartOptions {
  readonly design: DesignName;
  readonly nodes: number;
  readonly seed: number;
  /** The first so many nodes are everyone's seeds; default 3. */
  readonly seedNodes?: number;
  /** All restart within this; default 1,000. */
  readonly withinMs?: number;
  /** Each clock is set by as much or less, forwards or backwards; default 10,000. */
  readonly clockMs?: number;
  readonly tuning?: Tuning;
}

export interface MassRestartResult {
  readonly design: DesignName;
  readonly nodes: number;
  readonly seed: number;
  /** From the first restart until every view holds the new lives of all; null: not in 10 min. */
  readonly agreedMs: number | null;
  /** Members that came back to a view without a newer life or counter. */
  readonly resurrections: number;
  readonly events: number;
  readonly traceHash: string;
}

/** The cluster is long settled when it happens. */
const SETTLED_MS = 60_000;
const WAIT_MS_MAX = 600_000;

export function massRestart(options: MassRestartOptions): MassRestartResult {
  const { design, nodes, seed, tuning = {} } = options;
  const { seedNodes = 3, withinMs = 1000, clockMs = 10_000 } = options;
  const trial = openTrial({ design, nodes, seed, start: 'seeded', seedNodes, tuning });
  trial.check(new NoResurrection());
  const random = new Xoshiro128(seed, 'restarts');
  for (let i = 0; i < nodes; i++) {
    const node = trial.nameOf(i);
    const byMs = (2 * random.float() - 1) * clockMs;
    trial.at(SETTLED_MS + random.float() * withinMs, () => {
      trial.apply({ type: 'wall-jump', node, byMs });
      trial.apply({ type: 'restart', node, saved: 'wiped' });
    });
  }
  trial.runUntil(SETTLED_MS + withinMs);
  const agreed = trial.runUntil(() => allAlive(trial), WAIT_MS_MAX);
  return {
    design,
    nodes,
    seed,
    agreedMs: agreed ? milliseconds(trial.elapsedMs - SETTLED_MS) : null,
    resurrections: trial.violations.length,
    events: trial.counters.events,
    traceHash: trial.traceHash,
  };
}
