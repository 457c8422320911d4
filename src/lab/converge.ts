/**
 * How fast every node knows every node, when all start at once knowing one seed: the table that
 * courses on gossip show.
 */
import { UsageError } from '../core/index.ts';
import type { HeartbeatMode } from '../designs/heartbeat/index.ts';
import { milliseconds } from './statistics.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface ConvergeOptions {
  readonly design: DesignName;
  /** Of the heartbeat design; default push-pull. */
  readonly mode?: HeartbeatMode | undefined;
  readonly nodes: number;
  readonly fanout: number;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  readonly seed: number;
}

/** What did not happen is null. */
export interface ConvergeResult {
  readonly design: DesignName;
  readonly mode: HeartbeatMode | null;
  readonly nodes: number;
  readonly fanout: number;
  readonly loss: number;
  readonly seed: number;
  /** Whether every view was complete within two minutes. */
  readonly converged: boolean;
  /** Rounds that the median node (the lower of two) had begun when the last view was complete. */
  readonly rounds: number | null;
  readonly timeMs: number | null;
  readonly messagesPerNode: number;
  readonly bytesPerNode: number;
  readonly events: number;
  readonly traceHash: string;
}

/** Far above anything but a network that loses nearly all. */
const WAIT_MS_MAX = 120_000;

export function converge(options: ConvergeOptions): ConvergeResult {
  const { design, nodes, fanout, loss, seed } = options;
  if (design !== 'heartbeat' && options.mode !== undefined) {
    throw new UsageError('BAD_OPTION', 'mode: only the heartbeat design has modes');
  }
  const mode = design === 'heartbeat' ? (options.mode ?? 'push-pull') : null;
  const tuning = { fanout, mode: mode ?? undefined };
  const trial = openTrial({ design, nodes, loss, seed, start: 'seeded', tuning });
  const converged = untilComplete(trial);
  const { counters } = trial;
  return {
    design,
    mode,
    nodes,
    fanout,
    loss,
    seed,
    converged,
    rounds: converged ? medianRounds(trial) : null,
    timeMs: converged ? milliseconds(trial.elapsedMs) : null,
    messagesPerNode: (counters.packets + counters.streamMessages) / nodes,
    bytesPerNode: counters.bytes / nodes,
    events: counters.events,
    traceHash: trial.traceHash,
  };
}

/** Runs until every view holds every node. */
function untilComplete(trial: Trial): boolean {
  const complete = new Uint8Array(trial.size);
  let incomplete = trial.size;
  trial.watch((viewer) => {
    const is = trial.live(viewer) === trial.size ? 1 : 0;
    incomplete += complete[viewer]! - is;
    complete[viewer] = is;
  });
  // Before the first event a node knows itself alone.
  return trial.runUntil(() => incomplete === 0 || trial.size === 1, WAIT_MS_MAX);
}

function medianRounds(trial: Trial): number {
  const rounds = Array.from({ length: trial.size }, (_, node) => trial.rounds(node));
  rounds.sort((a, b) => a - b);
  return rounds[Math.floor((trial.size - 1) / 2)]!;
}
