/**
 * A cluster that has formed and whose overlay has, in which events are published and what each
 * node is told of them is counted.
 */
import type { HearsayEvent, HearsayMessage, HearsayProtocol } from '../designs/hearsay/index.ts';
import { Simulation, type SimHost } from '../sim/index.ts';
import { hearsayAdapter } from './adapters/hearsay.ts';
import { EventByteCounter } from './event-bytes.ts';
import type { HearsaySimulation } from './hearsay-simulation.ts';

export interface EventClusterOptions {
  readonly nodes: number;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  readonly seed: number;
  /** Of each payload; at least 2. */
  readonly payloadBytes: number;
  /** One way, of each link. */
  readonly latencyMs: number;
  readonly wire?: boolean;
}

export type EventCounts = HearsayProtocol['topics']['counts'];
export type EventHost = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

/** An event as it was published, and which nodes have got it. */
export interface Spread {
  readonly origin: EventHost;
  readonly publishedMs: number;
  /** When each node got it, by its index; NaN: it did not. */
  readonly gotMs: Float64Array;
  /** The last time that somebody got it. */
  lastMs: number;
}

export class EventCluster {
  readonly bytes = new EventByteCounter();
  readonly simulation: HearsaySimulation;
  readonly hosts: EventHost[] = [];
  readonly spreads: Spread[] = [];
  /** Deliveries whose number is not the next one of their origin. */
  disordered = 0;
  /** Deliveries of what that node had got. */
  again = 0;
  /** Of which origin each gap was told. */
  readonly gaps: string[] = [];
  /** Of each node: of each origin the last number. */
  readonly #last: Map<string, number>[] = [];
  readonly #payloadBytes: number;

  constructor(options: EventClusterOptions) {
    const { latencyMs: ms, loss, nodes, payloadBytes, seed, wire = false } = options;
    this.#payloadBytes = payloadBytes;
    const network = { latency: { type: 'constant', ms }, loss } as const;
    this.simulation = new Simulation({ design: this.bytes.design(), seed, network, wire });
    for (let node = 0; node < nodes; node++) {
      const config = hearsayAdapter.config(`node-${node}`, [], {});
      this.hosts.push(this.simulation.add(`node-${node}`, config));
      this.#last.push(new Map());
    }
    hearsayAdapter.acquaint(this.hosts);
    this.simulation.on((host, event) => this.#heard(host.index, event as HearsayEvent));
    // The overlay forms when topics are first used.
    this.simulation.runUntil(1000);
    this.hosts[0]!.call((protocol, env) => protocol.topics.begin(env));
    for (const host of this.hosts) host.call((protocol, env) => protocol.topics.begin(env));
    this.simulation.runUntil(FORMED_MS);
    this.bytes.clear();
  }

  publish(origin: EventHost): void {
    const number = this.spreads.length;
    const body = new Uint8Array(this.#payloadBytes);
    body[0] = number >>> 8;
    body[1] = number;
    const publishedMs = this.simulation.elapsedMs;
    const gotMs = new Float64Array(this.hosts.length).fill(Number.NaN);
    this.spreads.push({ origin, publishedMs, gotMs, lastMs: publishedMs });
    origin.call((protocol, env) =>
      protocol.topics.publish(env, { topic: 't', body, format: 'bytes' }),
    );
  }

  /** Bodies sent so far, whatever for. */
  get payloads(): number {
    let sum = 0;
    for (const { protocol } of this.hosts) {
      for (const count of Object.values(protocol.topics.counts.payloads)) sum += count;
    }
    return sum;
  }

  #heard(node: number, event: HearsayEvent): void {
    const last = this.#last[node]!;
    if (event.type === 'events-missed') {
      this.gaps.push(event.origin.name);
      last.set(event.origin.nodeId, event.to);
    }
    if (event.type !== 'event-published') return;
    const { body, origin, seq } = event;
    const spread = this.spreads[body[0]! * 256 + body[1]!]!;
    if (!Number.isNaN(spread.gotMs[node]!)) {
      this.again++;
      return;
    }
    if (seq !== (last.get(origin.nodeId) ?? 0) + 1) this.disordered++;
    last.set(origin.nodeId, seq);
    spread.lastMs = this.simulation.elapsedMs;
    spread.gotMs[node] = spread.lastMs;
  }
}

/** Links are there well before. */
const FORMED_MS = 10_000;
