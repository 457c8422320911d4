import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Status } from '../../core/index.ts';
import { uniteAccusations } from './accusation.ts';
import { makeFact, type Fact } from './fact.ts';
import { NO_ACCUSERS, type News } from './news.ts';
import { compareLives, compareNews, mergeNews } from './precedence.ts';

const MAX = 3;
const NODE_IDS = ['0000000000000001', '0000000000000002'] as const;
const STATUSES: readonly Status[] = ['alive', 'suspect', 'dead', 'left', 'evicted'];

function factOf(start: number, nodeId: string, counter: number): Fact {
  return makeFact({
    name: 'x',
    nodeId,
    peer: NODE_IDS.indexOf(nodeId as (typeof NODE_IDS)[number]),
    start,
    born: start,
    counter,
    streams: 'yes',
    tags: {},
    slot: -1,
    bytes: 50,
  });
}

/** Few starts, nodeIds and counters, so that most pairs collide somewhere. */
const fact = fc
  .tuple(fc.constantFrom(1, 2), fc.constantFrom(...NODE_IDS), fc.constantFrom(0, 1))
  .map(([start, nodeId, counter]) => factOf(start, nodeId, counter));

const accusers = fc
  .array(
    fc.record({
      by: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      met: fc.constantFrom('silence', 'refused', 'gone'),
    }),
    { maxLength: 5 },
  )
  .map((list) => uniteAccusations(NO_ACCUSERS, list, MAX));

/** Only the suspected and the dead have accusers, only the gone an age. */
const news: fc.Arbitrary<News> = fc
  .record({
    fact,
    status: fc.constantFrom(...STATUSES),
    accusers,
    ageMs: fc.constantFrom(0, 10, 20),
  })
  .map((one) => ({
    ...one,
    accusers: one.status === 'suspect' || one.status === 'dead' ? one.accusers : NO_ACCUSERS,
    ageMs: one.status === 'alive' || one.status === 'suspect' ? 0 : one.ageMs,
  }));

function merge(a: News, b: News): News {
  return mergeNews(a, b, MAX);
}

test('merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(news, news, news, (a, b, c) => {
      expect(merge(a, b)).toEqual(merge(b, a));
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
      expect(merge(a, a)).toBe(a);
    }),
    { numRuns: 2000 },
  );
});

test('the order of arrival does not matter', () => {
  fc.assert(
    fc.property(
      fc.array(news, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 7 }),
      (all, turn) => {
        const turned = [...all.slice(turn), ...all.slice(0, turn)].toReversed();
        const inAll = (list: readonly News[]): News =>
          list.reduce((known, one) => merge(known, one));
        expect(inAll(turned)).toEqual(inAll(all));
      },
    ),
    { numRuns: 1000 },
  );
});

test('the order is total: antisymmetric, transitive, and 0 only for equals', () => {
  const pair = fc.tuple(fact, fc.constantFrom(...STATUSES));
  fc.assert(
    fc.property(pair, pair, pair, ([a, aStatus], [b, bStatus], [c, cStatus]) => {
      const ab = Math.sign(compareNews(a, aStatus, b, bStatus));
      const bc = Math.sign(compareNews(b, bStatus, c, cStatus));
      expect(Math.sign(compareNews(b, bStatus, a, aStatus)) + ab).toBe(0);
      const sameLife = a.start === b.start && a.nodeId === b.nodeId;
      const equal = sameLife && a.counter === b.counter && aStatus === bStatus;
      expect(ab === 0).toBe(equal);
      const ac = Math.sign(compareNews(a, aStatus, c, cStatus));
      expect(ab > 0 && bc > 0 ? ac : 1).toBe(1);
    }),
    { numRuns: 2000 },
  );
});

// The table of precedence.ts, row by row. Each case is worst off in all rows below its own.

test('row 1: a later start wins, whatever else', () => {
  const [early, late] = [factOf(1, NODE_IDS[1], 9), factOf(2, NODE_IDS[0], 0)];
  expect(compareLives(late, early)).toBeGreaterThan(0);
  for (const status of STATUSES) {
    expect(compareNews(late, 'alive', early, status)).toBeGreaterThan(0);
  }
});

test('row 2: of equal starts the greater nodeId wins, whatever else', () => {
  const [small, great] = [factOf(1, NODE_IDS[0], 9), factOf(1, NODE_IDS[1], 0)];
  expect(compareLives(great, small)).toBeGreaterThan(0);
  expect(compareLives(great, factOf(1, NODE_IDS[1], 7))).toBe(0);
  for (const status of STATUSES) {
    expect(compareNews(great, 'alive', small, status)).toBeGreaterThan(0);
  }
});

test('row 3: within a life evicted outranks left, and left all that is observed', () => {
  const [low, high] = [factOf(1, NODE_IDS[0], 0), factOf(1, NODE_IDS[0], 9)];
  expect(compareNews(low, 'evicted', high, 'left')).toBeGreaterThan(0);
  for (const observed of ['alive', 'suspect', 'dead'] as const) {
    expect(compareNews(low, 'left', high, observed)).toBeGreaterThan(0);
    expect(compareNews(low, 'evicted', high, observed)).toBeGreaterThan(0);
  }
});

test('row 4: the higher counter wins over any observation', () => {
  const [low, high] = [factOf(1, NODE_IDS[0], 0), factOf(1, NODE_IDS[0], 1)];
  for (const observed of ['alive', 'suspect', 'dead'] as const) {
    expect(compareNews(high, 'alive', low, observed)).toBeGreaterThan(0);
  }
  expect(compareNews(high, 'left', low, 'left')).toBeGreaterThan(0);
  expect(compareNews(high, 'evicted', low, 'evicted')).toBeGreaterThan(0);
});

test('row 5: of one counter dead outranks suspect, and suspect alive', () => {
  const one = factOf(1, NODE_IDS[0], 1);
  expect(compareNews(one, 'suspect', one, 'alive')).toBeGreaterThan(0);
  expect(compareNews(one, 'dead', one, 'suspect')).toBeGreaterThan(0);
  expect(compareNews(one, 'dead', one, 'alive')).toBeGreaterThan(0);
});

test('equal in all rows: accusers unite, the greater age stays', () => {
  const one = factOf(1, NODE_IDS[0], 1);
  const dead = (by: string, ageMs: number): News => ({
    fact: one,
    status: 'dead',
    accusers: [{ by, met: 'silence' }],
    ageMs,
  });
  const both = merge(dead('a', 5), dead('b', 7));
  expect(both.accusers.map(({ by }) => by)).toEqual(['a', 'b']);
  expect(both.ageMs).toBe(7);
  expect(merge(both, dead('b', 6))).toBe(both);
});
