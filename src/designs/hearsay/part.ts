/**
 * A part of a node besides membership, such as its data: with messages, timers, events and records
 * of its own.
 *
 * Parts are made when they are first needed, by a command, a message or what was saved: a node that
 * only ever is a member has none, and neither sends nor holds anything for them.
 */
import type { Holding, LogRecord, Peer, Reader, Why, Writer } from '../../core/index.ts';
import type { Member } from './events.ts';
import type { HearsayEnv } from './protocol-env.ts';

export interface Part<M> {
  /** Whether it still has something to tell: a leaving node waits for that, if not for long. */
  readonly isBusy: boolean;
  /** This node is a member now, if perhaps again. Not called when the part is made later. */
  joined(env: HearsayEnv): void;
  receive(env: HearsayEnv, from: Peer, message: M): void;
  /** Its timers have numbers of their own. Returns whether this was one. */
  wake(env: HearsayEnv, timer: number, arg: number): boolean;
  /** A send has failed. Returns whether the token was one of its own; 0, a packet's, is all's. */
  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): boolean;
  /** What is believed of another member has changed; `after` undefined: it is forgotten. */
  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void;
  /** This node was away for too long: it has forgotten all members, and joins as a newcomer. */
  forgetAll(env: HearsayEnv): void;
  /**
   * It is time to compare what this node has with what that one has: with a newcomer, by the server
   * of its first exchange, after all that it is told on the bulk lane; or, by a newcomer, with
   * somebody at random.
   */
  exchange(env: HearsayEnv, to: Peer, isNewcomer: boolean): void;
  /** Once a minute: what is too old goes. */
  sweep(env: HearsayEnv): void;
  /** What it holds now, with bounds. */
  holdings(): readonly Holding[];
  /** What it has turned away so far because it is bounded or makes no sense, by what it was. */
  turnedAway(): Readonly<Record<string, number>>;
  /** Records that say all that it has saved. */
  snapshot(): Iterable<LogRecord>;
}

/** Bytes of a part's messages, which name no routes: so nothing is interned. */
export interface PartCodec<M extends { readonly type: string }> {
  /** The number on the wire of each type, 10 … 31 but 24; never changed. */
  readonly numbers: Readonly<Record<M['type'], number>>;
  /** With the byte that says version and type. */
  sizeOf(message: M): number;
  /** Without that byte, as all that follows. */
  write(message: M, to: Writer): void;
  /** Undefined, or a reader that has failed, for anything malformed. */
  read(type: M['type'], from: Reader): M | undefined;
}
