/** One member asks all: how many answers come, when, and what that costs. */
import { hearsay, type HearsayEvent, type QueryEnd } from '../designs/hearsay/index.ts';
import { Simulation } from '../sim/index.ts';
import { hearsayAdapter } from './adapters/hearsay.ts';
import { median, milliseconds, sorted } from './statistics.ts';
import { LATENCY } from './trial.ts';

export interface AskOptions {
  readonly nodes: number;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  readonly seed: number;
  readonly deadlineMs: number;
  /** Bytes of the question's payload, and of each answer. */
  readonly payloadBytes: number;
  readonly answerBytes: number;
}

export interface AskResult extends AskOptions {
  readonly asked: number;
  readonly answered: number;
  /** Share of those asked. */
  readonly share: number;
  readonly why: QueryEnd;
  /** When half of the answers, and the last of them, had come; null: none came. */
  readonly medianMs: number | null;
  readonly lastMs: number | null;
  /** Sent by all for the query: membership is kept silent meanwhile. */
  readonly bytesPerMember: number;
  readonly packetsPerMember: number;
  /** The most answers that came to the asker within ten milliseconds. */
  readonly burst: number;
  readonly traceHash: string;
}

export function ask(options: AskOptions): AskResult {
  const { nodes, loss, seed, deadlineMs, payloadBytes, answerBytes } = options;
  const simulation = new Simulation({ design: hearsay, seed, network: { latency: LATENCY, loss } });
  for (let node = 0; node < nodes; node++) {
    simulation.add(`node-${node}`, hearsayAdapter.config(`node-${node}`, [], { hearsay: CALM }));
  }
  const { hosts } = simulation;
  hearsayAdapter.acquaint(hosts);
  const answer = new Uint8Array(answerBytes);
  for (const { protocol } of hosts) protocol.queries.provide(NAME, () => answer);
  const answeredMs: number[] = [];
  let ended: Extract<HearsayEvent, { type: 'query-ended' }> | undefined;
  simulation.on((_host, event) => {
    if (event.type === 'query-answered') answeredMs.push(simulation.elapsedMs - SETTLED_MS);
    if (event.type === 'query-ended') ended = event;
  });
  simulation.runUntil(SETTLED_MS);
  const before = { ...simulation.counters };
  const question = { name: NAME, payload: new Uint8Array(payloadBytes), deadlineMs };
  hosts[0]!.call((protocol, env) => protocol.queries.ask(env, question));
  simulation.runUntil(SETTLED_MS + deadlineMs + LATE_MS);
  const { bytes, packets } = simulation.counters;
  if (ended === undefined) throw new Error('a query did not end at its deadline');
  const { asked, answered } = ended.counts;
  return {
    ...options,
    asked,
    answered,
    share: answered / asked,
    why: ended.why,
    medianMs: answered === 0 ? null : milliseconds(median(sorted(answeredMs))),
    lastMs: answered === 0 ? null : milliseconds(answeredMs.at(-1)!),
    bytesPerMember: (bytes - before.bytes) / nodes,
    packetsPerMember: (packets - before.packets) / nodes,
    burst: burstOf(answeredMs),
    traceHash: simulation.traceHash,
  };
}

/** The most that fall within ten milliseconds. */
function burstOf(times: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while (times[to]! - times[from]! > 10) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

const NAME = 'hearsay:lab';
const HOUR_MS = 3_600_000;
const CALM = {
  probeIntervalMs: HOUR_MS,
  exchangeIntervalMs: HOUR_MS,
  reconnectIntervalMs: HOUR_MS,
};
const SETTLED_MS = 2000;
/** Repeats that are still under way count, too. */
const LATE_MS = 2000;
