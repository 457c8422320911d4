/**
 * Seeded random numbers: xoshiro128** 1.1 (Blackman and Vigna 2018), seeded by splitmix32.
 *
 * Its state is four 32-bit words, so a stream can be saved, compared and shared by Node.js and
 * browsers with the same draws.
 */

/** One stream of random numbers. */
export interface Random {
  /** An integer, 0 … 2^32 − 1. */
  u32(): number;
  /** An integer, 0 … limit − 1; limit is 1 … 2^32. Unbiased enough: error below limit / 2^32. */
  below(limit: number): number;
  /** A number, 0 ≤ x < 1, of 32 bits. */
  float(): number;
}

export class Xoshiro128 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** A stream for a seed and, if given, a name: different names give unrelated streams. */
  constructor(seed: number, name = '') {
    let mix = hashText(name, (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x9e3779b1));
    const next = (): number => {
      mix = (mix + 0x9e3779b9) | 0;
      let z = mix ^ (mix >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1; // Never all zero.
  }

  u32(): number {
    const b = this.#b;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  float(): number {
    return this.u32() / 2 ** 32;
  }
}

/** 32 bits from a text: FNV-1a over its UTF-16 units, finished by a murmur3 mixer. */
export function hashText(text: string, start = 0): number {
  let hash = start ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return mix32(hash);
}

/** Scrambles 32 bits (the murmur3 finaliser): a bijection, result 0 … 2^32 − 1. */
export function mix32(value: number): number {
  let z = value ^ (value >>> 16);
  z = Math.imul(z, 0x85ebca6b);
  z ^= z >>> 13;
  z = Math.imul(z, 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
