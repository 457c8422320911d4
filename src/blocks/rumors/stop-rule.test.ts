import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { COOLED, STOP_RULES, stopRule, type StopRuleName, type Tally } from './stop-rule.ts';

const random = new Xoshiro128(1);
const useful: Tally = { sent: 1, useful: 1, useless: 0 };
const useless: Tally = { sent: 1, useful: 0, useless: 1 };
const unanswered: Tally = { sent: 1, useful: 0, useless: 0 };

/** Rounds that a node tells, of those given; Infinity: it still does. */
function roundsTold(name: StopRuleName, k: number | undefined, rounds: readonly Tally[]): number {
  const rule = stopRule(name, k);
  let weariness = 0;
  for (const [i, tally] of rounds.entries()) {
    weariness = rule.afterRound(weariness, tally, random);
    if (weariness === COOLED) return i + 1;
  }
  return Infinity;
}

const long = (tally: Tally): Tally[] => Array.from({ length: 50 }, () => tally);

test.each<[StopRuleName, number | undefined, Tally[], number]>([
  ['none', undefined, long(useless), Infinity],
  ['infect-and-die', undefined, long(useful), 1],
  ['blind-counter', 3, long(useful), 3],
  ['blind-coin', 1, long(useful), 1],
  ['feedback-counter', 3, long(useful), Infinity],
  ['feedback-counter', 3, long(useless), 3],
  ['feedback-counter', 2, [useless, useful, useless, useful, useless, useless], 6],
  ['feedback-counter', 2, [useless, { sent: 3, useful: 1, useless: 2 }, useless, useless], 4],
  ['feedback-counter', 2, [{ sent: 3, useful: 0, useless: 3 }, useless], 2],
  ['feedback-counter', 1, long(unanswered), Infinity],
  ['feedback-coin', 1, long(useful), Infinity],
  ['feedback-coin', 1, [useful, useless], 2],
  ['transmit-limited', 7, long({ sent: 3, useful: 0, useless: 0 }), 3],
])('%s, k = %s: %j ends after %s', (name, k, rounds, ends) => {
  expect(roundsTold(name, k, rounds)).toBe(ends);
});

test.each(['blind-coin', 'feedback-coin'] as const)('%s tells for k rounds on average', (name) => {
  const runs = 3000;
  let sum = 0;
  for (let i = 0; i < runs; i++) sum += roundsTold(name, 4, long(useless));
  expect(sum / runs).toBeGreaterThan(4 - 0.2);
  expect(sum / runs).toBeLessThan(4 + 0.2);
});

test('a rule that counts needs to know how far', () => {
  for (const name of STOP_RULES) {
    if (name === 'none' || name === 'infect-and-die') {
      expect(stopRule(name).k).toBeNull();
      continue;
    }
    expect(stopRule(name, 2).k).toBe(2);
    for (const k of [undefined, 0, 1.5, 1001]) expect(() => stopRule(name, k)).toThrow(/^k: /);
  }
});
