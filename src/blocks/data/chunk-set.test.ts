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
      const again = expected.size === count ? ChunkSet.full(count) : ChunkSet.of(count, set.bits);
      for (const one of [set, again, set.copy()]) {
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
});

test('a copy goes its own way', () => {
  const set = new ChunkSet(9);
  set.add(8);
  const copy = set.copy();
  copy.add(1);
  expect(set.has(1)).toBe(false);
  expect(copy.bits).toEqual(Uint8Array.of(2, 1));
});
