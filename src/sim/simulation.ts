import {
  collectMarks,
  PACKET_BYTES_MAX,
  UsageError,
  Xoshiro128,
  type Address,
  type Book,
  type Crypto,
  type Design,
  type HostEvent,
  type Membership,
  type Protocol,
} from '../core/index.ts';
import type { NetworkModel } from '../blocks/network/index.ts';
import { CheckedBook } from './checked-book.ts';
import type { Checker, Violation } from './checkers/index.ts';
import { Compaction } from './compaction.ts';
import type { Counters } from './counters.ts';
import { Engine } from './engine.ts';
import type { Fault } from './fault.ts';
import type { Corrupt } from './parcels.ts';
import { RunError } from './run-error.ts';
import { pureCrypto } from './sha256.ts';
import { SimHost } from './sim-host.ts';
import type { SimNode } from './sim-node.ts';
import { Watch, type WatchOptions } from './watch.ts';
import { Kind, World } from './world.ts';

/** Every run starts within this, so that packed times meet their wrap. */
const START_MS_MAX = 2 ** 34;

/** A port as good as any: that of Serf, the best-known gossip agent. */
const PORT = 7946;

/** How long `runUntil` waits for a predicate, unless told: longer than any healthy convergence. */
const WAIT_MS_MAX = 600_000;

export interface SimulationOptions<C, M, E, S, P extends Protocol<M, E> & Membership> {
  readonly design: Design<C, M, E, S, P>;
  /** An integer, 0 … 2^53 − 1: equal seeds and equal calls give equal runs. */
  readonly seed: number;
  readonly network: NetworkModel;
  /** The cluster's name, unless `add` says otherwise; default 'simulated'. */
  readonly cluster?: string;
  /** Send every message through its codec; the trace stays the same. Default false. */
  readonly wire?: boolean;
  /** A network that tampers with messages; implies `wire`. It draws from a stream of its own. */
  readonly corrupt?: Corrupt;
  /** The nodes act as under a key: packets that come again are refused. Default false. */
  readonly security?: boolean;
  /** Freeze every message at its send. Default false. */
  readonly freeze?: boolean;
  /** Fail when a protocol uses a route that it neither keeps nor has just met; implies `wire`. */
  readonly checkRoutes?: boolean;
  /** The heap is the slow reference with the same order. Default 'wheel'. */
  readonly queue?: 'wheel' | 'heap';
  /** Lives that are over are buried, as the design does that, and cannot be read any more. */
  readonly bury?: boolean;
  /** A larger limit than a packet's is no network of this world. Default 1360. */
  readonly packetBytesMax?: number;
  /** About how often each node's log is replaced by its protocol's snapshot; default never. */
  readonly snapshotEveryMs?: number;
  /** Default: drawn from the seed, 0 … 2^34 − 1. */
  readonly startMs?: number;
  /** Default: SHA-256 in pure TypeScript. */
  readonly crypto?: Crypto;
}

export interface NodeOptions {
  /** When it starts, in milliseconds after the simulation's start; default: now. */
  readonly atMs?: number;
  /** It has a place but no life until `host.bear()`; `atMs` means nothing then. Default false. */
  readonly idle?: boolean;
  /** Default: 10.0.0.1:7946 and so on, by index. */
  readonly address?: Address;
  readonly cluster?: string;
  /** The name its config gives it, where several nodes claim one; default: the node's name. */
  readonly member?: string;
  /** For latencies by zone; default: that of nodes without one. */
  readonly zone?: string;
}

/** Many nodes of one design in virtual time. */
export class Simulation<C, M, E, S, P extends Protocol<M, E> & Membership> {
  readonly book: Book;
  readonly #world: World<P, E>;
  readonly #engine: Engine<P, M, E>;
  readonly #hosts: SimHost<P, M, E>[] = [];
  readonly #cluster: string;
  readonly #watch: Watch<P, E>;
  readonly #compaction: Compaction<P, M, E> | undefined;
  #running = false;
  #error: RunError | undefined;

  constructor(options: SimulationOptions<C, M, E, S, P>) {
    const { corrupt, design, seed, network } = options;
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new UsageError('BAD_OPTION', `seed: give an integer from 0 to 2^53 − 1, not ${seed}`);
    }
    const startMs = options.startMs ?? new Xoshiro128(seed, 'start').float() * START_MS_MAX;
    this.#cluster = options.cluster ?? 'simulated';
    this.#world = new World(seed, startMs, network, options.queue ?? 'wheel');
    this.#watch = new Watch(this.#world);
    const routes = options.checkRoutes === true ? new CheckedBook(this.#world.book) : undefined;
    this.book = routes ?? this.#world.book;
    const evil = new Xoshiro128(seed, 'corruption');
    const shared = design.share(this.book, options.crypto ?? pureCrypto);
    this.#engine = new Engine(
      this.#world,
      design.codec(shared),
      (config, saved) => design.create(config as C, shared, saved),
      {
        wire: routes !== undefined || corrupt !== undefined || (options.wire ?? false),
        corrupt: corrupt && ((bytes) => corrupt(bytes, evil)),
        routes,
        freeze: options.freeze ?? false,
        security: options.security ?? false,
        bury: options.bury === true ? (protocol) => design.bury?.(protocol) : undefined,
        packetBytesMax: options.packetBytesMax ?? PACKET_BYTES_MAX,
      },
    );
    const { snapshotEveryMs } = options;
    if (snapshotEveryMs !== undefined) {
      const { lives } = this.#engine;
      this.#compaction = new Compaction(this.#world, lives, snapshotEveryMs);
    }
  }

  get seed(): number {
    return this.#world.seed;
  }

  /** What the nodes' clocks show, in milliseconds. */
  get now(): number {
    return this.#world.now;
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return this.#world.elapsedMs;
  }

  get counters(): Readonly<Counters> {
    return this.#world.counters;
  }

  /** How often each coverage mark (`mark` of core) was passed. */
  get marks(): ReadonlyMap<string, number> {
    return this.#engine.handlers.marks;
  }

  /** 16 hexadecimal digits over every call so far. */
  get traceHash(): string {
    return this.#engine.handlers.trace.toString();
  }

  /** All nodes, in the order they were added. */
  get hosts(): readonly SimHost<P, M, E>[] {
    return this.#hosts;
  }

  /** The node of that name, or at that index. */
  host(node: string | number): SimHost<P, M, E> {
    const index = typeof node === 'number' ? node : this.#world.nodeNamed(node)?.index;
    const host = index === undefined ? undefined : this.#hosts[index];
    if (host === undefined) throw new UsageError('BAD_OPTION', `there is no node ${node}`);
    return host;
  }

  add(name: string, config: C, options: NodeOptions = {}): SimHost<P, M, E> {
    const world = this.#world;
    const address = options.address ?? addressOf(this.#hosts.length);
    if (options.atMs === undefined && options.idle !== true) world.expectFree(address);
    const node = world.addNode(name, config, {
      address,
      cluster: options.cluster ?? this.#cluster,
      member: options.member ?? name,
      zone: options.zone,
    });
    const host = new SimHost(this.#engine, node, this.book);
    this.#hosts.push(host);
    this.#compaction?.watch(node);
    if (options.idle === true) return host;
    if (options.atMs === undefined) {
      this.#engine.lives.bear(node);
      world.push(0, Kind.Start, node.index, 0, 0, 0, undefined);
    } else {
      this.at(options.atMs, () => this.#start(node));
    }
    return host;
  }

  /** Listens to what all nodes tell; the result takes the listener off again. */
  on(listener: (host: SimHost<P, M, E>, event: E | HostEvent) => void): () => void {
    const { listeners } = this.#engine.handlers;
    const wrapped = (node: number, event: E | HostEvent): void => {
      listener(this.#hosts[node]!, event);
    };
    listeners.push(wrapped);
    return () => {
      listeners.splice(listeners.indexOf(wrapped), 1);
    };
  }

  /** Lets a checker look at the run from time to time. */
  watch(checker: Checker, options: WatchOptions = {}): void {
    this.#watch.add(checker, options);
  }

  /** What checkers have collected so far. */
  get violations(): readonly Violation[] {
    return this.#watch.violations;
  }

  /** Lets a fault happen now. */
  apply(fault: Fault): void {
    this.#engine.faults.apply(fault);
  }

  /** Lets a fault happen at a time after the start. */
  schedule(atMs: number, fault: Fault): void {
    this.at(atMs, () => this.apply(fault));
  }

  /** Runs a function at a time after the start: a command, a fault, a measurement. */
  at(atMs: number, run: () => void): void {
    const delayMs = this.#world.startMs + atMs - this.#world.now;
    if (!(delayMs >= 0)) throw new UsageError('BAD_OPTION', `${atMs} ms lies in the past`);
    this.#world.task(delayMs, run);
  }

  /** Runs a function in so many milliseconds. */
  after(delayMs: number, run: () => void): void {
    if (!(delayMs >= 0 && delayMs < Infinity)) {
      throw new UsageError('BAD_OPTION', `give milliseconds from 0, not ${delayMs}`);
    }
    this.#world.task(delayMs, run);
  }

  run(ms: number): void {
    this.runUntil(this.elapsedMs + ms);
  }

  /**
   * Runs up to a time after the start, or until a predicate holds, which is asked after every
   * event; false: it did not within `maxMs`.
   */
  runUntil(until: number | (() => boolean), maxMs = WAIT_MS_MAX): boolean {
    const world = this.#world;
    const isTime = typeof until === 'number';
    const endMs = isTime ? world.startMs + until : world.now + maxMs;
    this.#begin();
    const marksBefore = collectMarks(this.#engine.handlers.marks);
    try {
      if (isTime) while (this.#engine.step(endMs));
      else {
        while (!until()) if (!this.#engine.step(endMs)) break;
        if (until()) return true;
      }
      world.now = Math.max(world.now, endMs);
      return isTime;
    } catch (error) {
      if (error instanceof RunError) this.#error = error;
      throw error;
    } finally {
      collectMarks(marksBefore);
      this.#running = false;
    }
  }

  #begin(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#running) {
      throw new UsageError('BAD_OPTION', 'the simulation runs already: do not run it from inside');
    }
    this.#running = true;
  }

  #start(node: SimNode<P, E>): void {
    this.#engine.lives.bear(node);
    this.#engine.lives.begin(node);
  }
}

/** Where the node of an index lives unless told: 10.0.0.1:7946, 10.0.0.2:7946, … */
export function addressOf(index: number): Address {
  const host = index + 1;
  return `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}:${PORT}`;
}
