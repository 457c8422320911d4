import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTER_MAX, ReplayWindow, WINDOW } from './replay-window.ts';

test('like a set of all that was seen, for the last 1,024 counters', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -WINDOW - 40, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 40 }) },
  );
  const start = fc.integer({ min: 0, max: 2 ** 45 });
  fc.assert(
    fc.property(start, fc.integer({ min: -1, max: 50 }), fc.array(step), (base, floor, steps) => {
      const window = new ReplayWindow(base + floor);
      const seen = new Set<number>();
      let top = base + floor;
      for (const by of steps) {
        const counter = Math.max(0, Math.min(COUNTER_MAX, top + by));
        const isLate = counter <= base + floor || counter <= top - WINDOW;
        const expected = isLate ? 'late' : seen.has(counter) ? 'replay' : 'fresh';
        expect(window.take(counter)).toBe(expected);
        if (expected === 'fresh') seen.add(counter);
        if (!isLate) top = Math.max(top, counter);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a shorter window is late sooner, and none is longer', () => {
  const window = new ReplayWindow(-1, 64);
  const taken = [100, 37, 36, 37].map((counter) => window.take(counter));
  expect(taken).toEqual(['fresh', 'fresh', 'late', 'replay']);
  expect(() => new ReplayWindow(-1, WINDOW + 1)).toThrow('so many counters');
});

test('the first counter is 0, the last 2^48 − 1', () => {
  const window = new ReplayWindow();
  expect([window.take(0), window.take(0)]).toEqual(['fresh', 'replay']);
  expect([window.take(COUNTER_MAX), window.take(COUNTER_MAX)]).toEqual(['fresh', 'replay']);
  expect(window.take(COUNTER_MAX - WINDOW + 1)).toBe('fresh');
  expect(window.take(COUNTER_MAX - WINDOW)).toBe('late');
});
