/**
 * What is worth telling, each at most so many times: the transmit-limited queue of SWIM's
 * piggybacking (Das et al. 2002; memberlist's queue.go).
 *
 * Items sent least often go first, and among these the one that has waited longest. A newer item
 * about the same subject replaces the older one and starts again at zero.
 *
 * Mostly all that is hot fits into one packet. Then nothing is chosen or moved: everything is taken
 * as one list, the same list until something changes, and one counter rises for all. Only when a
 * packet cannot take all are items sorted by how often they were sent, and kept so.
 */
import { mark } from '../../core/index.ts';
import { Fifo } from './fifo.ts';

export class TransmitQueue<T> {
  readonly #items = new Map<number, Item<T>>();
  #bytes = 0;
  /** How often everything was sent together. */
  #together = 0;
  /** What all items hold, if nothing has changed since that was last asked. */
  #all: T[] | undefined;
  /** How often `#all` may still be sent before one of it has cooled. */
  #untilCool = 0;
  /** Items by the times they were sent; undefined while packets take all. */
  #bySent: Fifo<Item<T>>[] | undefined;
  /** Items replaced or deleted that still stand in `#bySent`. */
  #stale = 0;

  /** Subjects still hot. */
  get size(): number {
    return this.#items.size;
  }

  /** Of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  has(subject: number): boolean {
    return this.#items.has(subject);
  }

  /** Queues an item of so many bytes, replacing any about the same subject. */
  push(subject: number, content: T, bytes: number): void {
    this.delete(subject);
    const item: Item<T> = {
      subject,
      content,
      bytes,
      sent: 0,
      since: this.#together,
      stale: false,
    };
    this.#items.set(subject, item);
    this.#bytes += bytes;
    this.#all = undefined;
    if (this.#bySent !== undefined) level(this.#bySent, 0).push(item);
  }

  delete(subject: number): void {
    const item = this.#items.get(subject);
    if (item === undefined) return;
    this.#remove(item);
    if (this.#items.size === 0) this.clear();
    else if (this.#stale > this.#items.size + STALE_MAX) this.#bySent = undefined; // Sorted anew.
  }

  clear(): void {
    this.#items.clear();
    this.#bytes = 0;
    this.#together = 0;
    this.#all = undefined;
    this.#bySent = undefined;
  }

  /**
   * Takes what fits into `bytesMax`, counting each item as sent `times` more.
   *
   * @param limit transmissions after which an item has cooled
   */
  take(bytesMax: number, times: number, limit: number): readonly T[] {
    if (this.#bytes <= bytesMax) return this.#takeAll(times, limit);
    mark('packet-full');
    const taken = this.#takeSome(bytesMax, times, limit);
    if (this.#items.size === 0) this.clear();
    return taken;
  }

  #takeAll(times: number, limit: number): readonly T[] {
    this.#bySent = undefined;
    const taken = this.#all ?? this.#list(limit);
    this.#together += times;
    this.#untilCool -= times;
    if (this.#untilCool > 0) return taken;
    for (const item of this.#items.values()) if (this.#sent(item) >= limit) this.#remove(item);
    if (this.#items.size === 0) this.clear();
    else this.#all = undefined;
    return taken;
  }

  #takeSome(bytesMax: number, times: number, limit: number): readonly T[] {
    const bySent = (this.#bySent ??= this.#sort());
    this.#all = undefined; // How long it may be sent has changed.
    const taken: T[] = [];
    const sent: Item<T>[] = [];
    const misfits: Item<T>[] = [];
    let left = bytesMax;
    let tries = MISFITS_MAX;
    for (let count = 0; count < bySent.length && tries > 0; count++) {
      const fifo = level(bySent, count);
      for (let i = fifo.length; i > 0 && tries > 0; i--) {
        const item = fifo.shift();
        if (item === undefined) break;
        if (item.stale) {
          this.#stale--;
        } else if (item.bytes > left) {
          misfits.push(item);
          tries--;
        } else {
          left -= item.bytes;
          taken.push(item.content);
          sent.push(item);
        }
      }
      // They keep their places, so that a large item goes first in a packet some day.
      for (let item = misfits.pop(); item !== undefined; item = misfits.pop()) fifo.unshift(item);
    }
    for (const item of sent) {
      item.sent += times;
      if (item.sent < limit) level(bySent, item.sent).push(item);
      else this.#drop(item);
    }
    return taken;
  }

  /** What all items hold, and how long that stays so. */
  #list(limit: number): T[] {
    const all: T[] = [];
    let most = 0;
    for (const item of this.#items.values()) {
      all.push(item.content);
      most = Math.max(most, this.#sent(item));
    }
    this.#all = all;
    this.#untilCool = limit - most;
    return all;
  }

  #sort(): Fifo<Item<T>>[] {
    const bySent: Fifo<Item<T>>[] = [];
    for (const item of this.#items.values()) {
      item.sent = this.#sent(item);
      item.since = this.#together;
      level(bySent, item.sent).push(item);
    }
    this.#stale = 0;
    return bySent;
  }

  #sent(item: Item<T>): number {
    return item.sent + this.#together - item.since;
  }

  #remove(item: Item<T>): void {
    item.stale = true;
    this.#stale++;
    this.#drop(item);
  }

  #drop(item: Item<T>): void {
    this.#items.delete(item.subject);
    this.#bytes -= item.bytes;
    this.#all = undefined;
  }
}

interface Item<T> {
  readonly subject: number;
  readonly content: T;
  readonly bytes: number;
  /** How often it was sent, but for the times that everything was sent together since… */
  sent: number;
  /** …this count of them. */
  since: number;
  stale: boolean;
}

function level<T>(bySent: Fifo<T>[], sent: number): Fifo<T> {
  while (bySent.length <= sent) bySent.push(new Fifo());
  return bySent[sent] as Fifo<T>;
}

/** A full packet is not searched on for the last small piece of news. */
const MISFITS_MAX = 4;
/** Replaced items that may wait, beside as many as there are subjects. */
const STALE_MAX = 64;
