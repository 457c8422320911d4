/**
 * Pending events as columns of typed arrays, recycled slot by slot.
 *
 * An event costs no allocation: a slot is a small integer, its fields lie side by side in columns
 * that double when full, and only what an event refers to (a message) is an object.
 */

/** The columns are public: the queues order by them and the simulation reads them. */
export class EventPool {
  atMs: Float64Array;
  /** The order of pushing, which breaks ties of time. */
  sequence: Float64Array;
  kind: Uint8Array;
  /** The node it happens to, or a number of the kind's own. */
  node: Int32Array;
  /** The life of that node it belongs to. */
  life: Uint32Array;
  x: Float64Array;
  y: Float64Array;
  reference: unknown[];
  /** For lists: free slots here, buckets in a queue. */
  next: Int32Array;
  #free = -1;
  #used = 0;
  #sequence = 0;

  constructor(capacity = 1024) {
    this.atMs = new Float64Array(capacity);
    this.sequence = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.node = new Int32Array(capacity);
    this.life = new Uint32Array(capacity);
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
    this.reference = [];
    this.next = new Int32Array(capacity);
  }

  /** A slot for an event at `atMs`, later in order than all before it. */
  allocate(atMs: number): number {
    let slot = this.#free;
    if (slot >= 0) {
      this.#free = this.next[slot]!;
    } else {
      slot = this.#used++;
      if (slot === this.atMs.length) this.#grow();
      this.reference.push(undefined);
    }
    this.atMs[slot] = atMs;
    this.sequence[slot] = this.#sequence++;
    return slot;
  }

  /** Gives a slot back; the caller has read its columns. */
  release(slot: number): void {
    this.reference[slot] = undefined;
    this.next[slot] = this.#free;
    this.#free = slot;
  }

  /** Whether the event in slot `a` comes before the one in slot `b`. */
  before(a: number, b: number): boolean {
    const first = this.atMs[a]!;
    const second = this.atMs[b]!;
    return first < second || (first === second && this.sequence[a]! < this.sequence[b]!);
  }

  #grow(): void {
    const capacity = this.atMs.length * 2;
    this.atMs = widen(this.atMs, new Float64Array(capacity));
    this.sequence = widen(this.sequence, new Float64Array(capacity));
    this.kind = widen(this.kind, new Uint8Array(capacity));
    this.node = widen(this.node, new Int32Array(capacity));
    this.life = widen(this.life, new Uint32Array(capacity));
    this.x = widen(this.x, new Float64Array(capacity));
    this.y = widen(this.y, new Float64Array(capacity));
    this.next = widen(this.next, new Int32Array(capacity));
  }
}

function widen<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
