import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AHEAD_MAX, ReplayLog, type Logged } from './replay-log.ts';

const LIMITS = { eventsMax: 10, bytesMax: 1000 };

type Item = Logged & { readonly isVoid: boolean };

function item(seq: number, bytes: number): Item {
  return { seq, last: seq, bytes, isVoid: false };
}

function none(seq: number, last: number): Item {
  return { seq, last, bytes: 1, isVoid: true };
}

function logOf(...numbers: number[]): ReplayLog<Item> {
  const log = new ReplayLog({ isVoid: ({ isVoid }: Item) => isVoid, make: none }, LIMITS);
  for (const seq of numbers) log.add(item(seq, 10));
  return log;
}

function delivered(log: ReplayLog<Item>): number[] {
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
        log.add(item(seq, 1));
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
  expect(log.add(item(3, 10))).toBe('known');
});

test('bounded by number and by bytes, ahead too', () => {
  const log = logOf(...range(1, 20));
  delivered(log);
  expect(log.trim().map(({ seq }) => seq)).toEqual(range(1, 10));
  log.add(item(21, 950));
  delivered(log);
  log.trim();
  expect([log.first, log.bytes]).toEqual([16, 1000]);
  expect(log.add(item(log.next + AHEAD_MAX, 1))).toBe('far');
  expect(log.add(item(log.next + 1, 1100))).toBe('far');
});

test('a past that is not asked for', () => {
  const log = logOf(3, 906, 907);
  log.beginAt(905);
  expect(delivered(log)).toEqual([]);
  log.add(item(905, 1));
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
  expect(log.add(item(3, 10))).toBe('new');
  expect(delivered(log)).toEqual([3]);
  log.passOver(100);
  expect([log.revoke(5), log.first, log.next]).toEqual([[], 5, 5]);
});

test('however many events newer ones replace, a row of them is one item, pushing none out', () => {
  const log = logOf(1, 2, 3);
  delivered(log);
  for (let seq = 4; seq <= 5000; seq++) {
    log.add(item(seq, 10));
    delivered(log);
    if (seq > 4) log.supersede(seq - 1);
    log.trim();
  }
  expect([log.first, log.next, log.size, log.bytes]).toEqual([1, 5001, 5, 41]);
  expect(log.get(77)).toEqual(none(4, 4999));
  expect([...log.between(2, 4)].map(({ seq }) => seq)).toEqual([2, 3, 4]);
  expect([log.countAbove(3), log.countAbove(4000), log.countAbove(5000)]).toEqual([2, 2, 0]);
});

test('void numbers take up what is missing, but nothing that is held or was delivered', () => {
  const log = logOf(1, 5, 9);
  delivered(log);
  expect(log.add(none(1, 1))).toBe('known');
  expect(log.add(none(1, 7))).toBe('new');
  expect(log.add(none(2, 7))).toBe('known');
  expect([...log.between(1, 99)].map(({ last, seq }) => [seq, last])).toEqual([
    [1, 1],
    [2, 4],
    [5, 5],
    [6, 7],
    [9, 9],
  ]);
  expect(log.missing(9, 9)).toEqual([{ from: 8, to: 8 }]);
  expect(delivered(log)).toEqual([2, 5, 6]);
  expect([log.next, log.revoke(7).length, log.next, log.bytes]).toEqual([8, 2, 7, 22]);
  expect(log.get(6)).toEqual(none(6, 6));
  log.passOver(20);
  expect([log.size, log.bytes, log.first]).toEqual([0, 0, 20]);
});

test('what comes after a long row of void numbers is not far', () => {
  const log = logOf(1);
  delivered(log);
  log.add(none(2, 20_000));
  expect(log.add(item(20_001, 1))).toBe('new');
  expect(delivered(log)).toEqual([2, 20_001]);
});

test('whatever happens, it holds what a list of numbers would, void ones in rows', () => {
  const seq = fc.integer({ min: 1, max: 40 });
  const step = fc.tuple(
    fc.constantFrom('add', 'add', 'void', 'replace', 'revoke', 'pass'),
    seq,
    seq,
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const log = logOf();
      let held = new Map<number, boolean>();
      let next = 1;
      for (const [act, a, b] of steps) {
        const to = Math.max(a, b);
        if (act === 'add') {
          log.add(item(a, 10));
          if (a >= next && !held.has(a)) held.set(a, false);
        } else if (act === 'void') {
          log.add(none(a, to));
          for (const one of range(Math.max(a, next), to)) if (!held.has(one)) held.set(one, true);
        } else if (act === 'replace') {
          log.supersede(a);
          if (a < next && held.has(a)) held.set(a, true);
        } else if (act === 'revoke') {
          log.revoke(a, to);
          held = new Map([...held].filter(([one]) => one < a || one > to));
          next = Math.min(next, a);
        } else if (a > next) {
          log.passOver(a);
          held = new Map([...held].filter(([one]) => one >= a));
          next = a;
        }
        delivered(log);
        while (held.has(next)) next++;
        const all = [...log.between(1, 99)];
        const spelt = all.flatMap((one) => range(one.seq, one.last).map((of) => [of, one.isVoid]));
        expect(new Map(spelt as [number, boolean][])).toEqual(
          new Map([...held].toSorted(([x], [y]) => x - y)),
        );
        expect(all.some(({ isVoid, last }, i) => isVoid && follows(all[i + 1], last))).toBe(false);
        expect(log.bytes).toBe(all.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(log.next).toBe(next);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

function follows(one: Item | undefined, last: number): boolean {
  return one?.isVoid === true && one.seq === last + 1;
}
