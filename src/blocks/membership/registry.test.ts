import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFact, type Fact } from './fact.ts';
import { Registry } from './registry.ts';

/** Slots that rest before the first is used again: the figure in registry.ts. */
const RESTING = 64;

function factOf(name: string, change: Partial<Fact> = {}): Fact {
  return makeFact({
    name,
    nodeId: '00000000000000aa',
    peer: 1,
    start: 1,
    born: 1,
    counter: 0,
    streams: 'yes',
    tags: {},
    slot: -1,
    bytes: 50,
    ...change,
  });
}

test('a name has one slot as long as anyone holds it', () => {
  const registry = new Registry();
  const slot = registry.hold('a');
  expect(registry.hold('a')).toBe(slot);
  expect(registry.hold('b')).not.toBe(slot);
  registry.release(slot);
  expect(registry.slot('a')).toBe(slot);
  registry.release(slot);
  expect(registry.slot('a')).toBe(-1);
  expect([registry.size, registry.capacity]).toEqual([1, 2]);
});

test('freed slots rest: the oldest is used again only when more than enough rest', () => {
  const registry = new Registry();
  const names = Array.from({ length: RESTING + 1 }, (_, i) => `n${i}`);
  for (const name of names) registry.hold(name);
  for (let slot = 0; slot < RESTING; slot++) registry.release(slot);
  expect(registry.hold('new')).toBe(RESTING + 1); // All 64 rest.
  registry.release(RESTING);
  expect(registry.hold('newer')).toBe(0);
  expect(registry.hold('newest')).toBe(RESTING + 2);
});

test('years of churn need no more slots than members and resting ones', () => {
  const registry = new Registry();
  for (let i = 0; i < 20_000; i++) {
    registry.hold(`n${i}`);
    if (i >= 10) registry.release(registry.slot(`n${i - 10}`));
  }
  expect(registry.size).toBe(10);
  expect(registry.capacity).toBeLessThanOrEqual(10 + RESTING + 2);
});

test('a release too many changes nothing', () => {
  const registry = new Registry();
  const slot = registry.hold('a');
  registry.release(slot);
  registry.release(slot);
  expect(registry.hold('b')).not.toBe(slot);
  expect(registry.size).toBe(1);
});

test('equal facts become one object, with its slot', () => {
  const registry = new Registry();
  const slot = registry.hold('a');
  const first = registry.intern(factOf('a'));
  expect(first.slot).toBe(slot);
  expect(registry.intern(factOf('a'))).toBe(first);
  expect(registry.recognise(factOf('a'))).toBe(first);
  expect(registry.intern(first)).toBe(first);
});

test('a newer fact takes the place of the latest, the older is no longer recognised', () => {
  const registry = new Registry();
  registry.hold('a');
  const first = registry.intern(factOf('a'));
  const second = registry.intern(factOf('a', { counter: 1 }));
  expect(second).not.toBe(first);
  expect(registry.recognise(factOf('a', { counter: 1 }))).toBe(second);
  const stranger = factOf('a');
  expect(registry.recognise(stranger)).toBe(stranger);
});

test('facts of names that nobody holds stay as they are', () => {
  const registry = new Registry();
  const slot = registry.hold('a');
  registry.intern(factOf('a'));
  registry.release(slot);
  const stranger = factOf('a');
  expect(registry.recognise(stranger)).toBe(stranger);
  expect(registry.slotOfFact(stranger)).toBe(-1);
});

test('the slot that a fact carries counts only while it is the name’s', () => {
  const registry = new Registry();
  registry.hold('a');
  const old = registry.intern(factOf('a'));
  registry.release(0);
  for (let i = 1; i <= RESTING; i++) {
    registry.hold(`n${i}`);
    registry.release(i);
  }
  expect(registry.hold('b')).toBe(0); // The slot of a, used again.
  expect(registry.slotOfFact(old)).toBe(-1);
  const slot = registry.hold('a');
  expect(registry.slotOfFact(old)).toBe(slot);
  expect(registry.intern(old).slot).toBe(slot);
});

test('a peer leads to the member last interned with it', () => {
  const registry = new Registry();
  const [a, b] = [registry.hold('a'), registry.hold('b')];
  registry.intern(factOf('a', { peer: 5 }));
  registry.intern(factOf('b', { peer: 100_000 }));
  expect([5, 100_000, 6, 2 ** 23].map((peer) => registry.slotOfPeer(peer))).toEqual([a, b, -1, -1]);
  registry.intern(factOf('a', { peer: 6, counter: 1 }));
  expect(registry.slotOfPeer(6)).toBe(a);
  registry.intern(factOf('b', { peer: 5 + 2 ** 24, counter: 1 })); // The slot's next generation.
  expect(registry.slotOfPeer(5 + 2 ** 24)).toBe(b);
});

test('whatever is held and released, slots are distinct and sizes true', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), name), { maxLength: 400 }), (steps) => {
      const registry = new Registry();
      const holders = new Map<string, number>();
      for (const [holds, one] of steps) {
        const count = holders.get(one) ?? 0;
        if (holds) registry.hold(one);
        else if (count > 0) registry.release(registry.slot(one));
        holders.set(one, Math.max(0, count + (holds ? 1 : -1)));
      }
      const held = [...holders].filter(([, count]) => count > 0).map(([one]) => one);
      expect(registry.size).toBe(held.length);
      expect(new Set(held.map((one) => registry.slot(one))).size).toBe(held.length);
      for (const one of held) expect(registry.slot(one)).toBeGreaterThanOrEqual(0);
    }),
  );
});
