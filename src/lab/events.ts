/**
 * Events with payloads in a cluster that has formed: how many copies of each payload are sent, how
 * soon the last node has it, and whether every node gets every event, in order, once.
 *
 * Beside it flooding on the very same overlay: each node passes a payload on to all its links but
 * the one that it came from, nothing is acknowledged or sent again. And transmit-limited gossip.
 */
import { Xoshiro128 } from '../core/index.ts';
import type { EventBytes } from './event-bytes.ts';
import { EventCluster, type EventCounts } from './event-cluster.ts';
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
  /** Events × nodes that did not get them. */
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

export function spreadEvents(options: EventsOptions): EventsResult {
  return new EventsRun(options).run();
}

class EventsRun {
  readonly #options: Required<EventsOptions>;
  readonly #cluster: EventCluster;

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
    this.#cluster = new EventCluster(this.#options);
  }

  run(): EventsResult {
    const { events, intervalMs, loss, nodes, origins, seed, settleMs } = this.#options;
    const { bytes, hosts, simulation, spreads } = this.#cluster;
    const flooding = this.#flood();
    const gossip = this.#gossip();
    const bytesBefore = simulation.counters.bytes;
    const beganMs = simulation.elapsedMs;
    let firsts = 0;
    for (let i = 0; i < events; i++) {
      simulation.runUntil(beganMs + i * intervalMs);
      if (i === origins) firsts = this.#cluster.payloads;
      this.#cluster.publish(hosts[i % origins]!);
    }
    simulation.runUntil(beganMs + events * intervalMs + settleMs);
    const deliveries = events * (nodes - 1);
    const copies = this.#cluster.payloads;
    const lastMs = spreads.map((spread) => spread.lastMs - spread.publishedMs);
    const perDelivery = (of: (counts: EventCounts) => number): number =>
      hosts.reduce((sum, { protocol }) => sum + of(protocol.topics.counts), 0) / deliveries;
    return {
      nodes,
      loss,
      seed,
      events,
      copiesPerNode: copies / deliveries,
      copiesAfterFirst: (copies - firsts) / (deliveries - origins * (nodes - 1)),
      lastMs: mean(lastMs),
      lastMsMax: Math.max(...lastMs),
      floodingMs: flooding.lastMs,
      floodingCopiesPerNode: flooding.copiesPerNode,
      gossipMs: gossip.lastMs,
      gossipCopiesPerNode: gossip.copiesPerNode,
      gossipMissed: gossip.missed,
      lost: spreads.reduce((sum, { gotMs }) => sum + gotMs.filter(Number.isNaN).length, 0),
      disordered: this.#cluster.disordered + this.#cluster.again,
      gaps: this.#cluster.gaps.length,
      degreeMean: mean(hosts.map(({ protocol }) => protocol.topics.degree)),
      bytesPerDelivery: (simulation.counters.bytes - bytesBefore) / deliveries,
      bytes: bytes.per(deliveries),
      announcementsPerDelivery: perDelivery(({ announcements }) => announcements),
      acksPerDelivery: perDelivery(({ acks }) => acks),
      fetchesPerDelivery: perDelivery(({ wants }) => wants),
      eagerPerDelivery: perDelivery(({ payloads }) => payloads.eager),
      againPerDelivery: perDelivery(({ payloads }) => payloads.retransmit),
      duplicatesPerDelivery: perDelivery(({ duplicates }) => duplicates),
      traceHash: simulation.traceHash,
    };
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
    const nodeOf = new Map(this.#cluster.hosts.map((host, node) => [host.self, node]));
    const links = this.#cluster.hosts.map(({ protocol }) =>
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

const MODEL_RUNS = 100;
