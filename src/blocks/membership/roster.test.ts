import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128, type Status } from '../../core/index.ts';
import { makeFact, type Fact } from './fact.ts';
import { Registry } from './registry.ts';
import { Roster } from './roster.ts';

const STATUSES: readonly Status[] = ['alive', 'suspect', 'dead', 'left', 'evicted'];
const NAMES = Array.from({ length: 12 }, (_, i) => `n${i}`);

function factOf(name: string, counter = 0): Fact {
  return makeFact({
    name,
    nodeId: '00000000000000aa',
    peer: NAMES.indexOf(name) + 1,
    start: 1,
    born: 1,
    counter,
    streams: 'yes',
    tags: {},
    slot: -1,
    bytes: 50,
  });
}

/** A roster of `alive` live members and then some dead ones. */
function rosterOf(alive: number, dead = 0): Roster {
  const roster = new Roster(new Registry());
  for (let i = 0; i < alive + dead; i++) {
    roster.set(factOf(`m${i}`), i < alive ? 'alive' : 'dead');
  }
  return roster;
}

type Step =
  | { readonly type: 'set'; readonly name: string; readonly counter: number; readonly to: Status }
  | { readonly type: 'delete'; readonly name: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('set' as const),
      name: fc.constantFrom(...NAMES),
      counter: fc.nat(2),
      to: fc.constantFrom(...STATUSES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('delete' as const),
      name: fc.constantFrom(...NAMES),
    }),
  },
);

type Model = Map<string, { readonly fact: Fact; readonly status: Status }>;

function apply(roster: Roster, model: Model, one: Step): void {
  if (one.type === 'delete') {
    roster.delete(roster.slot(one.name));
    model.delete(one.name);
    return;
  }
  const fact = factOf(one.name, one.counter);
  roster.set(fact, one.to);
  model.set(one.name, { fact, status: one.to });
}

test('after any operations two views of one registry are what a plain map says', () => {
  const steps = fc.array(fc.tuple(fc.nat(1), step), { maxLength: 150 });
  fc.assert(
    fc.property(steps, (all) => {
      const registry = new Registry();
      const rosters = [new Roster(registry), new Roster(registry)];
      const models: Model[] = [new Map(), new Map()];
      for (const [view, one] of all) apply(rosters[view]!, models[view]!, one);
      rosters.forEach((roster, view) => expectEqual(roster, models[view]!));
      expect(registry.size).toBe(new Set(models.flatMap((model) => [...model.keys()])).size);
    }),
  );
});

function expectEqual(roster: Roster, model: Model): void {
  const live = [...model.values()].filter(
    ({ status }) => status === 'alive' || status === 'suspect',
  );
  let sum = 0;
  for (const { fact } of live) sum = (sum + fact.hash) % 2 ** 32;
  expect([roster.size, roster.live, roster.checksum]).toEqual([model.size, live.length, sum]);
  const slots = [...roster.slots()];
  expect(slots).toHaveLength(model.size);
  expect(new Set(slots.map((slot) => roster.fact(slot)?.name))).toEqual(new Set(model.keys()));
  for (const name of NAMES) {
    const slot = roster.slot(name);
    const known = model.get(name);
    expect(slot >= 0).toBe(known !== undefined);
    if (known === undefined) continue;
    expect(slot).toBeLessThan(roster.capacity);
    expect(roster.fact(slot)?.hash).toBe(known.fact.hash);
    expect(roster.status(slot)).toBe(known.status);
    expect(roster.slotOfFact(known.fact)).toBe(slot);
    expect(roster.slotOfPeer(known.fact.peer)).toBe(slot);
  }
}

test('the checksum is that of the set: any order, any detour, any registry', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, turn) => {
      const roster = new Roster(new Registry());
      const model: Model = new Map();
      for (const one of steps) apply(roster, model, one);
      const straight = new Roster(new Registry());
      const at = turn % (model.size + 1);
      const entries = [...model.values()];
      for (const { fact, status } of [...entries.slice(at), ...entries.slice(0, at)]) {
        straight.set(fact, status);
      }
      expect(straight.checksum).toBe(roster.checksum);
    }),
  );
});

test('the checksum tells apart what differs in a life, a counter or a death', () => {
  const sum = (...list: [Fact, Status][]): number => {
    const roster = new Roster(new Registry());
    for (const [fact, status] of list) roster.set(fact, status);
    return roster.checksum;
  };
  const a = factOf('n0');
  const sums = [
    sum(),
    sum([a, 'alive']),
    sum([factOf('n0', 1), 'alive']),
    sum([a, 'alive'], [factOf('n1'), 'alive']),
  ];
  expect(new Set(sums).size).toBe(sums.length);
  expect(sum([a, 'suspect'])).toBe(sum([a, 'alive']));
  expect(sum([a, 'dead'])).toBe(sum());
});

test('equal facts in two views are one object', () => {
  const registry = new Registry();
  const [one, two] = [new Roster(registry), new Roster(registry)];
  const slot = one.set(factOf('n0'), 'alive');
  expect(two.set(factOf('n0'), 'dead')).toBe(slot);
  expect(two.fact(slot)).toBe(one.fact(slot));
});

test('a slot of the registry that this view does not hold is unknown to it', () => {
  const registry = new Registry();
  const [one, two] = [new Roster(registry), new Roster(registry)];
  const fact = factOf('n0');
  one.set(fact, 'alive');
  expect([two.slot('n0'), two.slotOfFact(fact), two.slotOfPeer(fact.peer)]).toEqual([-1, -1, -1]);
  two.delete(0); // Nothing there: nothing happens.
  expect([two.size, registry.size]).toEqual([0, 1]);
});

test('a peer of an older fact is not the member’s any more', () => {
  const roster = new Roster(new Registry());
  const fact = factOf('n0');
  roster.set(fact, 'alive');
  roster.set(makeFact({ ...fact, peer: 77, counter: 1 }), 'alive');
  expect(roster.slotOfPeer(fact.peer)).toBe(-1);
  expect(roster.slotOfPeer(77)).toBe(roster.slot('n0'));
});

test.each([
  [40, 0],
  [40, 40],
])('pick is uniform over the live but self: %d alive, %d dead', (alive, dead) => {
  const roster = rosterOf(alive, dead);
  const self = roster.slot('m3');
  const random = new Xoshiro128(7, 'pick');
  const counts = new Map<number, number>();
  const expected = 500;
  for (let i = 0; i < (alive - 1) * expected; i++) {
    const slot = roster.pick(random, self);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  expect(counts.size).toBe(alive - 1);
  expect(counts.has(self)).toBe(false);
  let chiSquare = 0;
  for (const [slot, count] of counts) {
    expect(roster.isLive(slot)).toBe(true);
    chiSquare += (count - expected) ** 2 / expected;
  }
  // 38 degrees of freedom: mean 38, standard deviation 8.7.
  expect(chiSquare).toBeLessThan(38 + 6 * 8.7);
});

test('pick finds the only one among a thousand dead, and nobody where there is none', () => {
  const random = new Xoshiro128(8);
  const roster = rosterOf(2, 1000);
  const [first, second] = [roster.slot('m0'), roster.slot('m1')];
  for (let i = 0; i < 50; i++) expect(roster.pick(random, first)).toBe(second);
  roster.set(factOf('m1', 1), 'dead');
  expect(roster.pick(random, first)).toBe(-1);
  expect(roster.pick(random, -1)).toBe(first);
  expect(new Roster(new Registry()).pick(random, -1)).toBe(-1);
});

test('pickSome gives distinct live others, all of them where fewer are asked for than live', () => {
  const random = new Xoshiro128(9);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(12), fc.nat(6), (alive, dead, count) => {
      const roster = rosterOf(alive, dead);
      const [self, not] = [roster.slot('m0'), roster.slot('m1')];
      const picked = roster.pickSome(count, random, self, not);
      expect(new Set(picked).size).toBe(picked.length);
      expect(picked).not.toContain(self);
      expect(picked).not.toContain(not);
      expect(picked.every((slot) => roster.isLive(slot))).toBe(true);
      expect(picked.length).toBe(Math.min(count, Math.max(0, alive - 2)));
    }),
    { numRuns: 1000 },
  );
});
