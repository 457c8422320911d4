import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestStart, startRecord } from './lives.ts';

test('the latest start of a log counts, in whatever order and however cut', () => {
  const starts = fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { minLength: 1 });
  fc.assert(
    fc.property(starts, fc.integer({ min: 0, max: 6 }), (all, kept) => {
      const whole = all.map((start) => startRecord(start));
      expect(latestStart(whole)).toBe(Math.max(...all));
      const cut = [...whole.slice(0, -1), whole.at(-1)!.subarray(0, kept)];
      expect(latestStart(cut)).toBe(Math.max(-1, ...all.slice(0, -1)));
    }),
  );
});

test('what another version wrote is skipped', () => {
  expect(latestStart([Uint8Array.of(2, 0, 0, 0, 0, 0, 9), startRecord(5)])).toBe(5);
  expect(latestStart([])).toBe(-1);
});
