/**
 * What a protocol may do, live: one Env a life, re-aimed at each call.
 *
 * Effects are queued here; the host takes them when the handler has returned. Routes are kept in a
 * ledger of this life, because the book is the whole process's: when the life ends, what it kept is
 * given back.
 */
import type { RouteBook } from '../blocks/peers/book.ts';
import {
  assert,
  type Env,
  type Lane,
  type LogRecord,
  type NodeId,
  type Peer,
  type Random,
} from '../core/index.ts';
import type { Timers } from './timers.ts';

export interface ReliableSend<M> {
  readonly to: Peer;
  readonly message: M;
  readonly token: number;
  readonly lane: Lane;
}

export interface LiveEnvOptions {
  readonly self: Peer;
  readonly book: RouteBook;
  readonly random: Random;
  readonly timers: Timers;
  readonly onWake: (timer: number, arg: number) => void;
}

export class LiveEnv<M, E> implements Env<M, E> {
  self: Peer;
  readonly random: Random;
  now = 0;
  wallMs = 0;
  /** Queued sends, in pairs: to whom, what. */
  readonly sendsTo: Peer[] = [];
  readonly sends: M[] = [];
  readonly reliableSends: ReliableSend<M>[] = [];
  readonly records: { readonly record: LogRecord; readonly durable: boolean }[] = [];
  readonly events: E[] = [];
  stopReason: string | undefined;
  readonly #options: LiveEnvOptions;
  readonly #kept = new Map<Peer, number>();
  /** How many of the routes kept lead to this life. */
  readonly #routesTo = new Map<NodeId, number>();
  #isAimed = false;

  constructor(options: LiveEnvOptions) {
    this.self = options.self;
    this.random = options.random;
    this.#options = options;
  }

  /** A handler begins. */
  aim(now: number, wallMs: number): void {
    assert(!this.#isAimed, 'a handler inside a handler');
    this.#isAimed = true;
    this.now = now;
    this.wallMs = wallMs;
  }

  /** The handler has returned; its effects are still queued. */
  release(): void {
    this.#isAimed = false;
  }

  /** The effects are done with. */
  clear(): void {
    this.sendsTo.length = 0;
    this.sends.length = 0;
    this.reliableSends.length = 0;
    this.records.length = 0;
    this.events.length = 0;
  }

  /** Gives back what this life kept. */
  forgetAll(): void {
    for (const [peer, count] of this.#kept) {
      for (let i = 0; i < count; i++) this.#options.book.forget(peer);
    }
    this.#kept.clear();
    this.#routesTo.clear();
  }

  /** Whether this life keeps a route to that one. */
  keepsRouteTo(nodeId: NodeId): boolean {
    return this.#routesTo.has(nodeId);
  }

  send(to: Peer, message: M): void {
    this.#check(to);
    this.sendsTo.push(to);
    this.sends.push(message);
  }

  sendReliably(to: Peer, message: M, token: number, lane: Lane = 'control'): void {
    this.#check(to);
    this.reliableSends.push({ to, message, token, lane });
  }

  after(delayMs: number, timer: number, arg = 0): void {
    assert(this.#isAimed && !Number.isNaN(delayMs), 'after: outside a handler, or no number');
    this.#options.timers.after(delayMs, () => this.#options.onWake(timer, arg));
  }

  keep(peer: Peer): boolean {
    this.#check(peer);
    if (!this.#options.book.keep(peer)) return false;
    const count = this.#kept.get(peer) ?? 0;
    this.#kept.set(peer, count + 1);
    if (count === 0) this.#countRoute(peer, 1);
    return true;
  }

  forget(peer: Peer): void {
    this.#check(peer);
    const count = this.#kept.get(peer) ?? 0;
    assert(count > 0, 'forget of a peer that this life does not keep');
    if (count === 1) {
      this.#kept.delete(peer);
      this.#countRoute(peer, -1);
    } else {
      this.#kept.set(peer, count - 1);
    }
    this.#options.book.forget(peer);
  }

  save(record: LogRecord, durable = false): void {
    assert(this.#isAimed, 'save: the Env was kept beyond its handler');
    this.records.push({ record, durable });
  }

  emit(event: E): void {
    assert(this.#isAimed, 'emit: the Env was kept beyond its handler');
    this.events.push(event);
  }

  stop(reason: string): void {
    assert(this.#isAimed, 'stop: the Env was kept beyond its handler');
    this.stopReason ??= reason;
  }

  #countRoute(peer: Peer, by: 1 | -1): void {
    const nodeId = this.#options.book.nodeIdOf(peer);
    const count = (this.#routesTo.get(nodeId) ?? 0) + by;
    if (count === 0) this.#routesTo.delete(nodeId);
    else this.#routesTo.set(nodeId, count);
  }

  #check(peer: Peer): void {
    assert(this.#isAimed, 'the Env was kept beyond its handler');
    assert(this.#options.book.has(peer), 'a peer that has lapsed: keep what outlives its handler');
  }
}
