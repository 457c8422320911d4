/**
 * A flapping partition: again and again half of the nodes, another half each time, are cut off for
 * a while. What remains when it has healed for the last time?
 */
import { Xoshiro128 } from '../core/index.ts';
import { NoResurrection } from '../sim/index.ts';
import { allAlive, troubled } from './agreement.ts';
import type { Tuning } from './adapters/adapter.ts';
import { milliseconds } from './statistics.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface FlappingOptions {
  readonly design: DesignName;
  readonly nodes: number;
  readonly seed: number;
  /** From one cut to the next; it heals after half of that. */
  readonly everyMs: number;
  /** Cuts begin within this. */
  readonly forMs: number;
  readonly tuning?: Tuning;
}

export interface FlappingResult {
  readonly design: DesignName;
  readonly nodes: number;
  readonly seed: number;
  readonly cuts: number;
  /** From the last heal until every view holds every node as alive; null: not in 10 min. */
  readonly agreedMs: number | null;
  /** Members that came back to a view without a newer life or counter. */
  readonly resurrections: number;
  /** Members that some view held as other than alive 60 s after all agreed. */
  readonly stuck: number;
  readonly events: number;
  readonly traceHash: string;
}

const WAIT_MS_MAX = 600_000;
const AFTERWARDS_MS = 60_000;

export function flapping(options: FlappingOptions): FlappingResult {
  const { design, nodes, seed, everyMs, forMs, tuning = {} } = options;
  const trial = openTrial({ design, nodes, seed, start: 'converged', tuning });
  trial.check(new NoResurrection());
  const random = new Xoshiro128(seed, 'halves');
  let cuts = 0;
  for (let atMs = everyMs; atMs < forMs; atMs += everyMs) {
    trial.at(atMs, () => trial.apply({ type: 'partition', groups: [half(trial, random)] }));
    trial.at(atMs + everyMs / 2, () => trial.apply({ type: 'heal' }));
    cuts++;
  }
  trial.runUntil((cuts + 0.5) * everyMs);
  const healedMs = trial.elapsedMs;
  const agreed = trial.runUntil(() => allAlive(trial), WAIT_MS_MAX);
  const agreedMs = agreed ? milliseconds(trial.elapsedMs - healedMs) : null;
  trial.runUntil(trial.elapsedMs + AFTERWARDS_MS);
  return {
    design,
    nodes,
    seed,
    cuts,
    agreedMs,
    resurrections: trial.violations.length,
    stuck: troubled(trial).size,
    events: trial.counters.events,
    traceHash: trial.traceHash,
  };
}

function half(trial: Trial, random: Xoshiro128): string[] {
  const names = Array.from({ length: trial.size }, (_, node) => trial.nameOf(node));
  while (names.length > trial.size / 2) names.splice(random.below(names.length), 1);
  return names;
}
