import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { factDigest, FactSet, isSameChecksum } from './fact-set.ts';

const digests = fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
  maxLength: 60,
  selector: String,
});

test('equal sets have one checksum, whatever was added and removed, in whatever order', () => {
  fc.assert(
    fc.property(digests, digests, (kept, gone) => {
      const here = new FactSet();
      const passing = gone.filter((one) => !kept.some((other) => String(other) === String(one)));
      const slots = passing.map((digest) => here.add(digest));
      for (const digest of kept) here.add(digest);
      for (const slot of slots) here.remove(slot);
      const there = new FactSet();
      for (const digest of kept.toReversed()) there.add(digest);
      expect(here.checksum).toEqual(there.checksum);
      expect([here.size, there.size]).toEqual([kept.length, kept.length]);
    }),
  );
});

test('a fact more or less is another checksum', () => {
  const set = new FactSet();
  const before = set.checksum;
  const slot = set.add(new Uint8Array(16).fill(255));
  const after = set.checksum;
  expect(isSameChecksum(before, after)).toBe(false);
  set.add(new Uint8Array(16).fill(128));
  expect(isSameChecksum(set.checksum, after)).toBe(false);
  set.remove(slot);
  expect(set.checksum).toEqual({ high: 0x80808080, low: 0x80808080 });
});

test('the checksum is the sum of the first halves, modulo 2^64', () => {
  fc.assert(
    fc.property(digests, (all) => {
      const set = new FactSet();
      for (const digest of all) set.add(digest);
      const halves = all.map((digest) =>
        new DataView(digest.buffer).getBigUint64(digest.byteOffset),
      );
      const sum = BigInt.asUintN(
        64,
        halves.reduce((one, other) => one + other, 0n),
      );
      const { high, low } = set.checksum;
      expect(BigInt(high) * 2n ** 32n + BigInt(low)).toBe(sum);
    }),
  );
});

test('a slot is used again once its fact is gone, and only then', () => {
  const set = new FactSet();
  const digest = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
  const slots = Array.from({ length: 40 }, (_, byte) => set.add(digest(byte)));
  expect(new Set(slots).size).toBe(40);
  expect(set.digestOf(slots[33]!)).toEqual(digest(33));
  set.remove(slots[7]!);
  expect([set.has(slots[7]!), set.has(slots[8]!), set.size]).toEqual([false, true, 39]);
  expect(set.add(digest(200))).toBe(slots[7]);
  expect(set.slotsEnd).toBe(40);
  expect(() => set.remove(40)).toThrow('not here');
});

test('a digest is the first half of SHA-256', () => {
  const crypto = {
    sha256: (data: Uint8Array) => new Uint8Array(32).map((_, i) => i + data.length),
  };
  const expected = Uint8Array.from({ length: 16 }, (_, i) => i + 3);
  expect(factDigest(new Uint8Array(3), crypto)).toEqual(expected);
});
