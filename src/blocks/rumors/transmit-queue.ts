/**
 * What is worth telling, each at most so many times: the transmit-limited queue of SWIM's
 * piggybacking (Das et al. 2002; memberlist's queue.go).
 *
 * Items sent least often go first, and among these the one that has waited longest. A newer item
 * about the same subject replaces the older one and starts again at zero.
 *
 * Mostly all that is hot fits into one packet. Then nothing is chosen or moved: everything is taken
 * as one list, the same list until something changes, and all counts rise together.
 */
export class TransmitQueue<T> {
  readonly #items = new Map<number, Item<T>>();
  /** Items by the times they were sent; a replaced item stays until it is met, `stale`. */
  readonly #bySent: (Fifo<Item<T>> | undefined)[] = [];
  /** Scratch of `take`. */
  readonly #sent: Item<T>[] = [];
  /** What all items hold, if nothing has changed since that was last asked. */
  #all: readonly T[] | undefined;
  #bytes = 0;
  #stale = 0;

  /** Subjects still hot. */
  get size(): number {
    return this.#items.size;
  }

  has(subject: number): boolean {
    return this.#items.has(subject);
  }

  /** Queues an item of so many bytes, replacing any about the same subject. */
  push(subject: number, content: T, bytes: number): void {
    this.delete(subject);
    const item: Item<T> = { subject, content, bytes, sent: 0, stale: false };
    this.#items.set(subject, item);
    this.#bytes += bytes;
    this.#all = undefined;
    this.#level(0).push(item);
  }

  delete(subject: number): void {
    const item = this.#items.get(subject);
    if (item === undefined) return;
    item.stale = true;
    this.#stale++;
    this.#remove(item);
    if (this.#items.size === 0) this.clear();
    else if (this.#stale > this.#items.size + STALE_MAX) this.#compact();
  }

  clear(): void {
    this.#items.clear();
    this.#bySent.length = 0;
    this.#all = undefined;
    this.#bytes = 0;
    this.#stale = 0;
  }

  /**
   * Takes what fits into `bytesMax`, counting each item as sent `times` more.
   *
   * @param limit transmissions after which an item has cooled
   */
  take(bytesMax: number, times: number, limit: number): readonly T[] {
    if (this.#bytes <= bytesMax) return this.#takeAll(times, limit);
    const taken: T[] = [];
    const sent = this.#sent;
    const misfits: Item<T>[] = [];
    let left = bytesMax;
    let tries = MISFITS_MAX;
    for (let level = 0; level < this.#bySent.length && tries > 0; level++) {
      const fifo = this.#bySent[level];
      if (fifo === undefined) continue;
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
          item.sent = level + times;
          sent.push(item);
        }
      }
      // They keep their places, so that a large item goes first in a packet some day.
      for (let item = misfits.pop(); item !== undefined; item = misfits.pop()) fifo.unshift(item);
    }
    for (const item of sent) {
      if (item.sent < limit) this.#level(item.sent).push(item);
      else this.#remove(item);
    }
    sent.length = 0;
    if (this.#items.size === 0) this.clear();
    return taken;
  }

  #takeAll(times: number, limit: number): readonly T[] {
    const taken = (this.#all ??= Array.from(this.#items.values(), ({ content }) => content));
    for (let i = 0; i < times; i++) this.#bySent.unshift(undefined);
    while (this.#bySent.length > limit) {
      const cooled = this.#bySent.pop();
      for (let item = cooled?.shift(); item !== undefined; item = cooled?.shift()) {
        if (item.stale) this.#stale--;
        else this.#remove(item);
      }
    }
    if (this.#items.size === 0) this.clear();
    return taken;
  }

  #remove(item: Item<T>): void {
    this.#items.delete(item.subject);
    this.#bytes -= item.bytes;
    this.#all = undefined;
  }

  /** Drops what was replaced and not met since: the levels behind a backlog are met seldom. */
  #compact(): void {
    this.#bySent.forEach((fifo, level) => {
      if (fifo === undefined) return;
      const fresh = new Fifo<Item<T>>();
      for (let item = fifo.shift(); item !== undefined; item = fifo.shift()) {
        if (!item.stale) fresh.push(item);
      }
      this.#bySent[level] = fresh;
    });
    this.#stale = 0;
  }

  #level(sent: number): Fifo<Item<T>> {
    while (this.#bySent.length <= sent) this.#bySent.push(undefined);
    return (this.#bySent[sent] ??= new Fifo());
  }
}

interface Item<T> {
  readonly subject: number;
  readonly content: T;
  readonly bytes: number;
  sent: number;
  stale: boolean;
}

/** A first-in-first-out queue on an array that is compacted now and then. */
class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

/** A full packet is not searched on for the last small piece of news. */
const MISFITS_MAX = 4;
/** Replaced items that may wait, beside as many as there are subjects. */
const STALE_MAX = 64;
