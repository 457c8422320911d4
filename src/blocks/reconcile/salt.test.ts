import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { drawSaltKey, Salt, type SaltKey } from './salt.ts';

const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());

function salted(key: SaltKey, digest: readonly number[]): Int32Array {
  const row = new Int32Array(8);
  row.set(digest);
  new Salt(key).salt(row, 0);
  return row;
}

test('a salted digest tells the digest to those who know the salt', () => {
  fc.assert(
    fc.property(words, words, (key, digest) => {
      const row = salted(key, digest);
      expect([...new Salt(key).unsalt(row, 0)]).toEqual(digest);
    }),
  );
});

test('the rounds are those of Chaskey', () => {
  // A vector of the cipher with 8 rounds: π(0 ⊕ K) ⊕ K, worked out by the definition in BigInt.
  const key: SaltKey = [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39];
  const mask = 0xffffffffn;
  const rotate = (v: bigint, by: bigint): bigint => ((v << by) | (v >> (32n - by))) & mask;
  let [v0, v1, v2, v3] = key.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (let round = 0; round < 8; round++) {
    v0 = (v0 + v1) & mask;
    v1 = rotate(v1, 5n) ^ v0;
    v0 = rotate(v0, 16n);
    v2 = (v2 + v3) & mask;
    v3 = rotate(v3, 8n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotate(v3, 13n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotate(v1, 7n) ^ v2;
    v2 = rotate(v2, 16n);
  }
  const expected = [v0, v1, v2, v3].map((v, i) => Number(v) ^ key[i]!);
  expect([...salted(key, [0, 0, 0, 0]).subarray(0, 4)]).toEqual(expected);
});

test('a bit of the digest or of the salt turns half of all that follows', () => {
  const random = new Xoshiro128(3);
  const turned = new Float64Array(8);
  const runs = 4000;
  for (let run = 0; run < runs; run++) {
    const key = drawSaltKey(random);
    const digest = drawSaltKey(random);
    const flip = (of: SaltKey): SaltKey => {
      const bit = random.below(128);
      return of.map((word, i) => (i === bit >> 5 ? word ^ (1 << (bit & 31)) : word)) as never;
    };
    const before = salted(key, digest);
    const after = run % 2 === 0 ? salted(key, flip(digest)) : salted(flip(key), digest);
    for (let word = 0; word < 8; word++) turned[word]! += bitsOf(before[word]! ^ after[word]!);
  }
  // Mean 16 of 32; 0.2 is more than four standard errors.
  for (const bits of turned) expect(Math.abs(bits / runs - 16)).toBeLessThan(0.2);
});

test('the marks of facts that cancel do not', () => {
  const random = new Xoshiro128(9);
  const salt = new Salt(drawSaltKey(random));
  const rows = Array.from({ length: 3 }, () => Int32Array.from({ length: 8 }, () => random.u32()));
  const sum = new Int32Array(8);
  for (const row of rows) {
    salt.expand(row, 0);
    for (let word = 0; word < 8; word++) sum[word]! ^= row[word]!;
  }
  const [high, low] = [sum[4], sum[5]];
  salt.expand(sum, 0);
  expect([sum[4], sum[5]]).not.toEqual([high, low]);
});

function bitsOf(word: number): number {
  let bits = 0;
  for (let left = word >>> 0; left !== 0; left &= left - 1) bits++;
  return bits;
}
