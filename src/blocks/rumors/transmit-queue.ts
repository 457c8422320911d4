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
    const item: Item<T> = { subject, content, bytes, stale: false };
    this.#items.set(subject, item);
    this.#level(0).push(item);
  }

  delete(subject: number): void {
    const item = this.#items.get(subject);
    if (item === undefined) return;
    item.stale = true;
    this.#items.delete(subject);
    if (this.#items.size === 0) this.#bySent.length = 0;
  }

  clear(): void {
    this.#items.clear();
    this.#bySent.length = 0;
  }

  /**
   * Takes what fits into `bytesMax`, counting each item as sent `times` more.
   *
   * @param limit transmissions after which an item has cooled
   */
  take(bytesMax: number, times: number, limit: number): T[] {
    const taken: T[] = [];
    const sent: [Item<T>, number][] = [];
    let left = bytesMax;
    let misfits = 0;
    for (let level = 0; level < this.#bySent.length && misfits < MISFITS_MAX; level++) {
      const fifo = this.#level(level);
      for (let i = fifo.length; i > 0 && misfits < MISFITS_MAX; i--) {
        const item = fifo.shift();
        if (item === undefined) break;
        if (item.stale) continue;
        if (item.bytes > left) {
          fifo.push(item);
          misfits++;
          continue;
        }
        left -= item.bytes;
        taken.push(item.content);
        sent.push([item, level + times]);
      }
    }
    for (const [item, level] of sent) {
      if (level < limit) this.#level(level).push(item);
      else this.delete(item.subject);
    }
    return taken;
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
