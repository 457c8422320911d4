import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFact, type Fact } from '../../../blocks/membership/index.ts';
import { Xoshiro128 } from '../../../core/index.ts';
import { isWithin, NO_RANGE } from '../query-messages.ts';
import { delegateOf, hasTags, piecesOf } from './range.ts';

function factOf(nodeId: string): Fact {
  return makeFact({
    name: nodeId,
    nodeId,
    peer: 1,
    start: 1,
    born: 1,
    counter: 0,
    streams: 'yes',
    tags: {},
    slot: -1,
    bytes: 50,
  });
}

const members = fc
  .uniqueArray(fc.nat(0xffffffff), { maxLength: 60 })
  .map((all) => all.map((one) => factOf(one.toString(16).padStart(16, '0'))));

test('pieces hold each member once, in ranges that do not meet, and are alike in size', () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 9 }), (all, countMax) => {
      const pieces = piecesOf(all, countMax);
      expect(pieces).toHaveLength(Math.min(countMax, all.length));
      const held = pieces.flatMap((piece) => piece.members.map(({ nodeId }) => nodeId));
      expect(held).toEqual(all.map(({ nodeId }) => nodeId).sort());
      for (const { range, members: own } of pieces) {
        expect(all.filter(({ nodeId }) => isWithin(nodeId, range))).toHaveLength(own.length);
      }
      const sizes = pieces.map((piece) => piece.members.length);
      if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('nobody is within no range', () => {
  for (const nodeId of ['0000000000000000', '8000000000000000', 'ffffffffffffffff']) {
    expect(isWithin(nodeId, NO_RANGE)).toBe(false);
  }
});

test('a delegate is one that is preferred, or else anyone', () => {
  const some = ['1', '2', '3'].map((digit) => factOf(digit.repeat(16)));
  const random = new Xoshiro128(1);
  const names = new Set<string | undefined>();
  for (let i = 0; i < 100; i++) names.add(delegateOf(some, random, () => true)?.name);
  expect(names.size).toBe(3);
  expect(delegateOf(some, random, ({ name }) => name === some[1]!.name)).toBe(some[1]);
  expect(some).toContain(delegateOf(some, random, () => false));
  expect(delegateOf([], random, () => true)).toBeUndefined();
});

test('tags: all that are wanted, with these values', () => {
  const tags = { role: 'worker', zone: 'b' };
  expect(hasTags(tags, {})).toBe(true);
  expect(hasTags(tags, { role: 'worker' })).toBe(true);
  expect(hasTags(tags, { role: 'worker', zone: 'a' })).toBe(false);
  expect(hasTags({}, { toString: 'x' })).toBe(false);
});
