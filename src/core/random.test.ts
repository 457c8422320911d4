import { expect, test } from 'vitest';
import { hashText, mix32, Xoshiro128 } from './random.ts';

const MASK = 0xffffffffn;

/** The published recurrence (Blackman and Vigna, xoshiro128starstar.c), in big integers. */
function* reference(state: readonly bigint[]): Generator<number> {
  let [a = 0n, b = 0n, c = 0n, d = 0n] = state;
  for (;;) {
    yield Number((rotate((b * 5n) & MASK, 7n) * 9n) & MASK);
    const shifted = (b << 9n) & MASK;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
  }
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (32n - by))) & MASK;
}

/** The state that a seed gives a stream: splitmix32 from a hash of the name. */
function seeded(seed: number, name: string): bigint[] {
  const high = BigInt(Math.floor(seed / 2 ** 32)) & MASK;
  let hash = (BigInt(seed) & MASK) ^ ((high * 0x9e3779b1n) & MASK) ^ 0x811c9dc5n;
  for (let i = 0; i < name.length; i++) {
    hash = ((hash ^ BigInt(name.charCodeAt(i))) * 0x01000193n) & MASK;
  }
  let mix = scramble(hash, 16n, 0x85ebca6bn, 13n, 0xc2b2ae35n, 16n);
  const next = (): bigint => {
    mix = (mix + 0x9e3779b9n) & MASK;
    return scramble(mix, 16n, 0x21f0aaadn, 15n, 0x735a2d97n, 15n);
  };
  return [next(), next(), next(), next() | 1n];
}

function scramble(z: bigint, s1: bigint, m1: bigint, s2: bigint, m2: bigint, s3: bigint): bigint {
  const first = ((z ^ (z >> s1)) * m1) & MASK;
  const second = ((first ^ (first >> s2)) * m2) & MASK;
  return second ^ (second >> s3);
}

test('the reference gives the values worked out by hand for the state 1, 2, 3, 4', () => {
  const draws = reference([1n, 2n, 3n, 4n]);
  // rotl(2 · 5, 7) · 9; then b has become 2 ^ (3 ^ 1) = 0.
  expect([draws.next().value, draws.next().value]).toEqual([11_520, 0]);
});

test.each([
  [0, ''],
  [1, ''],
  [1, 'peer 7'],
  [2 ** 32 + 1, 'peer 7'],
  [Number.MAX_SAFE_INTEGER, 'naïve 𝄞'],
])('seed %d, name %j: a thousand draws are those of the reference', (seed, name) => {
  const random = new Xoshiro128(seed, name);
  const draws = reference(seeded(seed, name));
  for (let i = 0; i < 1000; i++) expect(random.u32()).toBe(draws.next().value);
});

test('another seed or another name is another stream, unrelated to the first', () => {
  const first = new Xoshiro128(1, 'a');
  const others = [new Xoshiro128(2, 'a'), new Xoshiro128(1, 'b'), new Xoshiro128(1 + 2 ** 32, 'a')];
  const same = others.map(() => 0);
  for (let i = 0; i < 10_000; i++) {
    const bit = first.u32() & 1;
    others.forEach((other, k) => {
      if ((other.u32() & 1) === bit) same[k]!++;
    });
  }
  // 5000 ± 50 (one standard deviation).
  for (const count of same) expect(Math.abs(count - 5000)).toBeLessThan(300);
});

test.each([2, 3, 7, 10, 100, 1000])('below(%d) gives each value equally often', (limit) => {
  const random = new Xoshiro128(limit, 'below');
  const counts = Array.from({ length: limit }, () => 0);
  const draws = 200 * limit;
  for (let i = 0; i < draws; i++) counts[random.below(limit)]!++;
  expect(counts.length).toBe(limit); // Nothing outside 0 … limit − 1.
  let chiSquare = 0;
  for (const count of counts) chiSquare += (count - 200) ** 2 / 200;
  // Mean limit − 1, variance 2 (limit − 1): six standard deviations and a bit for small limits.
  expect(chiSquare).toBeLessThan(limit - 1 + 6 * Math.sqrt(2 * (limit - 1)) + 20);
});

test('below reaches both ends and never the limit', () => {
  const random = new Xoshiro128(5);
  expect(random.below(1)).toBe(0);
  let [least, greatest] = [2 ** 32, 0];
  for (let i = 0; i < 100_000; i++) {
    const value = random.below(2 ** 32);
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  expect(least).toBeGreaterThanOrEqual(0);
  expect(greatest).toBeLessThan(2 ** 32);
  expect(least).toBeLessThan(2 ** 32 / 1000);
  expect(greatest).toBeGreaterThan((2 ** 32 / 1000) * 999);
});

test('float is u32 / 2^32: at least 0, below 1, of mean one half', () => {
  const floats = new Xoshiro128(9, 'float');
  const words = new Xoshiro128(9, 'float');
  let sum = 0;
  for (let i = 0; i < 10_000; i++) {
    const value = floats.float();
    expect(value).toBe(words.u32() / 2 ** 32);
    sum += value;
  }
  expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(0.02);
});

test('mix32 is a bijection, and one flipped bit flips about half of the result', () => {
  const seen = new Set<number>();
  let flipped = 0;
  for (let i = 0; i < 4096; i++) {
    seen.add(mix32(i));
    for (let bit = 0; bit < 32; bit++) flipped += ones(mix32(i) ^ mix32(i ^ (1 << bit)));
  }
  expect(seen.size).toBe(4096);
  expect(Math.abs(flipped / (4096 * 32) - 16)).toBeLessThan(0.1);
});

test('hashText depends on each character, their order and the start', () => {
  const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'ä', '𝄞', 'a\0'];
  expect(new Set(texts.map((text) => hashText(text))).size).toBe(texts.length);
  expect(new Set([0, 1, 2, -1].map((start) => hashText('a', start))).size).toBe(4);
  expect(hashText('a')).toBe(hashText('a', 0));
});

function ones(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}
