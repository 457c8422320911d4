import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Accusation, Met } from '../membership/index.ts';
import { suspicionMinMs, suspicionMs, type SuspicionOptions } from './suspicion.ts';

const LAN: SuspicionOptions = {
  intervalMs: 1000,
  alpha: 4,
  beta: 6,
  confirmations: 3,
  refusal: true,
};

function by(...met: Met[]): Accusation[] {
  return met.map((one, i) => ({ by: `n${i}`, met: one }));
}

/** `count` accusers who met silence. */
function silent(count: number): Accusation[] {
  return by(...Array.from({ length: count }, () => 'silence' as const));
}

// 4 · max(1, log10 N) · 1 s, by hand.
test.each([
  [1, 4000],
  [2, 4000],
  [3, 4000],
  [10, 4000],
  [100, 8000],
  [1000, 12_000],
])('Min for %d live members is %d ms', (live, minMs) => {
  expect(suspicionMinMs(LAN, live)).toBeCloseTo(minMs, 6);
});

// One silent accuser. Up to four live members (K = 3 others beside accuser and accused are not
// there) nobody can confirm, so it is Min; from five on Max = 6 · Min.
test.each([
  [1, 4000],
  [2, 4000],
  [3, 4000],
  [4, 4000],
  [5, 24_000],
  [10, 24_000],
  [100, 48_000],
  [1000, 72_000],
])('one silent accuser among %d live: %d ms', (live, ms) => {
  expect(suspicionMs(LAN, live, silent(1))).toBeCloseTo(ms, 6);
});

// Max − (Max − Min) · log(C + 1) / log(K + 1), N = 100, K = 3:
// C = 1: 48 − 40 · 1/2; C = 2: 48 − 40 · ln 3 / ln 4; C = 3: Min.
test.each([
  [1, 48_000],
  [2, 28_000],
  [3, 16_300.7499],
  [4, 8000],
  [5, 8000],
])('%d silent accusers among 100 live: %d ms', (accusers, ms) => {
  expect(suspicionMs(LAN, 100, silent(accusers))).toBeCloseTo(ms, 3);
});

test('three who met more than silence make it Min / 8; two do not', () => {
  expect(suspicionMs(LAN, 100, by('refused', 'gone', 'refused'))).toBeCloseTo(1000, 6);
  expect(suspicionMs(LAN, 100, by('refused', 'gone', 'silence'))).toBeCloseTo(16_300.7499, 3);
  expect(suspicionMs(LAN, 100, by('refused', 'refused'))).toBeCloseTo(28_000, 6);
});

test('all other live members are enough where they are fewer than three', () => {
  expect(suspicionMs(LAN, 2, by('refused'))).toBeCloseTo(500, 6);
  expect(suspicionMs(LAN, 3, by('refused'))).toBeCloseTo(4000, 6);
  expect(suspicionMs(LAN, 3, by('refused', 'gone'))).toBeCloseTo(500, 6);
  expect(suspicionMs(LAN, 4, by('refused', 'gone'))).toBeCloseTo(4000, 6);
});

test('nobody’s silence is never a refusal, however few live', () => {
  for (const live of [0, 1, 2]) {
    expect(suspicionMs(LAN, live, silent(1))).toBeCloseTo(4000, 6);
    expect(suspicionMs(LAN, live, [])).toBeCloseTo(4000, 6);
  }
});

test('switched off, refusals are silence; β = 1 or K = 0 make it fixed', () => {
  const refused = by('refused', 'refused', 'refused', 'refused');
  expect(suspicionMs({ ...LAN, refusal: false }, 100, refused)).toBeCloseTo(8000, 6);
  expect(suspicionMs({ ...LAN, beta: 1 }, 100, silent(1))).toBeCloseTo(8000, 6);
  expect(suspicionMs({ ...LAN, confirmations: 0 }, 100, silent(1))).toBeCloseTo(8000, 6);
});

test('never below the hard floor or above Max, and no accuser makes it longer', () => {
  const met = fc.constantFrom<Met>('silence', 'refused', 'gone');
  const options = fc.record({
    intervalMs: fc.integer({ min: 10, max: 10_000 }),
    alpha: fc.double({ min: 0.1, max: 10, noNaN: true }),
    beta: fc.double({ min: 1, max: 10, noNaN: true }),
    confirmations: fc.nat(16),
    refusal: fc.boolean(),
  });
  fc.assert(
    fc.property(
      options,
      fc.integer({ min: 1, max: 2000 }),
      fc.array(met, { maxLength: 20 }),
      (given, live, mets) => {
        const minMs = suspicionMinMs(given, live);
        let beforeMs = given.beta * minMs;
        for (let count = 0; count <= mets.length; count++) {
          const ms = suspicionMs(given, live, by(...mets.slice(0, count)));
          expect(ms).toBeLessThanOrEqual(beforeMs);
          expect(ms).toBeGreaterThanOrEqual(given.refusal ? minMs / 8 : minMs);
          beforeMs = ms;
        }
      },
    ),
  );
});
