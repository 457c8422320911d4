import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFact, type Fact } from './fact.ts';
import { Registry, VERSIONS } from './registry.ts';

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

/** Holds a fact: its slot, and the object to use. */
function hold(registry: Registry, fact: Fact): { readonly slot: number; readonly fact: Fact } {
  const place = registry.hold(fact);
  const slot = Math.floor(place / VERSIONS);
  return { slot, fact: registry.fact(slot, place % VERSIONS)! };
}

function holdName(registry: Registry, name: string): number {
  return hold(registry, factOf(name)).slot;
}

test('a name has one slot as long as anyone holds it', () => {
  const registry = new Registry();
  const slot = holdName(registry, 'a');
  expect(holdName(registry, 'a')).toBe(slot);
  expect(holdName(registry, 'b')).not.toBe(slot);
  registry.release(slot, 0);
  expect(registry.slot('a')).toBe(slot);
  registry.release(slot, 0);
  expect(registry.slot('a')).toBe(-1);
  expect([registry.size, registry.capacity]).toEqual([1, 2]);
});

test('freed slots rest: the oldest is used again only when more than enough rest', () => {
  const registry = new Registry();
  const names = Array.from({ length: RESTING + 1 }, (_, i) => `n${i}`);
  for (const name of names) holdName(registry, name);
  for (let slot = 0; slot < RESTING; slot++) registry.release(slot, 0);
  expect(holdName(registry, 'new')).toBe(RESTING + 1); // All 64 rest.
  registry.release(RESTING, 0);
  expect(holdName(registry, 'newer')).toBe(0);
  expect(holdName(registry, 'newest')).toBe(RESTING + 2);
});

test('years of churn need no more slots than members and resting ones', () => {
  const registry = new Registry();
  for (let i = 0; i < 20_000; i++) {
    holdName(registry, `n${i}`);
    if (i >= 10) registry.release(registry.slot(`n${i - 10}`), 0);
  }
  expect(registry.size).toBe(10);
  expect(registry.capacity).toBeLessThanOrEqual(10 + RESTING + 2);
});

test('a release too many changes nothing', () => {
  const registry = new Registry();
  const slot = holdName(registry, 'a');
  registry.release(slot, 0);
  registry.release(slot, 0);
  registry.release(slot, 7);
  expect(holdName(registry, 'b')).not.toBe(slot);
  expect(registry.size).toBe(1);
});

test('equal facts become one object, with its slot', () => {
  const registry = new Registry();
  const first = hold(registry, factOf('a'));
  expect(first.fact.slot).toBe(first.slot);
  expect(hold(registry, factOf('a')).fact).toBe(first.fact);
  expect(registry.recognise(factOf('a'))).toBe(first.fact);
  expect(hold(registry, first.fact).fact).toBe(first.fact);
});

test('views may believe different facts of one name; each is known while anyone holds it', () => {
  const registry = new Registry();
  const first = hold(registry, factOf('a'));
  const second = hold(registry, factOf('a', { counter: 1 }));
  expect(second.slot).toBe(first.slot);
  expect(second.fact).not.toBe(first.fact);
  expect(registry.recognise(factOf('a'))).toBe(first.fact);
  expect(registry.recognise(factOf('a', { counter: 1 }))).toBe(second.fact);
  registry.release(first.slot, 0);
  const stranger = factOf('a');
  expect(registry.recognise(stranger)).toBe(stranger);
  expect(registry.fact(first.slot, 0)).toBeUndefined();
  expect(registry.fact(first.slot, 1)).toBe(second.fact);
});

test('a freed version is used again', () => {
  const registry = new Registry();
  for (let counter = 0; counter < 20_000; counter++) {
    const place = registry.hold(factOf('a', { counter }));
    expect(place % VERSIONS).toBe(counter % 2);
    if (counter > 0) registry.release(0, (counter - 1) % 2);
  }
});

test('facts of names that nobody holds stay as they are', () => {
  const registry = new Registry();
  registry.release(holdName(registry, 'a'), 0);
  const stranger = factOf('a');
  expect(registry.recognise(stranger)).toBe(stranger);
  expect(registry.slotOfFact(stranger)).toBe(-1);
});

test('the slot that a fact carries counts only while it is the name’s', () => {
  const registry = new Registry();
  const old = hold(registry, factOf('a')).fact;
  registry.release(0, 0);
  for (let i = 1; i <= RESTING; i++) registry.release(holdName(registry, `n${i}`), 0);
  expect(holdName(registry, 'b')).toBe(0); // The slot of a, used again.
  expect(registry.slotOfFact(old)).toBe(-1);
  const { slot, fact } = hold(registry, old);
  expect(registry.slotOfFact(old)).toBe(slot);
  expect(fact.slot).toBe(slot);
});

test('a peer leads to the member last held with it', () => {
  const registry = new Registry();
  const a = hold(registry, factOf('a', { peer: 5 })).slot;
  const b = hold(registry, factOf('b', { peer: 100_000 })).slot;
  expect([5, 100_000, 6, 2 ** 23].map((peer) => registry.slotOfPeer(peer))).toEqual([a, b, -1, -1]);
  registry.hold(factOf('a', { peer: 6, counter: 1 }));
  expect(registry.slotOfPeer(6)).toBe(a);
  registry.hold(factOf('b', { peer: 5 + 2 ** 24, counter: 1 })); // The slot's next generation.
  expect(registry.slotOfPeer(5 + 2 ** 24)).toBe(b);
});

test('a life that two names claim is that of the first', () => {
  const registry = new Registry();
  const { slot, fact } = hold(registry, factOf('a', { peer: 5 }));
  const liar = hold(registry, factOf('b', { peer: 5 }));
  expect([registry.slotOfPeer(5), registry.rivalsOf(5)]).toEqual([slot, [liar.slot]]);
  registry.release(slot, 0);
  registry.hold({ ...fact, name: 'b', counter: 7 });
  expect(registry.slotOfPeer(5)).toBe(liar.slot);
  for (const version of [0, 1]) registry.release(liar.slot, version);
  expect(registry.rivalsOf(5)).toEqual([]);
});

test('whatever is held and released, slots are distinct and sizes true', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), name), { maxLength: 400 }), (steps) => {
      const registry = new Registry();
      const holders = new Map<string, number>();
      for (const [holds, one] of steps) {
        const count = holders.get(one) ?? 0;
        if (holds) holdName(registry, one);
        else if (count > 0) registry.release(registry.slot(one), 0);
        holders.set(one, Math.max(0, count + (holds ? 1 : -1)));
      }
      const held = [...holders].filter(([, count]) => count > 0).map(([one]) => one);
      expect(registry.size).toBe(held.length);
      expect(new Set(held.map((one) => registry.slot(one))).size).toBe(held.length);
      for (const one of held) expect(registry.slot(one)).toBeGreaterThanOrEqual(0);
    }),
  );
});
