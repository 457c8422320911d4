import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';
import { encodeNeighbour, encodeStamp, encodeStart, loadSaved } from './saved.ts';

const CALM = { probeIntervalMs: 1_000_000, exchangeIntervalMs: 86_400_000 } as const;
const HOUR_MS = 3_600_000;
const WALL_MS = 1_700_000_000_000;
const NEIGHBOURS = ['10.0.1.1:7946', '10.0.1.2:7946'];

/** Alone again, although it knew others; what it saved is so old. */
function restarted(ageMs: number | undefined): OneNode {
  const saved = [
    encodeStart(WALL_MS + 5000),
    ...NEIGHBOURS.map(encodeNeighbour),
    ...(ageMs === undefined ? [] : [encodeStamp(WALL_MS - ageMs)]),
  ];
  const world = new OneNode(CALM, { saved }).start();
  world.run(10_000);
  expect(world.eventsOf('joined')).toHaveLength(1);
  return world;
}

const known = (world: OneNode) => loadSaved(world.node.snapshot());
const asked = (world: OneNode) => world.of('sync').map(({ to }) => world.book.addressOf(to));

test('nobody answered: their places are tried again until their certificates end', () => {
  for (const [ageMs, restMs] of [
    [0, 24 * HOUR_MS],
    [20 * HOUR_MS, 4 * HOUR_MS],
    [undefined, 24 * HOUR_MS],
    [-HOUR_MS, 24 * HOUR_MS], // The clock was set back: no age at all.
  ] as const) {
    const world = restarted(ageMs);
    world.forgetEffects();
    world.runTo(restMs - 60_000);
    expect(new Set(asked(world))).toEqual(new Set(NEIGHBOURS));
    world.runTo(restMs + 60_000);
    world.forgetEffects();
    world.run(HOUR_MS);
    expect(asked(world)).toEqual([]);
  }
});

test('absent for longer than that, it asks them at its start, and then no more', () => {
  const world = restarted(25 * HOUR_MS);
  expect(world.of('join').length).toBe(3 * NEIGHBOURS.length);
  world.run(HOUR_MS);
  expect(asked(world)).toEqual([]);
  expect(world.node.fact.start).toBe(WALL_MS + 5001); // Its own past still counts.
});

test('the time is saved with the first life, then now and then', () => {
  const world = new OneNode(CALM).start();
  expect(loadSaved(world.saved).wallMs).toBe(world.env.wallMs);
  const stamps = () => world.saved.filter((record) => (record as Uint8Array)[0] === 3).length;
  world.run(24 * HOUR_MS);
  expect(stamps()).toBeGreaterThan(20);
  expect(stamps()).toBeLessThan(26);
  world.env.wallMs -= 365 * 24 * HOUR_MS;
  world.run(61_000);
  expect(Math.abs(loadSaved(world.saved).wallMs! - world.env.wallMs)).toBeLessThan(61_000);
});

test('before it has joined, a snapshot says what the log said', () => {
  const saved = [encodeStart(7), ...NEIGHBOURS.map(encodeNeighbour), encodeStamp(WALL_MS - 5)];
  const world = new OneNode(CALM, { saved });
  expect(known(world)).toEqual({ ...loadSaved(saved), addresses: [] }); // Not begun.
  world.start();
  expect(known(world)).toEqual(loadSaved(saved));
  world.run(10_000);
  expect(known(world).start).toBe(world.node.fact.start);
  expect(known(world).addresses).toEqual(NEIGHBOURS);
});

test('the living and the dead are remembered, the departed are not', () => {
  const world = new OneNode(CALM).among('b', 'c', 'd', 'e');
  world.gossip('b', world.news('c', 'left'), world.news('d', 'dead'), world.suspicion('e', ['b']));
  expect(known(world).addresses).toEqual(['d', 'b', 'e'].map((name) => world.address(name)));
  expect(known(world).start).toBe(world.node.fact.start);
});

test('a member that moves is written down again', () => {
  const world = new OneNode(CALM).among('b');
  const peer = world.book.peer('10.0.9.9:1', '00000000000000bb');
  world.gossip(
    'b',
    world.news('b', 'alive', { peer, nodeId: world.book.nodeIdOf(peer), start: WALL_MS }),
  );
  expect(loadSaved(world.saved).addresses).toEqual(['10.0.9.9:1']);
});

test('whatever happens, a snapshot and the log tell of the same life, time and living', () => {
  const name = fc.constantFrom('b', 'c', 'd', 'e', 'f');
  const happening = fc.oneof(
    fc.tuple(
      name,
      fc.constantFrom('alive', 'suspect', 'dead', 'left', 'evicted'),
      fc.nat({ max: 3 }),
    ),
    fc.tuple(fc.constant('self'), fc.constantFrom('suspect', 'dead'), fc.nat({ max: 3 })),
    fc.tuple(fc.constant('time'), fc.constant('alive'), fc.nat({ max: 100_000 })),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
      const world = new OneNode(CALM).start();
      for (const [who, status, value] of happenings) {
        if (who === 'time') world.run(value * 60);
        else if (who === 'self') world.gossip('b', world.newsOfSelf(status, { counter: value }));
        else world.gossip('b', world.news(who, status, { counter: value }));
      }
      const log = loadSaved(world.saved);
      const snapshot = known(world);
      expect({ ...snapshot, addresses: [] }).toEqual({ ...log, addresses: [] });
      const live = [...world.node.all()].filter(
        (one) => one.name !== 'self' && (one.status === 'alive' || one.status === 'suspect'),
      );
      for (const { address } of live) {
        expect(log.addresses).toContain(address);
        expect(snapshot.addresses).toContain(address);
      }
    }),
    {
      numRuns: 60,
      examples: [
        [
          [
            ['c', 'dead', 0],
            ['c', 'alive', 1],
          ],
        ],
      ],
    },
  );
});

test('of a large cluster a sample is written down, and not much more', () => {
  const world = new OneNode(CALM).start();
  const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
  for (const name of names) world.gossip('n0', world.news(name));
  const { length } = world.saved;
  expect(length).toBeLessThan(64 * (1 + Math.log(1000 / 64)) * 1.5);
  expect(loadSaved(world.saved).addresses).toHaveLength(64);
  expect(known(world).addresses.length).toBeGreaterThan(32);
  expect(known(world).addresses.length).toBeLessThanOrEqual(64);
});
