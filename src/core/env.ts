import type { Peer } from './identity.ts';
import type { LogRecord } from './log-record.ts';
import type { Random } from './random.ts';

/** One connection for each: `bulk` never delays `control`. */
export type Lane = 'control' | 'bulk';

/**
 * What a node may do.
 *
 * Effects are queued and happen when the handler has returned. A host owns one Env and re-aims it
 * for each call, so a protocol never keeps it.
 */
export interface Env<M, E> {
  readonly self: Peer;
  /** Milliseconds; never goes back, may leap after a pause; live ones have fractions. */
  readonly now: number;
  /** The machine's claim of the time, in milliseconds since 1970; may jump. */
  readonly wallMs: number;
  /** This node's own seeded stream. */
  readonly random: Random;
  /** Best effort, one packet. The message is immutable from here on. */
  send(to: Peer, message: M): void;
  /**
   * One message of at most 64 kB over a stream: in order on its connection (one per lane), at
   * most once, delivery not acknowledged. A send known to have failed yields exactly one
   * `unreachable` with its token. An answer uses the asker's open connection if there is one.
   */
  sendReliably(to: Peer, message: M, token: number, lane?: Lane): void;
  /** Calls `wake(timer, arg)` once, `delayMs` from now. Never cancelled: recognise a stale one. */
  after(delayMs: number, timer: number, arg?: number): void;
  /** Holds this route beyond the handler that met it; counted. False: the book is full. */
  keep(peer: Peer): boolean;
  /** Takes back one `keep`. */
  forget(peer: Peer): void;
  /**
   * Appends to the node's log; durable: on disk before this handler's sends leave, with all that
   * was saved before. A large value may be saved as often as records name it.
   */
  save(record: LogRecord, durable?: boolean): void;
  /** Tells the application. */
  emit(event: E): void;
  /** Flushes this handler's effects, then nothing more. */
  stop(reason: string): void;
}

/** A timer may ring so much too early: now + (time − now) is off in its last bits. */
export const ROUNDING_MS = 0.01;
