import type { Env, Lane } from './env.ts';
import type { Peer } from './identity.ts';
import type { LogRecord } from './log-record.ts';
import { Xoshiro128, type Random } from './random.ts';

/** An effect as a value. */
export type Effect<M, E> =
  | { readonly type: 'send'; readonly to: Peer; readonly message: M }
  | {
      readonly type: 'sendReliably';
      readonly to: Peer;
      readonly message: M;
      readonly token: number;
      readonly lane: Lane;
    }
  | {
      readonly type: 'after';
      readonly delayMs: number;
      readonly timer: number;
      readonly arg: number;
    }
  | { readonly type: 'keep'; readonly peer: Peer }
  | { readonly type: 'forget'; readonly peer: Peer }
  | { readonly type: 'save'; readonly record: LogRecord; readonly durable: boolean }
  | { readonly type: 'emit'; readonly event: E }
  | { readonly type: 'stop'; readonly reason: string };

/** An Env for tests: effects are method calls in production, values here. */
export class RecordingEnv<M, E> implements Env<M, E> {
  self: Peer;
  now = 1_000_000;
  wallMs = 1_700_000_000_000;
  random: Random;
  /** What `keep` answers. */
  keeps = true;
  #effects: Effect<M, E>[] = [];

  constructor(self: Peer, seed = 1) {
    this.self = self;
    this.random = new Xoshiro128(seed, `peer ${self}`);
  }

  /** The effects since the last `take`, which it removes. */
  take(): Effect<M, E>[] {
    const taken = this.#effects;
    this.#effects = [];
    return taken;
  }

  /** The effects since the last `take` of one type; leaves all in place. */
  of<T extends Effect<M, E>['type']>(type: T): Extract<Effect<M, E>, { type: T }>[] {
    return this.#effects.filter(
      (effect): effect is Extract<Effect<M, E>, { type: T }> => effect.type === type,
    );
  }

  /** Moves both clocks. */
  advance(ms: number): void {
    this.now += ms;
    this.wallMs += ms;
  }

  send(to: Peer, message: M): void {
    this.#effects.push({ type: 'send', to, message });
  }
  sendReliably(to: Peer, message: M, token: number, lane: Lane = 'control'): void {
    this.#effects.push({ type: 'sendReliably', to, message, token, lane });
  }
  after(delayMs: number, timer: number, arg = 0): void {
    this.#effects.push({ type: 'after', delayMs, timer, arg });
  }
  keep(peer: Peer): boolean {
    this.#effects.push({ type: 'keep', peer });
    return this.keeps;
  }
  forget(peer: Peer): void {
    this.#effects.push({ type: 'forget', peer });
  }
  save(record: LogRecord, durable = false): void {
    this.#effects.push({ type: 'save', record, durable });
  }
  emit(event: E): void {
    this.#effects.push({ type: 'emit', event });
  }
  stop(reason: string): void {
    this.#effects.push({ type: 'stop', reason });
  }
}
