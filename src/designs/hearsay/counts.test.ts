import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';

test('what others tell is counted: suspicions, confirmations, refutations, deaths', () => {
  const world = new OneNode().among('b', 'c', 'd');
  world.gossip('b', world.suspicion('c', ['b']));
  world.gossip('d', world.suspicion('c', ['d']));
  expect(world.node.counts.suspicions).toEqual({ raised: 0, heard: 1, confirmed: 1, refuted: 0 });
  world.run(250);
  world.gossip('c', world.news('c', 'alive', { counter: 1 }));
  expect(world.node.counts.suspicions.refuted).toBe(1);
  expect(world.eventsOf('member-refuted')[0]?.afterMs).toBeCloseTo(250, 3);
  world.gossip('b', world.news('d', 'dead'));
  expect(world.node.counts.deaths).toEqual({ declared: 0, heard: 1, wrong: 0 });
  expect(world.eventsOf('member-failed')[0]?.afterMs).toBe(0);
  world.gossip('d', world.news('d', 'alive', { counter: 1 }));
  expect(world.node.counts.deaths.wrong).toBe(1);
});

test('a node counts and tells that it was accused itself', () => {
  const world = new OneNode().among('b', 'c', 'd');
  const { fact } = world.node;
  const accusers = [{ by: 'b', met: 'silence' }] as const;
  world.gossip('b', { fact, status: 'suspect', accusers, ageMs: 0 });
  expect(world.node.counts.refutations).toBe(1);
  expect(world.eventsOf('accused')).toEqual([
    { type: 'accused', status: 'suspect', accusers, health: 1 },
  ]);
  world.gossip('c', { fact, status: 'suspect', accusers, ageMs: 0 });
  expect(world.eventsOf('accused')).toHaveLength(1); // Outranked by now.
});

test('exchanges are counted by whether views agreed', () => {
  const world = new OneNode().among('b', 'c');
  world.run(100);
  world.hear('b', { type: 'sync', checksum: world.node.checksum() });
  world.hear('b', { type: 'sync', checksum: world.node.checksum() + 1 });
  expect(world.node.counts.exchanges).toMatchObject({ equal: 1, differing: 1 });
});

test('questions carried for others are counted', () => {
  const world = new OneNode().among('b', 'c');
  world.hear('b', { type: 'ping-request', seq: 7, target: world.route('c'), news: [] });
  expect(world.node.counts.relays).toEqual({ sent: 1, answered: 0 });
  world.run(50);
  expect(world.node.counts.relays).toEqual({ sent: 1, answered: 1 });
});
