import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviation, mean, median, quantile, sorted } from './statistics.ts';

test('quantiles interpolate as NumPy does', () => {
  const values = sorted([40, 15, 35, 20, 50]);
  expect([0, 0.05, 0.4, 0.5, 0.95, 1].map((share) => quantile(values, share))).toEqual([
    15, 16, 29, 35, 48, 50,
  ]);
  expect(median(sorted([4, 1]))).toBe(2.5);
  expect(quantile(sorted([]), 0.5)).toBeNaN();
  expect(quantile(sorted([7]), 0.3)).toBe(7);
  expect(quantile(sorted([1, Infinity, Infinity]), 0.75)).toBe(Infinity);
});

test('a quantile lies between the extremes and rises with its share', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), share, share, (all, a, b) => {
      const values = sorted(all);
      const [low, high] = [quantile(values, Math.min(a, b)), quantile(values, Math.max(a, b))];
      expect(low).toBeLessThanOrEqual(high + 1e-6);
      expect(low).toBeGreaterThanOrEqual(values[0]! - 1e-6);
      expect(high).toBeLessThanOrEqual(values.at(-1)! + 1e-6);
    }),
  );
});

test('mean and deviation', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  expect(mean(values)).toBe(5);
  expect(deviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect([mean([]), deviation([3])]).toEqual([Number.NaN, Number.NaN]);
});
