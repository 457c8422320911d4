/** Hours in which nobody fails: every suspicion and every death is false. */
import type { Tuning } from './adapters/adapter.ts';
import { FalseAlarms, type FalseAlarmCounts } from './false-alarms.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface QuietOptions {
  readonly design: DesignName;
  readonly nodes: number;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  readonly seed: number;
  readonly hours: number;
  /** Members whose TCP port is shut from the start, though they believe it open; default none. */
  readonly shut?: ShutPorts;
  readonly tuning?: Tuning;
}

export interface ShutPorts {
  readonly nodes: number;
  /** Refused at once, or in silence. */
  readonly how: 'rejects' | 'drops';
}

export interface QuietResult extends FalseAlarmCounts {
  readonly design: DesignName;
  readonly nodes: number;
  readonly loss: number;
  readonly seed: number;
  readonly hours: number;
  readonly messagesPerNodePerSecond: number;
  readonly bytesPerNodePerSecond: number;
  readonly events: number;
  readonly traceHash: string;
}

const HOUR_MS = 3_600_000;

export function quiet(options: QuietOptions): QuietResult {
  const { design, nodes, loss, seed, hours, shut, tuning = {} } = options;
  const trial = openTrial({ design, nodes, loss, seed, start: 'converged', tuning });
  const alarms = new FalseAlarms(trial);
  if (shut !== undefined) shutPorts(trial, shut);
  trial.runUntil(hours * HOUR_MS);
  const { packets, streamMessages, bytes, events } = trial.counters;
  const nodeSeconds = nodes * hours * 3600;
  return {
    design,
    nodes,
    loss,
    seed,
    hours,
    ...alarms.counts,
    messagesPerNodePerSecond: (packets + streamMessages) / nodeSeconds,
    bytesPerNodePerSecond: bytes / nodeSeconds,
    events,
    traceHash: trial.traceHash,
  };
}

function shutPorts(trial: Trial, { nodes, how }: ShutPorts): void {
  for (let node = 0; node < nodes; node++) {
    trial.apply({ type: 'tcp-port', node: trial.nameOf(node), is: how });
  }
}
