/**
 * Starved members: some nodes get no processor for most of the time, so that their messages wait
 * while their clocks run. They take the healthy for dead; what do the healthy believe? (Lifeguard,
 * section 5: "Anomalies".) Meanwhile one healthy machine really loses power.
 */
import { UsageError, Xoshiro128 } from '../core/index.ts';
import type { Tuning } from './adapters/adapter.ts';
import { FalseAlarms, type FalseAlarmCounts } from './false-alarms.ts';
import { LastSeen } from './last-seen.ts';
import { openTrial, type DesignName } from './trial.ts';

export interface StarveOptions {
  readonly design: DesignName;
  readonly seed: number;
  /** Default 100. */
  readonly nodes?: number;
  /** Nodes that starve, all in phase; default 10. */
  readonly starved?: number;
  readonly tuning?: Tuning;
}

/** Alarms are about members that never had a fault, views those of such members. */
export interface StarveResult extends FalseAlarmCounts {
  readonly design: DesignName;
  readonly nodes: number;
  readonly starved: number;
  readonly seed: number;
  /** From the power-off at 150 s until all healthy views hold it dead; null: not by 300 s. */
  readonly powerOffKnownMs: number | null;
  readonly events: number;
  readonly traceHash: string;
}

const STARVED_MS = 32_000;
const FREE_MS = 500;
const POWER_OFF_MS = 150_000;
const END_MS = 300_000;

export function starve(options: StarveOptions): StarveResult {
  const { design, seed, nodes = 100, starved = 10, tuning = {} } = options;
  if (!(starved >= 0 && starved < nodes - 1)) {
    throw new UsageError('BAD_OPTION', `starved: give 0 to ${nodes - 2} of ${nodes} nodes`);
  }
  const trial = openTrial({ design, nodes, seed, start: 'converged', tuning });
  const alarms = new FalseAlarms(trial);
  const random = new Xoshiro128(seed, 'starved');
  const healthy = Array.from({ length: nodes }, (_, node) => node);
  const starving = Array.from(
    { length: starved },
    () => healthy.splice(random.below(healthy.length), 1)[0]!,
  );
  for (const node of starving) alarms.excuse(node);
  const all = (type: 'starve' | 'feed') => (): void => {
    for (const node of starving) trial.apply({ type, node: trial.nameOf(node) });
  };
  for (let atMs = 0; atMs < END_MS; atMs += STARVED_MS + FREE_MS) {
    trial.at(atMs, all('starve'));
    trial.at(atMs + STARVED_MS, all('feed'));
  }
  const [victim] = healthy.splice(random.below(healthy.length), 1);
  trial.runUntil(POWER_OFF_MS);
  alarms.excuse(victim!);
  const lastSeen = new LastSeen(trial, victim!, new Set(healthy));
  trial.apply({ type: 'power-off', node: trial.nameOf(victim!) });
  trial.runUntil(END_MS);
  return {
    design,
    nodes,
    starved,
    seed,
    ...alarms.counts,
    powerOffKnownMs: lastSeen.allDeadMs,
    events: trial.counters.events,
    traceHash: trial.traceHash,
  };
}
