import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNewer, merge, outranks, STATUSES } from './merge.ts';
import type { Fact } from './messages.ts';

const fact = fc.record<Fact>({
  name: fc.constant('a'),
  peer: fc.constant(7),
  incarnation: fc.integer({ min: 0, max: 2 }),
  heartbeat: fc.integer({ min: 0, max: 2 }),
  status: fc.constantFrom(...STATUSES),
});

test('merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(fact, fact, fact, (a, b, c) => {
      expect(merge(a, b)).toEqual(merge(b, a));
      expect(merge(a, merge(b, c))).toEqual(merge(merge(a, b), c));
      expect(merge(a, a)).toBe(a);
    }),
  );
});

test.each<[string, Partial<Fact>, Partial<Fact>]>([
  ['incarnation', { incarnation: 2, heartbeat: 1 }, { heartbeat: 9, status: 'left' }],
  ['then heartbeat', { heartbeat: 2 }, { heartbeat: 1, status: 'dead' }],
  ['then left', { status: 'left' }, { status: 'dead' }],
  ['then dead', { status: 'dead' }, { status: 'suspect' }],
  ['then suspect', { status: 'suspect' }, { status: 'alive' }],
])('%s decides', (_name, above, below) => {
  const base: Fact = { name: 'a', peer: 7, incarnation: 1, heartbeat: 1, status: 'alive' };
  const [a, b] = [
    { ...base, ...above },
    { ...base, ...below },
  ];
  expect([outranks(a, b), outranks(b, a)]).toEqual([true, false]);
});

test('a worse status is no newer sign of life', () => {
  const alive: Fact = { name: 'a', peer: 7, incarnation: 1, heartbeat: 1, status: 'alive' };
  const dead: Fact = { ...alive, status: 'dead' };
  expect(isNewer(dead, alive)).toBe(false);
  expect(isNewer({ ...alive, heartbeat: 2 }, alive)).toBe(true);
  expect(isNewer({ ...alive, incarnation: 0, heartbeat: 2 }, alive)).toBe(false);
});
