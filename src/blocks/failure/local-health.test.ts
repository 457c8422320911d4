import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LocalHealth } from './local-health.ts';

test('the score stays within 0 and its maximum, one more is the multiplier', () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(fc.integer({ min: -3, max: 3 })), (scoreMax, changes) => {
      const health = new LocalHealth(scoreMax);
      let expected = 0;
      for (const points of changes) {
        health.change(points);
        expected = Math.min(scoreMax, Math.max(0, expected + points));
        expect([health.score, health.multiplier]).toEqual([expected, expected + 1]);
      }
    }),
  );
});

test('with a maximum of 0 it is off', () => {
  const health = new LocalHealth(0);
  health.change(5);
  expect(health.multiplier).toBe(1);
});
