import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkSet } from './chunk-set.ts';

test('holds what a set of numbers holds, and its bits say the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.array(fc.nat(80)), (count, indices) => {
      const set = new ChunkSet(count);
      const expected = new Set<number>();
      for (const index of indices) {
        set.add(index);
        if (index < count) expected.add(index);
      }
      for (const one of [set, ChunkSet.of(count, set.bits)]) {
        expect(one.size).toBe(expected.size);
        expect(one.isFull).toBe(expected.size === count);
        for (let i = 0; i < 90; i++) expect(one.has(i)).toBe(expected.has(i));
      }
    }),
  );
});

test('bits beyond the last chunk count for nothing', () => {
  const set = ChunkSet.of(3, Uint8Array.of(0xff));
  expect(set.size).toBe(3);
  expect(set.has(3)).toBe(false);
  expect(ChunkSet.full(3).bits).toEqual(Uint8Array.of(7));
});

test('bits that were given stay as they are', () => {
  const set = new ChunkSet(9);
  expect(set.bits).toHaveLength(0);
  set.add(8);
  const { bits } = set;
  set.add(1);
  expect(bits).toEqual(Uint8Array.of(0, 1));
});
