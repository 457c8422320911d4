import type { EventPool } from './event-pool.ts';
import type { EventQueue } from './event-queue.ts';
import { HeapQueue } from './heap-queue.ts';

/** A tick is 1/16 ms: fine enough that a bucket stays short with a million nodes. */
const TICKS_PER_MS = 16;
const LEVELS = 4;
const BUCKETS = 256;
/** 32-bit words of a level's occupancy map. */
const WORDS = BUCKETS / 32;
/** Ticks that the four levels span together: 74 hours. */
const EPOCH = BUCKETS ** 4;

/**
 * A hierarchical timing wheel (Varghese and Lauck 1987, scheme 7) that keeps exact order.
 *
 * A tick's level is the highest byte in which it differs from the current tick, so an event moves
 * down at most three times. Deviation: the wheel only groups by tick; the events of the current
 * tick pass through a small heap, which orders them by (time, sequence) and takes whatever is
 * pushed into the current tick. Occupancy maps skip empty buckets at once. What lies beyond the
 * span waits in a list that is dealt out when the wheel is empty.
 */
export class WheelQueue implements EventQueue {
  readonly #pool: EventPool;
  /** Everything at or before the current tick. */
  readonly #due: HeapQueue;
  readonly #heads = new Int32Array(LEVELS * BUCKETS).fill(-1);
  readonly #occupied = new Int32Array(LEVELS * WORDS);
  /** The tick at which the span began; always a multiple of it. */
  #epochTick = 0;
  /** Ticks since then, as 32 bits. */
  #current = 0;
  #later = -1;
  #size = 0;

  constructor(pool: EventPool) {
    this.#pool = pool;
    this.#due = new HeapQueue(pool);
  }

  get size(): number {
    return this.#size;
  }

  push(slot: number): void {
    this.#size++;
    this.#place(slot);
  }

  peek(): number {
    if (this.#size === 0) return -1;
    while (this.#due.size === 0) this.#advance();
    return this.#due.peek();
  }

  pop(): number {
    if (this.#size === 0) return -1;
    while (this.#due.size === 0) this.#advance();
    this.#size--;
    return this.#due.pop();
  }

  #place(slot: number): void {
    const pool = this.#pool;
    const tick = Math.floor(pool.atMs(slot) * TICKS_PER_MS) - this.#epochTick;
    if (tick <= this.#current >>> 0) {
      this.#due.push(slot);
    } else if (tick >= EPOCH) {
      pool.link(slot, this.#later);
      this.#later = slot;
    } else {
      const level = (31 - Math.clz32(tick ^ this.#current)) >> 3;
      const index = (tick >>> (level * 8)) & 255;
      const bucket = level * BUCKETS + index;
      pool.link(slot, this.#heads[bucket]!);
      this.#heads[bucket] = slot;
      this.#occupied[bucket >> 5]! |= 1 << (index & 31);
    }
  }

  /** Moves on to the next bucket in use and deals it out. */
  #advance(): void {
    for (let level = 0; level < LEVELS; level++) {
      const shift = level * 8;
      const index = this.#occupiedAfter(level, (this.#current >>> shift) & 255);
      if (index < 0) continue;
      const bucket = level * BUCKETS + index;
      const slots = this.#heads[bucket]!;
      this.#heads[bucket] = -1;
      this.#occupied[bucket >> 5]! &= ~(1 << (index & 31));
      const above = level === LEVELS - 1 ? 0 : (this.#current >>> (shift + 8)) << (shift + 8);
      this.#current = above | (index << shift);
      this.#deal(slots);
      return;
    }
    this.#nextEpoch();
  }

  /** The first bucket in use of a level after `index`, −1 if there is none. */
  #occupiedAfter(level: number, index: number): number {
    if (index === BUCKETS - 1) return -1;
    const start = index + 1;
    const end = (level + 1) * WORDS;
    let word = level * WORDS + (start >> 5);
    let found = this.#occupied[word]! & (-1 << (start & 31));
    while (found === 0) {
      if (++word === end) return -1;
      found = this.#occupied[word]!;
    }
    return ((word - level * WORDS) << 5) + 31 - Math.clz32(found & -found);
  }

  #nextEpoch(): void {
    const pool = this.#pool;
    let first = Infinity;
    for (let slot = this.#later; slot >= 0; slot = pool.next(slot)) {
      first = Math.min(first, pool.atMs(slot));
    }
    this.#epochTick = Math.floor((first * TICKS_PER_MS) / EPOCH) * EPOCH;
    this.#current = 0;
    const slots = this.#later;
    this.#later = -1;
    this.#deal(slots);
  }

  #deal(slots: number): void {
    const pool = this.#pool;
    let slot = slots;
    while (slot >= 0) {
      const next = pool.next(slot);
      this.#place(slot);
      slot = next;
    }
  }
}
