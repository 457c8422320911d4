/** Which chunks of a value somebody has: a bit for each, as it also goes over the wire. */
export class ChunkSet {
  /** Chunks of the value. */
  readonly count: number;
  #bits: Uint8Array | undefined;
  #size = 0;

  constructor(count: number) {
    this.count = count;
  }

  static full(count: number): ChunkSet {
    const set = new ChunkSet(count);
    for (let i = 0; i < count; i++) set.add(i);
    return set;
  }

  /** Of bits as {@link bits} gives them. */
  static of(count: number, bits: Uint8Array): ChunkSet {
    const set = new ChunkSet(count);
    for (let i = 0; i < count; i++) if (isSet(bits, i)) set.add(i);
    return set;
  }

  static byteCount(count: number): number {
    return Math.ceil(count / 8);
  }

  /** Chunks in the set. */
  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.count;
  }

  has(index: number): boolean {
    return this.#bits !== undefined && isSet(this.#bits, index);
  }

  add(index: number): void {
    if (index >= this.count || this.has(index)) return;
    this.#bits ??= new Uint8Array(ChunkSet.byteCount(this.count));
    this.#bits[index >> 3]! |= 1 << (index & 7);
    this.#size++;
  }

  /** A copy that stays as it is: `byteCount(count)` bytes, or none where nothing is in the set. */
  get bits(): Uint8Array {
    return this.#bits?.slice() ?? NO_BITS;
  }
}

function isSet(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

const NO_BITS = new Uint8Array(0);
