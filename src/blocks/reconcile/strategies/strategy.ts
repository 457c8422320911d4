/**
 * Anti-entropy as interchangeable strategies (Demers et al. 1987): how two nodes come to hold the
 * same facts.
 *
 * Push: whoever begins tells (one message). Pull: it asks and is told (two). Push-pull: it asks, is
 * told, and tells (three), as van Renesse et al. count them ("Efficient Reconciliation and Flow
 * Control for Anti-Entropy Protocols", LADIS 2008). Push without a question can only be everything.
 */
import { ENVELOPE_BYTES, STREAM_BYTES_MAX, type Random } from '../../../core/index.ts';
import type { Symbols } from '../symbols.ts';
import type { Fact, Replica } from './replica.ts';

export type SyncMode = 'push' | 'pull' | 'push-pull';

/** What every strategy's messages may carry; the rest is its own. */
export interface SyncMessage {
  readonly type: string;
  readonly facts?: readonly Fact[];
  readonly symbols?: Symbols;
}

/** One side of a session: it sees its own replica and what the other sends. */
export interface Side<M> {
  /** The first message, of the side that begins; undefined if it cannot be sent. */
  begin(): M | undefined;
  /** Takes in what came; the answer, if there is one. */
  receive(message: M): M | undefined;
  /**
   * When there was no answer to the last message: the first of a further round, if one is needed.
   */
  again?(): M | undefined;
}

export interface Strategy<M extends SyncMessage> {
  /** Those that have a meaning here. */
  readonly modes: readonly SyncMode[];
  /** What one packet or stream message carries at most; longer messages take several. */
  readonly messageBytesMax: number;
  asker(replica: Replica, mode: SyncMode, random: Random): Side<M>;
  answerer(replica: Replica, mode: SyncMode, random: Random): Side<M>;
  /** Bytes of a message, without its facts and its envelope. */
  sizeOf(message: M): number;
}

/** Every message names its kind (1 B) and its session (2 B). */
export const HEAD_BYTES = 3;

export const WHOLE_MESSAGE_BYTES_MAX = STREAM_BYTES_MAX - ENVELOPE_BYTES;

/** Small facts go first: a large one may take long. */
export function smallFirst(facts: readonly Fact[]): readonly Fact[] {
  return facts.toSorted((a, b) => a.bytes - b.bytes);
}
