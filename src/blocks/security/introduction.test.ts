import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import {
  HELD_MS,
  HELD_PER_PLACE_MAX,
  HELD_PLACES_MAX,
  Introduction,
  SENT_LATELY_MS,
} from './introduction.ts';
import { RecentSends } from './recent-sends.ts';

const random = new Xoshiro128(1);
const create = (): Introduction<string, number> => new Introduction('ours');

test('a stranger is asked once, and what was held goes to the place asked', () => {
  const introduction = create();
  const hello = introduction.hold('a', 1, 0, random)!;
  expect(introduction.hold('a', 2, 10, random)).toBeUndefined();
  const other = introduction.hold('b', 3, 10, random)!;
  expect(other.nonce).not.toBe(hello.nonce);
  expect(introduction.welcome(hello.nonce, 'ours', 20)).toEqual({ place: 'a', items: [1, 2] });
  expect(introduction.welcome(hello.nonce, 'ours', 20)).toBeUndefined();
  expect(introduction.welcome(other.nonce + 1, 'ours', 20)).toBeUndefined();
  expect(introduction.dropped).toBe(0);
});

test('another cluster: what was held is dropped, and the next send asks again', () => {
  const introduction = create();
  const { nonce } = introduction.hold('a', 1, 0, random)!;
  expect(introduction.welcome(nonce, 'theirs', 1)).toBe('wrong-cluster');
  expect(introduction.dropped).toBe(1);
  expect(introduction.hold('a', 2, 2, random)).toBeDefined();
});

test('hellos repeat after 0.5, 1, 2, 4, 4 … seconds with one nonce, until nothing is held', () => {
  const introduction = create();
  const { nonce, againMs } = introduction.hold('a', 1, 0, random)!;
  const times: number[] = [];
  let now = againMs;
  for (;;) {
    if (now === 7500) introduction.hold('a', 2, now, random);
    const again = introduction.wake('a', now);
    if (again === undefined) break;
    expect(again.nonce).toBe(nonce);
    times.push(now);
    now += again.againMs;
  }
  expect(times).toEqual([500, 1500, 3500, 7500, 11_500, 15_500]);
  expect(introduction.dropped).toBe(2);
});

test('a stale wake is not a repeat', () => {
  const introduction = create();
  const { nonce } = introduction.hold('a', 1, 0, random)!;
  introduction.welcome(nonce, 'ours', 100);
  introduction.hold('a', 2, 400, random);
  expect(introduction.wake('a', 500)).toBeUndefined();
  expect(introduction.wake('a', 900)).toBeDefined();
  expect(introduction.wake('b', 900)).toBeUndefined();
});

test('a welcome releases nothing that is too old', () => {
  const introduction = create();
  const { nonce } = introduction.hold('a', 1, 0, random)!;
  introduction.hold('a', 2, 5, random);
  expect(introduction.welcome(nonce, 'ours', HELD_MS)).toEqual({ place: 'a', items: [2] });
});

test('the last few per place, so many places, and all that is held is released or counted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 * HELD_PLACES_MAX }), { maxLength: 4000 }), (places) => {
      const introduction = new Introduction<number, number>('ours');
      const nonces: number[] = [];
      for (const [i, place] of places.entries()) {
        const hello = introduction.hold(place, i, 0, random);
        if (hello) nonces.push(hello.nonce);
      }
      expect(introduction.held + introduction.dropped).toBe(places.length);
      let released = 0;
      for (const nonce of nonces) {
        const result = introduction.welcome(nonce, 'ours', 1);
        if (typeof result !== 'object') throw new Error('not released');
        const own = [...places.keys()].filter((i) => places[i] === result.place);
        expect(result.items).toEqual(own.slice(-HELD_PER_PLACE_MAX));
        released += result.items.length;
      }
      expect(nonces.length).toBe(Math.min(HELD_PLACES_MAX, new Set(places).size));
      expect(released + introduction.dropped).toBe(places.length);
      expect(introduction.held).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('gone: ten a second to one source, a hundred in all', () => {
  const introduction = create();
  const answers = (source: string, count: number, now: number): number => {
    let answered = 0;
    for (let i = 0; i < count; i++) if (introduction.answersGone(source, now)) answered++;
    return answered;
  };
  expect(answers('a', 50, 0)).toBe(10);
  let total = 10;
  for (let i = 0; i < 30; i++) total += answers(`s${i}`, 5, 500);
  expect(total).toBe(100);
  expect(answers('a', 50, 1000)).toBe(10);
});

test('recent sends: exactly this route, for ten seconds', () => {
  const sends = new RecentSends();
  const later = 5 + 2 ** 24;
  sends.record(5, 0);
  sends.record(70_000, 1);
  expect(sends.has(5, SENT_LATELY_MS)).toBe(true);
  expect(sends.has(5, SENT_LATELY_MS + 1)).toBe(false);
  expect([sends.has(later, 1), sends.has(6, 1), sends.has(1_000_000, 1)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(sends.has(70_000, 2)).toBe(true);
  sends.record(later, 2);
  expect([sends.has(5, 2), sends.has(later, 2)]).toEqual([false, true]);
});
