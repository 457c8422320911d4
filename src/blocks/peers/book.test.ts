import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANYONE, InvariantError, NOBODY, slotOf, type Peer } from '../../core/index.ts';
import { RouteBook } from './book.ts';

function sweep(book: RouteBook): void {
  book.begin();
  book.sweep();
}

const id = (n: number): string => n.toString(16).padStart(16, '0');

test('a route is one Peer, and a Peer names its route', () => {
  const book = new RouteBook();
  const peer = book.peer('10.0.0.1:1', id(1));
  expect(book.peer('10.0.0.1:1', id(1))).toBe(peer);
  expect(book.find('10.0.0.1:1', id(1))).toBe(peer);
  expect(book.find('10.0.0.1:1', id(2))).toBe(NOBODY);
  expect(book.peer('10.0.0.1:1', id(2))).not.toBe(peer);
  expect([book.addressOf(peer), book.nodeIdOf(peer)]).toEqual(['10.0.0.1:1', id(1)]);
  const anyone = book.anyoneAt(peer);
  expect([book.addressOf(anyone), book.nodeIdOf(anyone)]).toEqual(['10.0.0.1:1', ANYONE]);
  expect(book.anyoneAt(anyone)).toBe(anyone);
  expect([book.isAnyone(peer), book.isAnyone(anyone)]).toEqual([false, true]);
});

test('what a handler met lapses with it, unless kept', () => {
  const book = new RouteBook();
  const [visitor, kept] = [book.peer('10.0.0.1:1', id(1)), book.peer('10.0.0.2:1', id(2))];
  expect(book.keep(kept)).toBe(true);
  expect(book.keep(kept)).toBe(true);
  sweep(book);
  expect([book.has(visitor), book.has(kept)]).toEqual([false, true]);
  expect(() => book.addressOf(visitor)).toThrow(InvariantError);
  book.forget(kept);
  sweep(book);
  expect(book.keeps(kept)).toBe(1);
  book.forget(kept);
  expect(book.has(kept)).toBe(true); // Until the handler ends.
  sweep(book);
  expect(book.has(kept)).toBe(false);
  expect(book.stats).toEqual({ routes: 0, kept: 0, slots: 2, refused: 0 });
});

test('a handler inside another takes nothing from it', () => {
  const book = new RouteBook();
  book.begin();
  const met = book.peer('10.0.0.1:1', id(1));
  sweep(book);
  expect(book.has(met)).toBe(true);
  book.sweep();
  expect(book.has(met)).toBe(false);
  expect(() => book.sweep()).toThrow(InvariantError);
});

test('a slot is used again, a number never', () => {
  const book = new RouteBook();
  const seen = new Set<Peer>();
  for (let i = 0; i < 1000; i++) {
    const peer = book.peer('10.0.0.1:1', id(1));
    expect(slotOf(peer)).toBe(0);
    seen.add(peer);
    sweep(book);
  }
  expect(seen.size).toBe(1000);
});

test('a full book keeps no more, yet serves visitors and its host', () => {
  const book = new RouteBook({ keptMax: 2 });
  const meet = (n: number): Peer => book.peer(`10.0.0.${n}:1`, id(n));
  const [first, second, third] = [meet(1), meet(2), meet(3)];
  expect([first, second, third].map((peer) => book.keep(peer))).toEqual([true, true, false]);
  expect(book.keep(first)).toBe(true); // Kept already.
  book.pin(third);
  sweep(book);
  expect(book.has(third)).toBe(true);
  expect(book.stats).toEqual({ routes: 3, kept: 3, slots: 3, refused: 1 });
});

test('a forget without a keep is a bug', () => {
  for (const permanent of [false, true]) {
    const book = new RouteBook({ permanent });
    const peer = book.peer('10.0.0.1:1', id(1));
    expect(() => book.forget(peer)).toThrow(InvariantError);
    book.keep(peer);
    book.forget(peer);
    expect(() => book.forget(peer)).toThrow(InvariantError);
  }
});

test('nothing lapses in a permanent book', () => {
  const book = new RouteBook({ permanent: true });
  const peer = book.peer('10.0.0.1:1', id(1));
  sweep(book);
  book.keep(peer);
  book.forget(peer);
  sweep(book);
  expect(book.peer('10.0.0.1:1', id(1))).toBe(peer);
  expect(book.has(NOBODY)).toBe(false);
});

test('against a plain map, through any mix of meetings, keeps, forgets and sweeps', () => {
  const step = fc.record({
    act: fc.constantFrom('meet', 'meet', 'keep', 'forget', 'sweep'),
    route: fc.nat({ max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { size: 'large', maxLength: 2000 }), (steps) => {
      const book = new RouteBook();
      const model = new Map<number, { readonly peer: Peer; keeps: number }>();
      const given = new Set<Peer>();
      const wrong: Peer[] = [];
      for (const { act, route } of steps) {
        const known = model.get(route);
        if (act === 'meet') {
          const peer = book.peer(`10.0.0.${route % 8}:1`, id(route));
          const expected = known?.peer ?? (given.has(peer) ? NOBODY : peer);
          if (peer !== expected) wrong.push(peer);
          given.add(peer);
          if (!known) model.set(route, { peer, keeps: 0 });
        } else if (act === 'keep' && known) {
          known.keeps++;
          book.keep(known.peer);
        } else if (act === 'forget' && known && known.keeps > 0) {
          known.keeps--;
          book.forget(known.peer);
        } else if (act === 'sweep') {
          sweep(book);
          for (const [key, { keeps }] of model) if (keeps === 0) model.delete(key);
        }
      }
      for (let route = 0; route <= 300; route++) {
        const expected = model.get(route);
        const found = book.find(`10.0.0.${route % 8}:1`, id(route));
        expect(found).toBe(expected?.peer ?? NOBODY);
        expect(found < 0 ? 0 : book.keeps(found)).toBe(expected?.keeps ?? 0);
      }
      expect(wrong).toEqual([]);
      expect(book.stats.routes).toBe(model.size);
    }),
    { numRuns: 60 },
  );
});
