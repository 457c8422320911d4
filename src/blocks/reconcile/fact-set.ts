/**
 * The facts that a node holds, as 128-bit digests: what two nodes compare to find what each lacks.
 *
 * A digest is the first half of SHA-256 over a fact's canonical bytes, so nobody finds two facts of
 * one digest; it is computed once, when the fact comes in. Digests lie in one flat array; a slot
 * that became free is used again.
 *
 * The checksum is the sum of the digests' first halves modulo 2^64, kept up to date by every
 * change, whatever the order. Chance never makes two sets alike; who may write facts can, and
 * decision 19 says what that gains.
 */
import { assert, type Crypto } from '../../core/index.ts';

/** Bytes of a digest: 128 bits, so that a collision takes 2^64 hashes. */
export const DIGEST_BYTES = 16;

/** 64 bits over a set of facts, as two halves of 0 … 2^32 − 1. */
export interface SetChecksum {
  readonly high: number;
  readonly low: number;
}

/** The digest of a fact, from its canonical bytes. */
export function factDigest(canonical: Uint8Array, crypto: Crypto): Uint8Array {
  return crypto.sha256(canonical).slice(0, DIGEST_BYTES);
}

export function isSameChecksum(a: SetChecksum, b: SetChecksum): boolean {
  return a.high === b.high && a.low === b.low;
}

export class FactSet {
  #words = new Int32Array(SLOTS_AT_FIRST * DIGEST_WORDS);
  #isHeld = new Uint8Array(SLOTS_AT_FIRST);
  readonly #free: number[] = [];
  /** Slots ever used at a time. */
  #slots = 0;
  #high = 0;
  #low = 0;

  /** How many facts there are. */
  get size(): number {
    return this.#slots - this.#free.length;
  }

  /** Every slot in use is below it. */
  get slotsEnd(): number {
    return this.#slots;
  }

  get checksum(): SetChecksum {
    return { high: this.#high, low: this.#low };
  }

  /**
   * Takes a fact in, by its digest: its slot, until it is removed. Who calls sees to it that none
   * is here twice.
   */
  add(digest: Uint8Array): number {
    assert(digest.length === DIGEST_BYTES, 'a digest has 16 bytes');
    const slot = this.#free.pop() ?? this.#newSlot();
    for (let word = 0; word < DIGEST_WORDS; word++) {
      this.#words[slot * DIGEST_WORDS + word] = wordAt(digest, word * 4);
    }
    this.#isHeld[slot] = 1;
    this.#count(slot, 1);
    return slot;
  }

  remove(slot: number): void {
    assert(this.has(slot), 'a fact is removed that is not here');
    this.#count(slot, -1);
    this.#isHeld[slot] = 0;
    this.#free.push(slot);
  }

  /** Whether a slot holds a fact. */
  has(slot: number): boolean {
    return this.#isHeld[slot] === 1;
  }

  /** The digest of a fact that is here. */
  digestOf(slot: number): Uint8Array {
    return digestOfWords(this.#words, slot * DIGEST_WORDS);
  }

  /** Writes the four words of a fact's digest. */
  copyWords(slot: number, into: Int32Array, at: number): void {
    for (let word = 0; word < DIGEST_WORDS; word++) {
      into[at + word] = this.#words[slot * DIGEST_WORDS + word]!;
    }
  }

  #newSlot(): number {
    if (this.#slots === this.#isHeld.length) {
      const words = new Int32Array(this.#words.length * 2);
      words.set(this.#words);
      this.#words = words;
      const isHeld = new Uint8Array(this.#isHeld.length * 2);
      isHeld.set(this.#isHeld);
      this.#isHeld = isHeld;
    }
    return this.#slots++;
  }

  #count(slot: number, sign: 1 | -1): void {
    const at = slot * DIGEST_WORDS;
    const low = this.#low + sign * (this.#words[at + 1]! >>> 0);
    const carry = Math.floor(low / 2 ** 32);
    this.#low = low >>> 0;
    this.#high = (this.#high + sign * (this.#words[at]! >>> 0) + carry) >>> 0;
  }
}

/** 16 bytes from four words, the first byte the highest. */
export function digestOfWords(words: Int32Array, at: number): Uint8Array {
  const digest = new Uint8Array(DIGEST_BYTES);
  const view = new DataView(digest.buffer);
  for (let word = 0; word < DIGEST_WORDS; word++) view.setInt32(word * 4, words[at + word]!);
  return digest;
}

export const DIGEST_WORDS = DIGEST_BYTES / 4;

const SLOTS_AT_FIRST = 16;

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
