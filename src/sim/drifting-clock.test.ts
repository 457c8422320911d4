import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriftingClock } from './drifting-clock.ts';

test('whatever its rates, a clock never goes back, and shows the time that they add up to', () => {
  const step = fc.record({
    forMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
    rate: fc.double({ min: 0.001, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step), fc.nat(2 ** 33), (steps, startMs) => {
      const clock = new DriftingClock(startMs);
      let now = startMs;
      let shown = startMs;
      let expected = startMs;
      for (const { forMs, rate } of steps) {
        clock.setRate(rate, now);
        now += forMs;
        expected += forMs * rate;
        const shows = clock.read(now);
        expect(shows).toBeGreaterThanOrEqual(shown);
        expect(shows).toBeCloseTo(expected, 1);
        shown = shows;
      }
    }),
  );
});

test('a time that was reached stays', () => {
  const clock = new DriftingClock(100);
  clock.reach(100.5);
  expect([clock.read(100), clock.read(100.25), clock.read(101)]).toEqual([100.5, 100.5, 101]);
  clock.setRate(0.5, 101);
  expect(clock.read(101 + clock.durationMs(10))).toBe(111);
});
