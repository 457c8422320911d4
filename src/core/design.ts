import type { Book } from './book.ts';
import type { Reader, Writer } from './bytes.ts';
import type { LogRecord } from './log-record.ts';
import type { Membership } from './membership.ts';
import type { Protocol } from './protocol.ts';

/**
 * Bytes a packet may carry: 1400 less the 40 reserved for the envelope with encryption (version,
 * key id, both nodeIds, 6 B counter, 16 B tag).
 */
export const PACKET_BYTES_MAX = 1360;

/** What every packet and stream message costs beyond its body; counted whether encrypted or not. */
export const ENVELOPE_BYTES = 40;

/** The most that one `sendReliably` carries. */
export const STREAM_BYTES_MAX = 64 * 1024;

/** Bytes of an address in `sizeOf`: the largest form, family + IPv6 + port. */
export const ADDRESS_BYTES = 19;

/** Bytes of a nodeId. */
export const NODE_ID_BYTES = 8;

/** Bytes of a design's messages. `sizeOf` is never less than the encoding. */
export interface Codec<M> {
  sizeOf(message: M): number;
  encode(message: M, to: Writer, book: Book): void;
  /** Undefined for anything malformed; never throws, never allocates by an announced length. */
  decode(from: Reader, book: Book): M | undefined;
}

/** Hashing that the host provides. */
export interface Crypto {
  sha256(data: Uint8Array): Uint8Array;
}

/** How hosts make nodes of a design. */
export interface Design<C, M, E, S, P extends Protocol<M, E> & Membership> {
  /** The design's name: letters, digits and dashes. */
  readonly name: string;
  /** Called once per simulation or live process: interned identities and facts. */
  share(book: Book, crypto: Crypto): S;
  codec(shared: S): Codec<M>;
  /**
   * A new life. `saved` is what an earlier one on this machine wrote with `Env.save`; routes it
   * interns stay valid until `start` returns.
   */
  create(config: C, shared: S, saved?: Iterable<LogRecord>): P;
  /** This one will never run again, nor be read: it gives back what it holds of what is shared. */
  bury?(protocol: P): void;
}
