import type { HostEvent, Membership, MemberView, Protocol } from '../core/index.ts';
import {
  addressOf,
  Simulation,
  type Checker,
  type Counters,
  type Fault,
  type LatencyModel,
  type SimHost,
  type Violation,
} from '../sim/index.ts';
import type { Adapter, Tuning } from './adapters/adapter.ts';
import { beliefIn, type Belief, type Telling } from './adapters/belief.ts';
import { hearsayAdapter } from './adapters/hearsay.ts';
import { heartbeatAdapter } from './adapters/heartbeat.ts';

/** Designs that experiments know. */
export const DESIGN_NAMES = ['heartbeat', 'hearsay'] as const;
export type DesignName = (typeof DESIGN_NAMES)[number];

export interface TrialOptions {
  readonly design: DesignName;
  readonly nodes: number;
  /** The share of packets lost; default 0. */
  readonly loss?: number;
  readonly seed: number;
  /** Converged: each knows all from the start. Seeded: each knows the addresses of the seeds. */
  readonly start: 'converged' | 'seeded';
  /** The first so many nodes are everyone's seeds; default: seeded 1, converged none. */
  readonly seedNodes?: number;
  /** Seeded: when a node starts, in ms; default 0 for all. */
  readonly startsAtMs?: (node: number) => number;
  readonly tuning?: Tuning;
  readonly wire?: boolean;
  readonly queue?: 'wheel' | 'heap';
}

/** One-way latency of every experiment: a network of one region. */
export const LATENCY: LatencyModel = { type: 'uniform', minMs: 1, maxMs: 20 };

/** A cluster of one design under test, in virtual time. Nodes are numbers, 0 … size − 1. */
export interface Trial {
  readonly size: number;
  /** Milliseconds since the start. */
  readonly elapsedMs: number;
  readonly counters: Readonly<Counters>;
  readonly traceHash: string;
  nameOf(node: number): string;
  nodeOf(name: string): number;
  members(node: number): Iterable<MemberView>;
  checksum(node: number): number;
  /** Members that a node thinks alive or suspect, itself included. */
  live(node: number): number;
  rounds(node: number): number;
  /** Hears each event of each node; with a belief where it says something of a member. */
  watch(listener: (viewer: number, belief: Belief | undefined) => void): void;
  at(atMs: number, run: () => void): void;
  /** Runs up to a time after the start, or until a predicate holds; false: not by `maxMs`. */
  runUntil(until: number | (() => boolean), maxMs?: number): boolean;
  /** Lets a fault happen now. */
  apply(fault: Fault): void;
  /** Lets a checker look at the run from now on; what it finds is collected. */
  check(checker: Checker): void;
  readonly violations: readonly Violation[];
}

/** Builds a cluster; its time is 0 and nothing has run but a converged start. */
export function openTrial(options: TrialOptions): Trial {
  switch (options.design) {
    case 'heartbeat':
      return new DesignTrial(heartbeatAdapter, options);
    case 'hearsay':
      return new DesignTrial(hearsayAdapter, options);
  }
}

class DesignTrial<
  C,
  M,
  E extends Telling,
  S,
  P extends Protocol<M, E> & Membership,
> implements Trial {
  readonly size: number;
  readonly #adapter: Adapter<C, M, E, S, P>;
  readonly #simulation: Simulation<C, M, E, S, P>;
  readonly #hosts: readonly SimHost<P, M, E>[];
  readonly #nodes = new Map<string, number>();

  constructor(adapter: Adapter<C, M, E, S, P>, options: TrialOptions) {
    const { nodes, seed, loss = 0, tuning = {}, startsAtMs } = options;
    const { seedNodes = options.start === 'seeded' ? 1 : 0 } = options;
    this.size = nodes;
    this.#adapter = adapter;
    this.#simulation = new Simulation({
      design: adapter.design,
      seed,
      network: { latency: LATENCY, loss },
      wire: options.wire ?? false,
      queue: options.queue ?? 'wheel',
    });
    const addresses = Array.from({ length: seedNodes }, (_, node) => addressOf(node));
    for (let node = 0; node < nodes; node++) {
      const name = this.nameOf(node);
      const seeds = addresses.filter((_, seedNode) => seedNode !== node);
      const config = adapter.config(name, seeds, tuning);
      const atMs = startsAtMs?.(node);
      this.#simulation.add(name, config, atMs === undefined ? {} : { atMs });
      this.#nodes.set(name, node);
    }
    this.#hosts = this.#simulation.hosts;
    if (options.start === 'converged') adapter.acquaint(this.#hosts);
  }

  get elapsedMs(): number {
    return this.#simulation.elapsedMs;
  }

  get counters(): Readonly<Counters> {
    return this.#simulation.counters;
  }

  get traceHash(): string {
    return this.#simulation.traceHash;
  }

  nameOf(node: number): string {
    return `node-${node}`;
  }

  nodeOf(name: string): number {
    return this.#nodes.get(name)!;
  }

  members(node: number): Iterable<MemberView> {
    return this.#hosts[node]!.protocol.members();
  }

  checksum(node: number): number {
    return this.#hosts[node]!.protocol.checksum();
  }

  live(node: number): number {
    return this.#adapter.live(this.#hosts[node]!.protocol);
  }

  rounds(node: number): number {
    return this.#adapter.rounds(this.#hosts[node]!.protocol);
  }

  watch(listener: (viewer: number, belief: Belief | undefined) => void): void {
    this.#simulation.on((host: SimHost<P, M, E>, event: E | HostEvent) => {
      listener(host.index, beliefIn(event));
    });
  }

  at(atMs: number, run: () => void): void {
    this.#simulation.at(atMs, run);
  }

  runUntil(until: number | (() => boolean), maxMs?: number): boolean {
    return this.#simulation.runUntil(until, maxMs);
  }

  apply(fault: Fault): void {
    this.#simulation.apply(fault);
  }

  check(checker: Checker): void {
    this.#simulation.watch(checker, { collect: true });
  }

  get violations(): readonly Violation[] {
    return this.#simulation.violations;
  }
}
