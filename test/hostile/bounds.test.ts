/** What others can make one node hold: bounded, and what is turned away is counted. */
import { expect, test } from 'vitest';
import type { News } from '../../src/blocks/membership/index.ts';
import { OneNode, timersSet } from '../one-node.ts';

const CALM = {
  probeIntervalMs: 100_000,
  exchangeIntervalMs: 86_400_000,
  reconnectIntervalMs: 86_400_000,
} as const;

function among(...names: string[]): OneNode {
  return new OneNode(CALM).among(...names);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

test('questions to be asked for others', () => {
  const world = among('b', 'c');
  const target = world.route('c');
  for (const seq of range(3000)) world.hear('b', { type: 'ping-request', seq, target, news: [] });
  const { relays, turnedAway } = world.node.load;
  expect([relays, turnedAway.relays]).toEqual([1024, 1976]);
  world.run(100_000);
  expect(world.node.load.relays).toBe(0);
});

test('streams opened for others are forgotten with time, or when they are too many', () => {
  const world = among('b');
  const dial = (from: number, count: number): void => {
    for (const i of range(count)) {
      const target = world.book.peer(`10.9.${(from + i) >> 8}.${(from + i) & 255}:1`, ID);
      world.hear('b', { type: 'ping-request', seq: 1, target, news: [] });
      if (i % 1000 === 999) world.run(101_000);
    }
  };
  dial(0, 2000);
  expect(world.node.load.dialled).toBeLessThanOrEqual(1001);
});

const ID = '00000000000000bb';

test('newcomers to be served', () => {
  const world = among('b');
  for (const i of range(1500)) {
    const peer = world.book.peer(`10.9.${i >> 8}.${i & 255}:1`, ID);
    const fact = world.fact('new', { peer });
    world.command((node, env) => node.receive(env, peer, { type: 'join', fact }));
  }
  const { admissions, turnedAway } = world.node.load;
  expect([admissions, turnedAway.admissions]).toEqual([1024, 476]);
  world.run(5000);
  expect(world.node.load.admissions).toBe(0);
});

test('requests for all it knows: 64 a second', () => {
  const world = among('b', 'c');
  for (const checksum of range(1000)) world.hear('b', { type: 'sync', checksum });
  const want = { type: 'page', news: [], last: true, want: true } as const;
  for (const _ of range(1000)) world.hear('c', want);
  expect(world.of('page')).toHaveLength(64);
  expect(world.node.load.turnedAway.exchanges).toBe(2000 - 64);
  world.run(1000);
  world.hear('b', { type: 'sync', checksum: 1 });
  expect(world.of('page')).toHaveLength(65);
});

test('views that never end, of names that are not kept', () => {
  const world = among('b', 'c');
  world.env.keeps = false;
  for (const page of range(20)) {
    const news = range(500).map((i): News => world.news(`${page}-${i}`));
    world.hear('b', { type: 'page', news, last: false, want: true });
  }
  expect(world.node.load).toMatchObject({ told: 0, members: 3 });
  expect(world.node.load.turnedAway.members).toBe(10_000);
});

test('views that never end, of names that are kept', () => {
  const world = among('b');
  const names = range(3000).map((i) => `m${i}`);
  world.command((node, env) => {
    node.know(
      env,
      names.map((name) => world.fact(name)),
    );
  });
  const news = names.map((name): News => world.news(name));
  for (const name of names.slice(0, 60)) {
    world.hear(name, { type: 'page', news, last: false, want: true });
  }
  const { told, turnedAway } = world.node.load;
  expect(told).toBeGreaterThan(100_000);
  expect(told).toBeLessThanOrEqual(131_072);
  expect(turnedAway.readings).toBeGreaterThan(10);
});

test('suspicions without end set few timers', () => {
  const world = new OneNode().among('b', 'c', 'd', 'e');
  for (const counter of range(2000)) {
    const judges = ['x', 'y', 'z'].slice(counter % 4).map((name) => `${name}:refused`);
    world.gossip('b', world.suspicion('c', ['b', ...judges], { counter }));
  }
  expect(timersSet(world, 'Verdict').length).toBeLessThanOrEqual(8);
  expect(timersSet(world, 'Question').length).toBeLessThanOrEqual(8);
  world.lively.delete('c');
  world.run(60_000);
  expect(world.status('c')).toBe('dead');
});
