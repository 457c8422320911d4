import {
  assert,
  InvariantError,
  UsageError,
  type Env,
  type Lane,
  type LogRecord,
  type Peer,
  type Random,
} from '../core/index.ts';
import type { SimNode } from './sim-node.ts';

/** What effects turn into. */
export interface Effects<P, M, E> {
  send(node: SimNode<P, E>, to: Peer, message: M): void;
  sendReliably(node: SimNode<P, E>, to: Peer, message: M, token: number, lane: Lane): void;
  after(node: SimNode<P, E>, delayMs: number, timer: number, arg: number): void;
  keep(node: SimNode<P, E>, peer: Peer): boolean;
  forget(node: SimNode<P, E>, peer: Peer): void;
  save(node: SimNode<P, E>, record: LogRecord, durable: boolean): void;
  emit(node: SimNode<P, E>, event: E): void;
  stop(node: SimNode<P, E>, reason: string): void;
}

/** 2026-01-01: what the machines of every simulation believe at its beginning. */
const WALL_START_MS = 1_767_225_600_000;

/**
 * The one Env of a simulation, aimed at a node for each call and useless between calls.
 *
 * Effects are carried out at once: all they do is push events, and those happen later.
 */
export class SimEnv<P, M, E> implements Env<M, E> {
  readonly #effects: Effects<P, M, E>;
  readonly #clock: { readonly now: number; readonly startMs: number };
  #node: SimNode<P, E> | undefined;

  constructor(
    effects: Effects<P, M, E>,
    clock: { readonly now: number; readonly startMs: number },
  ) {
    this.#effects = effects;
    this.#clock = clock;
  }

  aim(node: SimNode<P, E>): void {
    if (this.#node !== undefined) {
      throw new UsageError('BAD_OPTION', 'a handler called a host: queue it for after the handler');
    }
    this.#node = node;
  }

  poison(): void {
    this.#node = undefined;
  }

  get self(): Peer {
    return (this.#node ?? poisoned()).self;
  }

  get now(): number {
    const { clock } = this.#node ?? poisoned();
    return clock === undefined ? this.#clock.now : clock.read(this.#clock.now);
  }

  get wallMs(): number {
    const { wallSkewMs } = this.#node ?? poisoned();
    return WALL_START_MS + wallSkewMs + this.now - this.#clock.startMs;
  }

  get random(): Random {
    return (this.#node ?? poisoned()).random;
  }

  send(to: Peer, message: M): void {
    this.#effects.send(this.#node ?? poisoned(), to, message);
  }

  sendReliably(to: Peer, message: M, token: number, lane: Lane = 'control'): void {
    this.#effects.sendReliably(this.#node ?? poisoned(), to, message, token, lane);
  }

  after(delayMs: number, timer: number, arg = 0): void {
    assert(delayMs >= 0 && delayMs < Infinity, 'a delay is a number of milliseconds from 0');
    this.#effects.after(this.#node ?? poisoned(), delayMs, timer, arg);
  }

  keep(peer: Peer): boolean {
    return this.#effects.keep(this.#node ?? poisoned(), peer);
  }

  forget(peer: Peer): void {
    this.#effects.forget(this.#node ?? poisoned(), peer);
  }

  save(record: LogRecord, durable = false): void {
    this.#effects.save(this.#node ?? poisoned(), record, durable);
  }

  emit(event: E): void {
    this.#effects.emit(this.#node ?? poisoned(), event);
  }

  stop(reason: string): void {
    this.#effects.stop(this.#node ?? poisoned(), reason);
  }
}

function poisoned(): never {
  throw new InvariantError('an Env was used after its handler returned: never keep it');
}
