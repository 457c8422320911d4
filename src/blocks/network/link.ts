import { UsageError } from '../../core/index.ts';

/** How much a link carries, as data. */
export interface Bandwidth {
  /** Each way. */
  readonly bitsPerSecond: number;
  /** What waits beyond it is dropped; default 100 ms of the link, at least 16 kB. */
  readonly queueBytesMax?: number;
}

/** Instead of a time: the queue was full. */
export const DROPPED = -1;

/** What a router holds for a round trip of the wide area (Villamizar and Song 1994). */
const QUEUE_MS = 100;

/** Ten full packets: the first burst of a TCP connection (RFC 6928) fits any link. */
const QUEUE_BYTES_MIN = 16_384;

/** One direction of a link: packets leave one after another, in order; a tail-drop queue. */
export class Link {
  readonly #bytesPerMs: number;
  readonly #queueMsMax: number;
  /** When all that waits has left. */
  #freeAt = -Infinity;

  constructor({ bitsPerSecond, queueBytesMax }: Bandwidth) {
    if (!(bitsPerSecond > 0 && bitsPerSecond < Infinity)) {
      throw new UsageError('BAD_OPTION', `bandwidth: give bits per second, not ${bitsPerSecond}`);
    }
    if (queueBytesMax !== undefined && !(queueBytesMax >= 0)) {
      throw new UsageError('BAD_OPTION', `bandwidth: give a queue in bytes, not ${queueBytesMax}`);
    }
    this.#bytesPerMs = bitsPerSecond / 8_000;
    const bytesMax = queueBytesMax ?? Math.max(QUEUE_BYTES_MIN, this.#bytesPerMs * QUEUE_MS);
    this.#queueMsMax = bytesMax / this.#bytesPerMs;
  }

  /** Milliseconds until a packet has left, its own time included; {@link DROPPED}. */
  admit(now: number, bytes: number): number {
    const freeAt = Math.max(now, this.#freeAt);
    const ownMs = bytes / this.#bytesPerMs;
    const waitMs = freeAt - now;
    // Who finds the link idle needs no queue.
    if (waitMs > 0 && waitMs + ownMs > this.#queueMsMax) return DROPPED;
    this.#freeAt = freeAt + ownMs;
    return waitMs + ownMs;
  }
}
