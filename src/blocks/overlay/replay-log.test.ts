import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AHEAD_MAX, ReplayLog } from './replay-log.ts';

const LIMITS = { eventsMax: 10, bytesMax: 1000 };

function logOf(...numbers: number[]): ReplayLog<{ seq: number; bytes: number }> {
  const log = new ReplayLog(LIMITS);
  for (const seq of numbers) log.add({ seq, bytes: 10 });
  return log;
}

function delivered(log: ReplayLog<{ seq: number; bytes: number }>): number[] {
  const all: number[] = [];
  for (let event = log.deliver(); event !== undefined; event = log.deliver()) all.push(event.seq);
  return all;
}

test('whatever order events come in, each is delivered once and in its turn', () => {
  const order = fc.shuffledSubarray(Array.from({ length: 40 }, (_, i) => i + 1));
  fc.assert(
    fc.property(order, fc.array(fc.nat(39)), (numbers, again) => {
      const log = logOf();
      const told: number[] = [];
      const added = [...numbers, ...again.map((i) => numbers[i] ?? 1)];
      for (const seq of added) {
        log.add({ seq, bytes: 1 });
        told.push(...delivered(log));
        log.trim();
        expect(log.next - log.first).toBeLessThanOrEqual(LIMITS.eventsMax);
      }
      expect(told).toEqual(range(1, told.length));
      const lacking = log.missing(40, 100).flatMap(({ from, to }) => range(from, to));
      expect(lacking).toEqual(range(1, 40).filter((seq) => !added.includes(seq)));
    }),
    { numRuns: 200, seed: 1 },
  );
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

test('what is missing comes in pieces, from the lowest number on', () => {
  const log = logOf(1, 2, 5, 8, 9);
  delivered(log);
  expect(log.missing(12, 9)).toEqual([
    { from: 3, to: 4 },
    { from: 6, to: 7 },
    { from: 10, to: 12 },
  ]);
  expect(log.missing(12, 1)).toEqual([{ from: 3, to: 4 }]);
  expect(logOf().missing(3, 9)).toEqual([{ from: 1, to: 3 }]);
});

test('a gap is passed over, and a replay has no holes', () => {
  const log = logOf(1, 2, 5, 6);
  expect(delivered(log)).toEqual([1, 2]);
  log.passOver(5);
  expect(delivered(log)).toEqual([5, 6]);
  expect([log.first, log.next, log.size, log.bytes]).toEqual([5, 7, 2, 20]);
  expect(log.add({ seq: 3, bytes: 10 })).toBe('known');
});

test('bounded by number and by bytes, ahead too', () => {
  const log = logOf(...range(1, 20));
  delivered(log);
  expect(log.trim().map(({ seq }) => seq)).toEqual(range(1, 10));
  log.add({ seq: 21, bytes: 950 });
  delivered(log);
  log.trim();
  expect([log.first, log.bytes]).toEqual([16, 1000]);
  expect(log.add({ seq: log.next + AHEAD_MAX, bytes: 1 })).toBe('far');
  expect(log.add({ seq: log.next + 1, bytes: 1100 })).toBe('far');
});

test('a past that is not asked for', () => {
  const log = logOf(3, 906, 907);
  log.beginAt(905);
  expect(delivered(log)).toEqual([]);
  log.add({ seq: 905, bytes: 1 });
  expect(delivered(log)).toEqual([905, 906, 907]);
  log.beginAt(2000);
  expect(log.next).toBe(908);
});

test('what was never published is revoked, and its numbers are free again', () => {
  const log = logOf(1, 2, 3, 4, 8, 9);
  delivered(log);
  expect(log.revoke(9).map(({ seq }) => seq)).toEqual([9]);
  expect([log.next, log.highest, log.bytes]).toEqual([5, 8, 50]);
  expect(log.revoke(6, 7)).toEqual([]);
  expect(log.revoke(3).map(({ seq }) => seq)).toEqual([3, 4, 8]);
  expect([log.first, log.next, log.highest, log.bytes]).toEqual([1, 3, 2, 20]);
  expect(log.add({ seq: 3, bytes: 10 })).toBe('new');
  expect(delivered(log)).toEqual([3]);
  log.passOver(100);
  expect([log.revoke(5), log.first, log.next]).toEqual([[], 5, 5]);
});
