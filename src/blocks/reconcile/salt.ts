/**
 * Digests as one session sees them: permuted by a random key, so that nobody who writes facts can
 * choose them such that their symbols cancel or their marks agree.
 *
 * The permutation is Chaskey's (Mouha et al., SAC 2014: eight rounds of 32-bit add, rotate, xor) as
 * a single-key Even–Mansour cipher: salted = π(digest ⊕ K) ⊕ K. It can be undone, so a salted
 * digest tells the digest. From the salted digest, four further rounds under a second key make what
 * a fact needs beside it: 64 bits of mark, which must not be linear, and the two words that its
 * places are drawn from. Salt hinders those who only write facts; the two ends of a session know
 * it.
 */
import type { Random } from '../../core/index.ts';

/** The key of a session: four words of 32 bits. */
export type SaltKey = readonly [number, number, number, number];

/** On the wire. */
export const SALT_BYTES = 16;

/** What {@link Salt.expand} writes: salted digest (4 words), mark (2), seed of the places (2). */
export const SALTED_WORDS = 8;

export function drawSaltKey(random: Random): SaltKey {
  return [random.u32(), random.u32(), random.u32(), random.u32()];
}

export class Salt {
  readonly key: SaltKey;
  readonly #second: Int32Array;
  readonly #state = new Int32Array(4);

  constructor(key: SaltKey) {
    this.key = key;
    this.#state.set(key);
    permute(this.#state, ROUNDS);
    this.#second = this.#state.slice();
  }

  /** Turns a digest's four words into their salted form, and writes after them what follows. */
  salt(words: Int32Array, at: number): void {
    const state = this.#state;
    for (let word = 0; word < 4; word++) state[word] = words[at + word]! ^ this.key[word]!;
    permute(state, ROUNDS);
    for (let word = 0; word < 4; word++) words[at + word] = state[word]! ^ this.key[word]!;
    this.expand(words, at);
  }

  /** Mark and seed, after the four words of a salted digest. */
  expand(words: Int32Array, at: number): void {
    const state = this.#state;
    const second = this.#second;
    for (let word = 0; word < 4; word++) state[word] = words[at + word]! ^ second[word]!;
    permute(state, MARK_ROUNDS);
    for (let word = 0; word < 4; word++) words[at + 4 + word] = state[word]! ^ second[word]!;
  }

  /** The digest's four words of a salted one. */
  unsalt(words: Int32Array, at: number): Int32Array {
    const digest = new Int32Array(4);
    for (let word = 0; word < 4; word++) digest[word] = words[at + word]! ^ this.key[word]!;
    permuteBack(digest, ROUNDS);
    for (let word = 0; word < 4; word++) digest[word]! ^= this.key[word]!;
    return digest;
  }
}

/** Chaskey's own. */
const ROUNDS = 8;
/** All of a word's bits reach all others within four rounds; the input is unpredictable already. */
const MARK_ROUNDS = 4;

function permute(state: Int32Array, rounds: number): void {
  let v0 = state[0]!;
  let v1 = state[1]!;
  let v2 = state[2]!;
  let v3 = state[3]!;
  for (let round = 0; round < rounds; round++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  state[0] = v0;
  state[1] = v1;
  state[2] = v2;
  state[3] = v3;
}

function permuteBack(state: Int32Array, rounds: number): void {
  let [v0, v1, v2, v3] = state as unknown as [number, number, number, number];
  for (let round = 0; round < rounds; round++) {
    v2 = rotate(v2, 16);
    v1 = rotate(v1 ^ v2, 25);
    v2 = (v2 - v1) | 0;
    v3 = rotate(v3 ^ v0, 19);
    v0 = (v0 - v3) | 0;
    v3 = rotate(v3 ^ v2, 24);
    v2 = (v2 - v3) | 0;
    v0 = rotate(v0, 16);
    v1 = rotate(v1 ^ v0, 27);
    v0 = (v0 - v1) | 0;
  }
  state.set([v0, v1, v2, v3]);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
