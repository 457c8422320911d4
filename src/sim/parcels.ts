import { assert, type Book, type Codec, type Random } from '../core/index.ts';
import { ByteReader } from '../wire/reader.ts';
import { ByteWriter } from '../wire/writer.ts';
import type { Counters } from './counters.ts';

/**
 * What a hostile network makes of a message on its way: other bytes, or the same array. A checksum
 * it repairs, so what comes out meets the codec.
 */
export type Corrupt = (bytes: Uint8Array, random: Random) => Uint8Array;

/** What travels for a message: itself or, in wire mode, its bytes. */
export type Parcel = unknown;

export interface ParcelOptions {
  /** Encode every message at its send and decode it at its delivery. */
  readonly wire: boolean;
  /** Freeze every message at its send, deeply. */
  readonly freeze: boolean;
  /** In wire mode: tampers with each message at its delivery. */
  readonly corrupt: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

/** Packs messages at the send; a fan-out of one message object is measured and encoded once. */
export class Parcels<M> {
  /** `sizeOf` of the message packed last. */
  bytes = 0;
  /** In wire mode: its bytes as encoded. */
  bytesEncoded = 0;
  readonly #codec: Codec<M>;
  readonly #book: Book;
  readonly #options: ParcelOptions;
  readonly #counters: Counters;
  readonly #writer = new ByteWriter();
  readonly #reader = new ByteReader();
  #message: M | undefined;
  #parcel: Parcel;

  constructor(codec: Codec<M>, book: Book, options: ParcelOptions, counters: Counters) {
    this.#codec = codec;
    this.#book = book;
    this.#options = options;
    this.#counters = counters;
  }

  pack(message: M): Parcel {
    if (message !== this.#message) this.#prepare(message);
    this.#counters.bytesEncoded += this.bytesEncoded;
    return this.#parcel;
  }

  /** Undefined: it was made unreadable on its way. */
  unpack(parcel: Parcel): M | undefined {
    const { corrupt, wire } = this.#options;
    if (!wire) return parcel as M;
    const sent = parcel as Uint8Array;
    const bytes = corrupt === undefined ? sent : corrupt(sent);
    const reader = this.#reader;
    reader.reset(bytes);
    const message = this.#codec.decode(reader, this.#book);
    const isRead = message !== undefined && reader.ok && reader.left === 0;
    if (isRead) return message;
    assert(bytes !== sent, 'the codec decodes what it encoded, to its end');
    this.#counters.messagesRejected++;
    return undefined;
  }

  #prepare(message: M): void {
    this.bytes = this.#codec.sizeOf(message);
    if (this.#options.freeze) freeze(message);
    if (this.#options.wire) this.#encode(message);
    else this.#parcel = message;
    this.#message = message;
  }

  #encode(message: M): void {
    this.#writer.clear();
    this.#codec.encode(message, this.#writer, this.#book);
    this.bytesEncoded = this.#writer.length;
    assert(
      this.bytesEncoded <= this.bytes,
      `sizeOf says ${this.bytes} B and the encoding has ${this.bytesEncoded}`,
    );
    this.#parcel = this.#writer.copy();
  }
}

/** Typed arrays cannot be frozen; what was frozen before is not entered again. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  if (ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
