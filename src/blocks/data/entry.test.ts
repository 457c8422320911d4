import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { compareEntries, type Entry } from './entry.ts';
import { HybridClock } from './hybrid-clock.ts';
import { Pace } from './pace.ts';
import { compareStamps } from './stamp.ts';
import type { Value } from './value.ts';

const A = '000000000000000a';
const B = '000000000000000b';

const value: fc.Arbitrary<Value | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({
    kind: fc.constantFrom('json' as const, 'bytes' as const),
    bytes: fc.uint8Array({ maxLength: 2 }),
  }),
);
const state: fc.Arbitrary<Entry> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), value)
  .map(([version, of]) => ({ type: 'state', owner: A, key: 'k', version, value: of, ageMs: 0 }));
const shared: fc.Arbitrary<Entry> = fc
  .tuple(fc.nat(2), fc.nat(2), fc.constantFrom(A, B), value)
  .map(([wallMs, count, by, of]) => ({
    type: 'map',
    key: 'k',
    stamp: { wallMs, count, by },
    value: of,
    ageMs: 0,
  }));

describe.each([
  ['state', state],
  ['the map', shared],
])('entries of %s', (_, entries) => {
  test('are in one order, so whoever hears them all ends with the same, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 6 }), fc.nat(), (all, seed) => {
        const random = new Xoshiro128(seed);
        const shuffled = [...all].sort(() => random.below(3) - 1);
        const last = (list: readonly Entry[]) =>
          list.reduce((held, one) => (compareEntries(one, held) > 0 ? one : held));
        expect(last(shuffled)).toEqual(last(all));
      }),
    );
  });

  test('one of two outranks, unless they say the same', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const order = compareEntries(a, b);
        expect(Math.sign(compareEntries(b, a))).toBe(-Math.sign(order) + 0);
        expect(order === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('a hybrid clock', () => {
  test('its stamps rise, whatever the wall clock does and whatever it hears', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(5), fc.constantFrom(0, 1, 65_535)));
    fc.assert(
      fc.property(steps, (all) => {
        const clock = new HybridClock();
        let last = clock.next(0, A);
        for (const [isHeard, wallMs, count] of all) {
          const heard = { wallMs, count, by: B };
          if (isHeard) clock.hear(heard);
          const next = clock.next(wallMs, A);
          expect(compareStamps(next, last)).toBeGreaterThan(0);
          if (isHeard) expect(compareStamps(next, heard)).toBeGreaterThan(0);
          last = next;
        }
      }),
    );
  });

  test('is the wall clock as long as that goes on', () => {
    const clock = new HybridClock();
    expect(clock.next(1000.9, A)).toEqual({ wallMs: 1000, count: 0, by: A });
    expect(clock.next(1000.9, A)).toEqual({ wallMs: 1000, count: 1, by: A });
    expect(clock.next(2000, A)).toEqual({ wallMs: 2000, count: 0, by: A });
    expect(clock.next(1500, A)).toEqual({ wallMs: 2000, count: 1, by: A });
  });
});

describe('the pace', () => {
  const middle = { float: () => 0.5, below: () => 0, u32: () => 0 };
  const waits = (pace: Pace, count: number, live = 10) =>
    Array.from({ length: count }, () => {
      const wait = pace.next(live, middle);
      pace.calm();
      return wait;
    });

  test('slows down to the calm interval while nothing differs, and hurries when it does', () => {
    const pace = new Pace(32_000);
    expect(waits(pace, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000]);
    expect(pace.hurry()).toBe(true);
    expect(pace.hurry()).toBe(false);
    expect(waits(pace, 2)).toEqual([1000, 2000]);
    expect(pace.stir()).toBe(false); // It is soon anyway.
    waits(pace, 5);
    expect(pace.stir()).toBe(true);
    expect(waits(pace, 2)).toEqual([8000, 16_000]);
  });

  test('is slower in large clusters, and never the same for all', () => {
    expect(waits(new Pace(32_000), 10, 32).at(-1)).toBe(32_000);
    expect(waits(new Pace(32_000), 10, 33).at(-1)).toBe(64_000);
    expect(waits(new Pace(32_000), 10, 1000).at(-1)).toBe(6 * 32_000);
    const random = new Xoshiro128(1);
    const drawn = Array.from({ length: 100 }, () => new Pace(32_000).next(1, random));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(750);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1250);
    expect(new Set(drawn).size).toBeGreaterThan(90);
  });
});
