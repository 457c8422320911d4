import type { EventPool } from './event-pool.ts';
import type { EventQueue } from './event-queue.ts';

/**
 * A 4-ary heap of event slots: half the depth of a binary one, and four children share a cache
 * line (LaMarca and Ladner 1996).
 */
export class HeapQueue implements EventQueue {
  readonly #pool: EventPool;
  #slots = new Int32Array(64);
  #size = 0;

  constructor(pool: EventPool) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#size;
  }

  push(slot: number): void {
    if (this.#size === this.#slots.length) {
      const wider = new Int32Array(this.#size * 2);
      wider.set(this.#slots);
      this.#slots = wider;
    }
    const slots = this.#slots;
    const pool = this.#pool;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const other = slots[parent]!;
      if (!pool.before(slot, other)) break;
      slots[at] = other;
      at = parent;
    }
    slots[at] = slot;
  }

  peek(): number {
    return this.#size === 0 ? -1 : this.#slots[0]!;
  }

  pop(): number {
    if (this.#size === 0) return -1;
    const slots = this.#slots;
    const first = slots[0]!;
    const size = --this.#size;
    if (size > 0) this.#sink(slots[size]!, size);
    return first;
  }

  /** Puts `slot` where the first was. */
  #sink(slot: number, size: number): void {
    const slots = this.#slots;
    const pool = this.#pool;
    let at = 0;
    for (;;) {
      const child = at * 4 + 1;
      if (child >= size) break;
      let best = child;
      const end = child + 4 < size ? child + 4 : size;
      for (let other = child + 1; other < end; other++) {
        if (pool.before(slots[other]!, slots[best]!)) best = other;
      }
      if (!pool.before(slots[best]!, slot)) break;
      slots[at] = slots[best]!;
      at = best;
    }
    slots[at] = slot;
  }
}
