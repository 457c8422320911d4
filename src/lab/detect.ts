/** How fast a crash is known, at what cost, and how often the living are accused meanwhile. */
import { UsageError, Xoshiro128 } from '../core/index.ts';
import type { Tuning } from './adapters/adapter.ts';
import { FalseAlarms, type FalseAlarmCounts } from './false-alarms.ts';
import { LastSeen } from './last-seen.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface DetectOptions {
  readonly design: DesignName;
  readonly nodes: number;
  /** Nodes that crash, each at 30 s and up to one interval; fewer than all. */
  readonly crash: number;
  /** The machine loses power, else the process dies and the machine refuses. Default false. */
  readonly powerOff?: boolean;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  readonly seed: number;
  readonly tuning?: Tuning;
}

/** Times are ms from the crash, the worst over the crashes; what did not happen is null. */
export interface DetectResult extends FalseAlarmCounts {
  readonly design: DesignName;
  readonly nodes: number;
  readonly crash: number;
  readonly loss: number;
  readonly seed: number;
  readonly firstSuspectedMs: number | null;
  readonly firstDeadMs: number | null;
  /** Dead in every survivor's view. */
  readonly allDeadMs: number | null;
  /** Over the 30 s before the crash. */
  readonly messagesPerNodePerSecond: number;
  readonly bytesPerNodePerSecond: number;
  readonly events: number;
  readonly traceHash: string;
}

const CRASH_MS = 30_000;
/** Of both designs: a protocol period, a heartbeat. */
const INTERVAL_MS = 1000;
/** How long the run goes on when all know: someone may yet come back from the dead. */
const AFTER_MS = 30_000;
const END_MS = 150_000;

export function detect(options: DetectOptions): DetectResult {
  const { design, nodes, crash, loss, seed, tuning = {} } = options;
  if (!(crash >= 0 && crash < nodes)) {
    throw new UsageError(
      'BAD_OPTION',
      `crash: give 0 to ${nodes - 1} of ${nodes} nodes, not ${crash}`,
    );
  }
  const trial = openTrial({ design, nodes, loss, seed, start: 'converged', tuning });
  const alarms = new FalseAlarms(trial);
  const crashes = planCrashes(trial, alarms, options);
  trial.runUntil(CRASH_MS);
  const rates = ratesOf(trial);
  const known = (): boolean => crashes().every(({ allDeadMs }) => allDeadMs !== null);
  if (crash > 0 && trial.runUntil(() => crashes().length === crash && known(), END_MS - CRASH_MS)) {
    trial.runUntil(Math.min(trial.elapsedMs + AFTER_MS, END_MS));
  } else {
    trial.runUntil(END_MS);
  }
  return {
    design,
    nodes,
    crash,
    loss,
    seed,
    firstSuspectedMs: worst(crashes().map(({ firstSuspectedMs }) => firstSuspectedMs)),
    firstDeadMs: worst(crashes().map(({ firstDeadMs }) => firstDeadMs)),
    allDeadMs: worst(crashes().map(({ allDeadMs }) => allDeadMs)),
    ...alarms.counts,
    ...rates,
    events: trial.counters.events,
    traceHash: trial.traceHash,
  };
}

/** Picks victims and times from a stream of their own; the result lists those that have crashed. */
function planCrashes(
  trial: Trial,
  alarms: FalseAlarms,
  options: DetectOptions,
): () => readonly LastSeen[] {
  const random = new Xoshiro128(options.seed, 'crashes');
  const survivors = new Set(Array.from({ length: trial.size }, (_, node) => node));
  const crashed: LastSeen[] = [];
  for (let i = 0; i < options.crash; i++) {
    const victim = [...survivors][random.below(survivors.size)]!;
    survivors.delete(victim);
    trial.at(CRASH_MS + random.float() * INTERVAL_MS, () => {
      alarms.excuse(victim);
      crashed.push(new LastSeen(trial, victim, survivors));
      trial.apply({ type: options.powerOff ? 'power-off' : 'crash', node: trial.nameOf(victim) });
    });
  }
  return () => crashed;
}

function ratesOf(
  trial: Trial,
): Pick<DetectResult, 'messagesPerNodePerSecond' | 'bytesPerNodePerSecond'> {
  const { packets, streamMessages, bytes } = trial.counters;
  const nodeSeconds = (trial.size * trial.elapsedMs) / 1000;
  return {
    messagesPerNodePerSecond: (packets + streamMessages) / nodeSeconds,
    bytesPerNodePerSecond: bytes / nodeSeconds,
  };
}

/** The largest, or null if any is missing. */
function worst(times: readonly (number | null)[]): number | null {
  let largest: number | null = null;
  for (const time of times) {
    if (time === null) return null;
    largest = Math.max(largest ?? 0, time);
  }
  return largest;
}
