import { expect, test } from 'vitest';
import { OneNode, timersSet } from '../../../test/one-node.ts';
import type { HearsayConfig } from './config.ts';

const CALM = {
  probeIntervalMs: 1_000_000,
  reconnectIntervalMs: 86_400_000,
  exchangeIntervalMs: 86_400_000,
} as const;

/** A node among `others`, with nothing hot. */
function calm(others: number, config: Partial<HearsayConfig> = {}): OneNode {
  const names = Array.from({ length: others }, (_, i) => `n${i}`);
  const world = new OneNode({ ...CALM, ...config }).among(...names);
  world.run(1000);
  world.forgetEffects();
  return world;
}

test('fresh news leaves at once, in rounds of an interval, to three different members', () => {
  const world = calm(9);
  const beginMs = world.elapsedMs;
  world.gossip('n0', world.news('n1', 'alive', { counter: 1 }));
  world.run(1000);
  const sent = world.of('gossip').map(({ atMs, to }) => ({ atMs: atMs - beginMs, to }));
  expect(sent[0]!.atMs).toBeLessThanOrEqual(20);
  expect(new Set(sent.slice(0, 3).map(({ to }) => to)).size).toBe(3);
  expect(sent[3]!.atMs - sent[0]!.atMs).toBeCloseTo(200, 6);
});

// λ · ⌈log10(N + 1)⌉ for N live, this node included.
test.each([
  [4, 4],
  [9, 4],
  [10, 8],
  [99, 8],
  [100, 12],
])('among %d live, each piece is sent %d times', (live, times) => {
  const world = calm(live - 1, { gossipFanout: 1 });
  world.gossip('n0', world.news('n1', 'alive', { counter: 1 }));
  world.run(60_000);
  expect(world.told('n1')).toHaveLength(times);
});

test('the timer sleeps while nothing is hot', () => {
  const world = calm(9);
  world.run(600_000);
  expect(timersSet(world, 'Gossip')).toEqual([]);
  const before = world.node.gossipTicks;
  world.gossip('n0', world.news('n1', 'alive', { counter: 1 }));
  world.run(60_000);
  expect(world.node.gossipTicks - before).toBe(3); // Eight times: 3 + 3 + 3.
  world.forgetEffects();
  world.run(60_000);
  expect([world.sent.length, timersSet(world, 'Gossip').length]).toEqual([0, 0]);
});

test('never two rounds within one interval, however news comes', () => {
  const world = calm(9);
  for (let i = 1; i < 50; i++) {
    world.gossip('n0', world.news(`n${i % 9}`, 'alive', { counter: i }));
    world.run(37);
  }
  const rounds = [...new Set(world.of('gossip').map(({ atMs }) => atMs))];
  expect(rounds.length).toBeGreaterThan(5);
  rounds.slice(1).forEach((atMs, i) => {
    expect(atMs - rounds[i]!).toBeGreaterThanOrEqual(199.999);
  });
});

test('news that comes together travels together; one packet to all', () => {
  const world = calm(9);
  for (let i = 0; i < 5; i++) world.gossip('n0', world.news(`n${i}`, 'alive', { counter: 1 }));
  world.run(30);
  const packets = world.of('gossip').map(({ message }) => message);
  expect(packets).toHaveLength(3);
  expect(new Set(packets).size).toBe(1);
  expect(packets[0]!.news).toHaveLength(5);
});

test('newer news of a member replaces the older', () => {
  const world = calm(9);
  world.gossip('n0', world.suspicion('n1', ['n0']));
  world.gossip('n0', world.news('n1', 'alive', { counter: 1 }));
  world.run(5000);
  expect(new Set(world.told('n1').map(({ status }) => status))).toEqual(new Set(['alive']));
});

test('it rides on pings, acks and requests for help', () => {
  const world = calm(9, { probeIntervalMs: 1000 });
  world.gossip('n0', world.news('n1', 'alive', { counter: 1 }));
  world.hear('n2', { type: 'ping', seq: 1, news: [] });
  expect(world.of('ack', 'n2')[0]?.message.news).toMatchObject([{ fact: { name: 'n1' } }]);
});

test('the dead and the departed are told nothing by gossip', () => {
  const world = calm(3);
  world.gossip('n0', world.news('n1', 'dead'), world.news('n2', 'left'));
  world.run(5000);
  expect(new Set(world.of('gossip').map(({ to }) => to))).toEqual(new Set([world.route('n0')]));
});

test('where nobody lives, news cools all the same', () => {
  const world = calm(1);
  world.gossip('n0', world.news('n0', 'left'));
  world.run(10_000);
  expect(world.of('gossip')).toEqual([]);
  world.forgetEffects();
  world.run(10_000);
  expect(timersSet(world, 'Gossip')).toEqual([]);
});

test('a thousand pieces at once all leave, in packets that fit', () => {
  const world = calm(20);
  for (let i = 0; i < 1000; i++) world.gossip('n0', world.news(`m${i}`));
  world.run(120_000);
  const told = new Set(
    world.of('gossip').flatMap(({ message }) => message.news.map((one) => one.fact.name)),
  );
  expect(told.size).toBe(1000);
});
