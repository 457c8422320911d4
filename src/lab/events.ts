/**
 * Events with payloads in a cluster that has formed: how many copies of each payload are sent, how
 * soon the last node has it, and whether every node gets every event, in order, once.
 *
 * Beside it flooding on the very same overlay: each node passes a payload on to all its links but
 * the one that it came from, nothing is acknowledged or sent again. And transmit-limited gossip.
 */
import { Xoshiro128 } from '../core/index.ts';
import type { HearsayEvent, HearsayMessage, HearsayProtocol } from '../designs/hearsay/index.ts';
import { Simulation, type Fault, type SimHost } from '../sim/index.ts';
import { hearsayAdapter } from './adapters/hearsay.ts';
import { EventByteCounter, type EventBytes } from './event-bytes.ts';
import { mean } from './statistics.ts';
import { transmitLimited } from './transmit-limited.ts';

export interface EventsOptions {
  readonly nodes: number;
  /** Share of packets lost, 0 … 1; default 0. */
  readonly loss?: number;
  readonly seed: number;
  /** Events in all, published by the origins in turn; default 200. */
  readonly events?: number;
  /** Default 1. */
  readonly origins?: number;
  /** From one event to the next; default 100. */
  readonly intervalMs?: number;
  /** Of each payload; default 200. */
  readonly payloadBytes?: number;
  /** One way, of each link; default 20. */
  readonly latencyMs?: number;
  /** What goes wrong, ms after the first event. */
  readonly faults?: readonly (Fault & { readonly atMs: number })[];
  /** How long to wait after the last event; default 10 s. */
  readonly settleMs?: number;
  readonly wire?: boolean;
}

export interface EventsResult {
  readonly nodes: number;
  readonly loss: number;
  readonly seed: number;
  readonly events: number;
  /** Bodies sent, whatever for, for each event and node that has to get it. */
  readonly copiesPerNode: number;
  /** The same without the first event of each origin, which finds the tree. */
  readonly copiesAfterFirst: number;
  /** From publishing to the last node that got it: mean and worst of the events. */
  readonly lastMs: number;
  readonly lastMsMax: number;
  /** The same of flooding on this overlay, of the nodes that it reached. */
  readonly floodingMs: number;
  readonly floodingCopiesPerNode: number;
  /** The same of transmit-limited gossip, and the share of nodes that it misses. */
  readonly gossipMs: number;
  readonly gossipCopiesPerNode: number;
  readonly gossipMissed: number;
  /** Events × nodes that did not get them, of those alive in the end. */
  readonly lost: number;
  /** Deliveries out of order or again. */
  readonly disordered: number;
  readonly gaps: number;
  readonly degreeMean: number;
  /** For each event and node: all bytes that the cluster sends, membership's too. */
  readonly bytesPerDelivery: number;
  /** The same of events alone, as encoded, by what they are for. */
  readonly bytes: EventBytes;
  readonly announcementsPerDelivery: number;
  readonly acksPerDelivery: number;
  readonly fetchesPerDelivery: number;
  /** Bodies sent for the first time over a link; and again, since they seemed lost. */
  readonly eagerPerDelivery: number;
  readonly againPerDelivery: number;
  /** Bodies that came though they were known. */
  readonly duplicatesPerDelivery: number;
  readonly traceHash: string;
}

type Host = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

export function spreadEvents(options: EventsOptions): EventsResult {
  return new EventsRun(options).run();
}

class EventsRun {
  readonly #options: Required<Omit<EventsOptions, 'faults'>> & Pick<EventsOptions, 'faults'>;
  readonly #bytes = new EventByteCounter();
  readonly #simulation;
  readonly #hosts: Host[] = [];
  readonly #publishedMs: number[] = [];
  readonly #lastMs: number[] = [];
  /** Of each node: of each origin the last number, and how many in all. */
  readonly #seen: { readonly last: Map<string, number>; count: number }[] = [];
  #disordered = 0;
  #gaps = 0;

  constructor(options: EventsOptions) {
    const defaults = {
      loss: 0,
      events: 200,
      origins: 1,
      intervalMs: 100,
      payloadBytes: 200,
      latencyMs: 20,
      settleMs: 10_000,
      wire: false,
    };
    this.#options = { ...defaults, ...options };
    const { latencyMs: ms, loss, nodes, seed, wire } = this.#options;
    const network = { latency: { type: 'constant', ms }, loss } as const;
    this.#simulation = new Simulation({ design: this.#bytes.design(), seed, network, wire });
    for (let node = 0; node < nodes; node++) {
      const config = hearsayAdapter.config(`node-${node}`, [], {});
      this.#hosts.push(this.#simulation.add(`node-${node}`, config));
      this.#seen.push({ last: new Map(), count: 0 });
    }
    hearsayAdapter.acquaint(this.#hosts);
    this.#simulation.on((host, event) => this.#heard(host.index, event as HearsayEvent));
  }

  run(): EventsResult {
    const { events, faults = [], intervalMs, nodes, origins, settleMs } = this.#options;
    // The overlay forms when topics are first used.
    this.#simulation.runUntil(1000);
    this.#hosts[0]!.call((protocol, env) => protocol.topics.begin(env));
    for (const host of this.#hosts) host.call((protocol, env) => protocol.topics.begin(env));
    this.#simulation.runUntil(FORMED_MS);
    const flooding = this.#flood();
    const gossip = this.#gossip();
    this.#bytes.clear();
    const bytesBefore = this.#simulation.counters.bytes;
    const beganMs = this.#simulation.elapsedMs;
    for (const fault of faults) {
      const { atMs, ...what } = fault;
      this.#simulation.at(beganMs + atMs, () => this.#simulation.apply(what));
    }
    let firsts = 0;
    for (let i = 0; i < events; i++) {
      this.#simulation.runUntil(beganMs + i * intervalMs);
      if (i === origins) firsts = this.#payloads();
      this.#publish(this.#hosts[i % origins]!, i);
    }
    this.#simulation.runUntil(beganMs + events * intervalMs + settleMs);
    const bytes = this.#simulation.counters.bytes - bytesBefore;
    const deliveries = events * (nodes - 1);
    const live = this.#hosts.filter((host) => host.isUp);
    const sum = (of: (host: Host) => number): number =>
      live.reduce((total, host) => total + of(host), 0);
    const counts = (host: Host): HearsayProtocol['topics']['counts'] => host.protocol.topics.counts;
    return {
      nodes,
      loss: this.#options.loss,
      seed: this.#options.seed,
      events,
      copiesPerNode: this.#payloads() / deliveries,
      copiesAfterFirst: (this.#payloads() - firsts) / (deliveries - origins * (nodes - 1)),
      lastMs: mean(this.#lastMs),
      lastMsMax: Math.max(...this.#lastMs),
      floodingMs: flooding.lastMs,
      floodingCopiesPerNode: flooding.copiesPerNode,
      gossipMs: gossip.lastMs,
      gossipCopiesPerNode: gossip.copiesPerNode,
      gossipMissed: gossip.missed,
      lost: live.length * events - sum(({ index }) => this.#seen[index]!.count),
      disordered: this.#disordered,
      gaps: this.#gaps,
      degreeMean: sum((host) => host.protocol.topics.degree) / live.length,
      bytesPerDelivery: bytes / deliveries,
      bytes: this.#bytes.per(deliveries),
      announcementsPerDelivery: sum((host) => counts(host).announcements) / deliveries,
      acksPerDelivery: sum((host) => counts(host).acks) / deliveries,
      fetchesPerDelivery: sum((host) => counts(host).wants) / deliveries,
      eagerPerDelivery: sum((host) => counts(host).payloads.eager) / deliveries,
      againPerDelivery: sum((host) => counts(host).payloads.retransmit) / deliveries,
      duplicatesPerDelivery: sum((host) => counts(host).duplicates) / deliveries,
      traceHash: this.#simulation.traceHash,
    };
  }

  #publish(host: Host, number: number): void {
    const body = new Uint8Array(this.#options.payloadBytes);
    body[0] = number >>> 8;
    body[1] = number;
    this.#publishedMs.push(this.#simulation.elapsedMs);
    this.#lastMs.push(0);
    host.call((protocol, env) =>
      protocol.topics.publish(env, { topic: 't', body, format: 'bytes' }),
    );
  }

  #heard(node: number, event: HearsayEvent): void {
    if (event.type === 'events-missed') this.#gaps++;
    if (event.type !== 'event-published') return;
    const { body, origin, seq } = event;
    const seen = this.#seen[node]!;
    if (seq !== (seen.last.get(origin.nodeId) ?? 0) + 1) this.#disordered++;
    seen.last.set(origin.nodeId, seq);
    seen.count++;
    const number = body[0]! * 256 + body[1]!;
    this.#lastMs[number] = this.#simulation.elapsedMs - this.#publishedMs[number]!;
  }

  /** Bodies sent so far. */
  #payloads(): number {
    let sum = 0;
    for (const { protocol } of this.#hosts) {
      for (const count of Object.values(protocol.topics.counts.payloads)) sum += count;
    }
    return sum;
  }

  #gossip(): { readonly lastMs: number; readonly copiesPerNode: number; readonly missed: number } {
    const { latencyMs, loss, nodes, seed } = this.#options;
    const runs = Array.from({ length: MODEL_RUNS }, (_, run) =>
      transmitLimited({ nodes, loss, latencyMs, seed: seed + run }),
    );
    return {
      lastMs: mean(runs.map(({ lastMs }) => lastMs)),
      copiesPerNode: mean(runs.map(({ copies }) => copies)) / (nodes - 1),
      missed: mean(runs.map(({ missed }) => missed)) / (nodes - 1),
    };
  }

  /** A payload on all links of the overlay as it is, in rounds of one latency each. */
  #flood(): { readonly lastMs: number; readonly copiesPerNode: number } {
    const { latencyMs, loss, nodes, origins, seed } = this.#options;
    const random = new Xoshiro128(seed, 'flooding');
    const nodeOf = new Map(this.#hosts.map((host, node) => [host.self, node]));
    const links = this.#hosts.map(({ protocol }) =>
      protocol.topics.neighbours().map((peer) => nodeOf.get(peer)!),
    );
    const rounds: number[] = [];
    let copies = 0;
    for (let i = 0; i < MODEL_RUNS; i++) {
      const from = new Map([[i % origins, -1]]);
      let edge = [i % origins];
      let round = 0;
      for (; edge.length > 0; round++) {
        const next: number[] = [];
        for (const node of edge) {
          for (const to of links[node]!) {
            if (to === from.get(node)) continue;
            copies++;
            if (from.has(to) || random.float() < loss) continue;
            from.set(to, node);
            next.push(to);
          }
        }
        edge = next;
      }
      rounds.push(round - 1);
    }
    const copiesPerNode = copies / MODEL_RUNS / (nodes - 1);
    return { lastMs: mean(rounds) * latencyMs, copiesPerNode };
  }
}

/** Links are there well before. */
const FORMED_MS = 10_000;
const MODEL_RUNS = 100;
