/**
 * Ten nodes publish events all the time while two halves of a cluster are cut off from each other
 * for a minute, or a fifth of the cluster crashes at once: whether every live node still gets every
 * event of those who live, in order, once; how soon; and how many copies that takes. Beside it the
 * same events by transmit-limited gossip.
 */
import { EventCluster, type EventHost, type Spread } from './event-cluster.ts';
import { transmitLimited } from './transmit-limited.ts';

export interface EventsHealingOptions {
  readonly nodes: number;
  readonly seed: number;
  /** `cut`: two halves for a minute; `crash`: the last fifth ends at once; `calm`: neither. */
  readonly trouble: 'cut' | 'crash' | 'calm';
  /** Share of packets lost, 0 … 1; default 0. */
  readonly loss?: number;
  /** Evenly over the cluster, so in both halves, and among those who crash; default 10. */
  readonly origins?: number;
  /** By all origins in turn; default 10. */
  readonly eventsPerSecond?: number;
}

export interface EventsHealingResult {
  readonly nodes: number;
  readonly loss: number;
  readonly seed: number;
  readonly events: number;
  /** Events of live origins × live nodes. */
  readonly due: number;
  /** Of those, what never came. */
  readonly lost: number;
  /** Deliveries of an event whose number is not the next one of its origin. */
  readonly disordered: number;
  /** Deliveries of an event that the node had got. */
  readonly again: number;
  /** Gaps told of live origins. */
  readonly gaps: number;
  /** Events of crashed origins that some of the living got, and others did not. */
  readonly halfTold: number;
  /** From the end of the trouble until all that live have all that was published before. */
  readonly caughtUpMs: number;
  /** Of events published later: from publishing until the last node has it, the longest. */
  readonly laterMsMax: number;
  /** The same of those published in the last ten seconds, when links have settled. */
  readonly settledMsMax: number;
  /** Bodies sent, whatever for, for each delivery to another node. */
  readonly copiesPerDelivery: number;
  /** Of all nodes, for each delivery: all bytes, membership's too. */
  readonly bytesPerDelivery: number;
  /** What the mean live node has of the events a second old or older; each second of trouble on. */
  readonly shares: readonly number[];
  /** The same of transmit-limited gossip; and what never comes by it. */
  readonly gossipShares: readonly number[];
  readonly gossipLost: number;
  readonly traceHash: string;
}

/** An event by either way. */
type Reached = Pick<Spread, 'publishedMs' | 'gotMs'>;

export function eventsHealing(options: EventsHealingOptions): EventsHealingResult {
  return new EventsHealing(options).run();
}

class EventsHealing {
  readonly #options: Required<EventsHealingOptions>;
  readonly #cluster: EventCluster;
  readonly #origins: readonly EventHost[];
  /** Of the trouble; and when nothing is published any more. */
  #beginMs = 0;
  #endMs = 0;
  #stopMs = 0;

  constructor(options: EventsHealingOptions) {
    this.#options = { loss: 0, origins: 10, eventsPerSecond: 10, ...options };
    const { loss, nodes, origins, seed } = this.#options;
    this.#cluster = new EventCluster({
      nodes,
      loss,
      seed,
      latencyMs: LATENCY_MS,
      payloadBytes: PAYLOAD_BYTES,
    });
    const { hosts } = this.#cluster;
    this.#origins = Array.from(
      { length: origins },
      (_, i) => hosts[Math.floor((i * nodes) / origins)]!,
    );
  }

  run(): EventsHealingResult {
    const { simulation } = this.#cluster;
    const intervalMs = 1000 / this.#options.eventsPerSecond;
    const bytesBefore = simulation.counters.bytes;
    const beganMs = simulation.elapsedMs;
    this.#beginMs = beganMs + BEFORE_MS;
    this.#endMs = this.#beginMs + (this.#options.trouble === 'cut' ? CUT_MS : 0);
    this.#schedule();
    this.#stopMs = this.#endMs + AFTER_MS;
    for (let i = 0; beganMs + i * intervalMs < this.#stopMs; i++) {
      simulation.runUntil(beganMs + i * intervalMs);
      const origin = this.#origins[i % this.#origins.length]!;
      if (origin.isUp) this.#cluster.publish(origin);
    }
    simulation.runUntil(this.#stopMs + SETTLE_MS);
    return this.#result(simulation.counters.bytes - bytesBefore);
  }

  #schedule(): void {
    const { hosts, simulation } = this.#cluster;
    const { nodes, trouble } = this.#options;
    const names = hosts.map(({ name }) => name);
    if (trouble === 'crash') {
      for (const node of names.slice(this.#crashed)) {
        simulation.schedule(this.#beginMs, { type: 'crash', node });
      }
    }
    if (trouble !== 'cut') return;
    const half = names.slice(0, nodes / 2);
    simulation.schedule(this.#beginMs, { type: 'partition', groups: [half] });
    simulation.schedule(this.#endMs, { type: 'heal' });
  }

  /** From this node on they crash. */
  get #crashed(): number {
    const { nodes, trouble } = this.#options;
    return trouble === 'crash' ? nodes - Math.floor(nodes / 5) : nodes;
  }

  #result(bytes: number): EventsHealingResult {
    const { again, disordered, gaps, hosts, payloads, simulation, spreads } = this.#cluster;
    const { loss, nodes, seed } = this.#options;
    const crashed = new Set(hosts.slice(this.#crashed).map(({ name }) => name));
    const live = spreads.filter(({ origin }) => !crashed.has(origin.name));
    const dead = spreads.filter(({ origin }) => crashed.has(origin.name));
    const later = live.filter(({ publishedMs }) => publishedMs >= this.#endMs);
    const earlier = live.filter(({ publishedMs }) => publishedMs < this.#endMs);
    const settled = later.filter(({ publishedMs }) => publishedMs >= this.#stopMs - SETTLED_MS);
    const deliveries = spreads.reduce((sum, { gotMs }) => sum + reached(gotMs) - 1, 0);
    const gossip = live.map((spread, number) => this.#gossip(spread, number));
    return {
      nodes,
      loss,
      seed,
      events: spreads.length,
      due: live.length * this.#crashed,
      lost: this.#missing(live),
      disordered,
      again,
      gaps: gaps.filter((name) => !crashed.has(name)).length,
      halfTold: dead.filter((spread) => this.#missing([spread]) % this.#crashed > 0).length,
      caughtUpMs: longest(earlier, this.#endMs),
      laterMsMax: longest(later),
      settledMsMax: longest(settled),
      copiesPerDelivery: payloads / deliveries,
      bytesPerDelivery: bytes / deliveries,
      shares: this.#shares(live),
      gossipShares: this.#shares(gossip),
      gossipLost: this.#missing(gossip),
      traceHash: simulation.traceHash,
    };
  }

  /** Events × live nodes that did not get them. */
  #missing(spreads: readonly Reached[]): number {
    const live = this.#crashed;
    return spreads.reduce((sum, { gotMs }) => sum + live - reached(gotMs.subarray(0, live)), 0);
  }

  /** Of all events at least a second old, what the mean live node has; each second. */
  #shares(spreads: readonly Reached[]): number[] {
    const shares: number[] = [];
    for (let nowMs = this.#beginMs; nowMs <= this.#stopMs; nowMs += 1000) {
      const old = spreads.filter(({ publishedMs }) => publishedMs <= nowMs - 1000);
      let held = 0;
      for (const { gotMs } of old) {
        for (let node = 0; node < this.#crashed; node++) if (gotMs[node]! <= nowMs) held++;
      }
      shares.push(held / old.length / this.#crashed);
    }
    return shares;
  }

  /** The same event by transmit-limited gossip, under the same trouble. */
  #gossip({ origin, publishedMs }: Spread, number: number): Reached {
    const { loss, nodes, seed, trouble } = this.#options;
    const { knownMs } = transmitLimited({
      nodes,
      loss,
      latencyMs: LATENCY_MS,
      seed: seed + number,
      origin: origin.index,
      reaches: (from, to, atMs) => {
        const nowMs = publishedMs + atMs;
        if (nowMs < this.#beginMs || trouble === 'calm') return true;
        if (trouble === 'crash') return Math.max(from, to) < this.#crashed;
        return nowMs >= this.#endMs || from < nodes / 2 === to < nodes / 2;
      },
    });
    return { publishedMs, gotMs: Float64Array.from(knownMs, (ms) => publishedMs + ms) };
  }
}

/** How many got it. */
function reached(gotMs: Float64Array): number {
  return gotMs.reduce((sum, ms) => sum + (ms < Infinity ? 1 : 0), 0);
}

/** From a time, or from publishing if that is later, until the last node has it: the longest. */
function longest(spreads: readonly Spread[], fromMs = 0): number {
  const times = spreads.map(({ lastMs, publishedMs }) => lastMs - Math.max(fromMs, publishedMs));
  return Math.max(0, ...times);
}

const LATENCY_MS = 20;
const PAYLOAD_BYTES = 200;
/** The trouble comes while an event is under way. */
const BEFORE_MS = 10_030;
const CUT_MS = 60_000;
const AFTER_MS = 30_000;
const SETTLED_MS = 10_000;
/** In calm nodes compare what they have each half minute. */
const SETTLE_MS = 60_000;
