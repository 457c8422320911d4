/**
 * What is worth telling, each at most so many times: the transmit-limited queue of SWIM's
 * piggybacking (Das et al. 2002; memberlist's queue.go).
 *
 * Items sent least often go first, and among these the one that has waited longest. A newer item
 * about the same subject replaces the older one and starts again at zero.
 */
export class TransmitQueue<T> {
  readonly #items = new Map<number, Item<T>>();
  /** Items by the times they were sent; a replaced item stays until it is met, `stale`. */
  readonly #bySent: Fifo<Item<T>>[] = [];
  /** Scratch of `take`. */
  readonly #sent: Item<T>[] = [];
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
    this.#level(0).push(item);
  }

  delete(subject: number): void {
    const item = this.#items.get(subject);
    if (item === undefined) return;
    item.stale = true;
    this.#stale++;
    this.#items.delete(subject);
    if (this.#items.size === 0) this.clear();
    else if (this.#stale > this.#items.size + STALE_MAX) this.#compact();
  }

  clear(): void {
    this.#items.clear();
    this.#bySent.length = 0;
    this.#stale = 0;
  }

  /**
   * Takes what fits into `bytesMax`, counting each item as sent `times` more.
   *
   * @param limit transmissions after which an item has cooled
   */
  take(bytesMax: number, times: number, limit: number): T[] {
    const taken: T[] = [];
    const sent = this.#sent;
    const misfits: Item<T>[] = [];
    let left = bytesMax;
    let tries = MISFITS_MAX;
    for (let level = 0; level < this.#bySent.length && tries > 0; level++) {
      const fifo = this.#level(level);
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
      else this.#items.delete(item.subject);
    }
    sent.length = 0;
    if (this.#items.size === 0) this.clear();
    return taken;
  }

  /** Drops what was replaced and not met since: the levels behind a backlog are met seldom. */
  #compact(): void {
    this.#bySent.forEach((fifo, level) => {
      const fresh = new Fifo<Item<T>>();
      for (let item = fifo.shift(); item !== undefined; item = fifo.shift()) {
        if (!item.stale) fresh.push(item);
      }
      this.#bySent[level] = fresh;
    });
    this.#stale = 0;
  }

  #level(sent: number): Fifo<Item<T>> {
    let fifo = this.#bySent[sent];
    while (fifo === undefined) {
      this.#bySent.push(new Fifo());
      fifo = this.#bySent[sent];
    }
    return fifo;
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
    if (
      this.#head === this.#items.length ||
      (this.#head > 64 && this.#head * 2 > this.#items.length)
    ) {
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
