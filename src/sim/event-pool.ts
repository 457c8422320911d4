/**
 * Pending events as records of 48 bytes in one buffer, recycled slot by slot.
 *
 * An event costs no allocation: a slot is a small integer, and only what an event refers to (a
 * message) is an object. A record's fields lie together, since large runs wait for memory: with
 * random phases every event of a million nodes touches lines that no cache holds.
 */

/** Doubles of a record, then 32-bit words in its rest. */
const DOUBLES = 6;
const WORDS = 2 * DOUBLES;
const AT_MS = 0;
const SEQUENCE = 1;
const X = 2;
const Y = 3;
const KIND = 8;
const NODE = 9;
const LIFE = 10;
const NEXT = 11;

export class EventPool {
  #doubles: Float64Array;
  #words: Int32Array;
  readonly #references: unknown[] = [];
  #free = -1;
  #used = 0;
  #sequence = 0;

  constructor(capacity = 1024) {
    this.#doubles = new Float64Array(capacity * DOUBLES);
    this.#words = new Int32Array(this.#doubles.buffer);
  }

  /**
   * A slot for an event at `atMs`, after all before it of the same time. Node and life are below
   * 2^31; what `x`, `y` and the reference mean is the kind's own.
   */
  allocate(
    atMs: number,
    kind: number,
    node: number,
    life: number,
    x: number,
    y: number,
    reference: unknown,
  ): number {
    let slot = this.#free;
    if (slot >= 0) {
      this.#free = this.#words[slot * WORDS + NEXT]!;
    } else {
      slot = this.#used++;
      if (slot * DOUBLES === this.#doubles.length) this.#grow();
      this.#references.push(undefined);
    }
    const doubles = this.#doubles;
    const words = this.#words;
    const first = slot * DOUBLES;
    const word = slot * WORDS;
    doubles[first + AT_MS] = atMs;
    doubles[first + SEQUENCE] = this.#sequence++;
    doubles[first + X] = x;
    doubles[first + Y] = y;
    words[word + KIND] = kind;
    words[word + NODE] = node;
    words[word + LIFE] = life;
    if (reference !== undefined) this.#references[slot] = reference;
    return slot;
  }

  /** Gives a slot back; the caller has read it. */
  release(slot: number): void {
    if (this.#references[slot] !== undefined) this.#references[slot] = undefined;
    this.#words[slot * WORDS + NEXT] = this.#free;
    this.#free = slot;
  }

  atMs(slot: number): number {
    return this.#doubles[slot * DOUBLES + AT_MS]!;
  }

  kind(slot: number): number {
    return this.#words[slot * WORDS + KIND]!;
  }

  node(slot: number): number {
    return this.#words[slot * WORDS + NODE]!;
  }

  life(slot: number): number {
    return this.#words[slot * WORDS + LIFE]!;
  }

  x(slot: number): number {
    return this.#doubles[slot * DOUBLES + X]!;
  }

  y(slot: number): number {
    return this.#doubles[slot * DOUBLES + Y]!;
  }

  reference(slot: number): unknown {
    return this.#references[slot];
  }

  /** The slot after this one in a queue's list. */
  next(slot: number): number {
    return this.#words[slot * WORDS + NEXT]!;
  }

  link(slot: number, next: number): void {
    this.#words[slot * WORDS + NEXT] = next;
  }

  /** Whether the event in slot `a` comes before the one in slot `b`. */
  before(a: number, b: number): boolean {
    const doubles = this.#doubles;
    const first = doubles[a * DOUBLES + AT_MS]!;
    const second = doubles[b * DOUBLES + AT_MS]!;
    if (first !== second) return first < second;
    return doubles[a * DOUBLES + SEQUENCE]! < doubles[b * DOUBLES + SEQUENCE]!;
  }

  /** How many events of a kind are pending, by node and life. */
  count(kind: number, of: (node: number, life: number) => void): void {
    const isFree = new Uint8Array(this.#used);
    for (let slot = this.#free; slot >= 0; slot = this.next(slot)) isFree[slot] = 1;
    for (let slot = 0; slot < this.#used; slot++) {
      if (isFree[slot] === 0 && this.kind(slot) === kind) of(this.node(slot), this.life(slot));
    }
  }

  #grow(): void {
    const wider = new Float64Array(this.#doubles.length * 2);
    wider.set(this.#doubles);
    this.#doubles = wider;
    this.#words = new Int32Array(wider.buffer);
  }
}
