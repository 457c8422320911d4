import { expect, test } from 'vitest';
import { UsageError } from '../../core/index.ts';
import { OneNode } from '../../../test/one-node.ts';

const CALM = {
  probeIntervalMs: 1_000_000,
  reconnectIntervalMs: 86_400_000,
  exchangeIntervalMs: 86_400_000,
} as const;

function calm(...names: string[]): OneNode {
  const world = new OneNode(CALM).among(...names);
  world.run(500);
  world.forgetEffects();
  return world;
}

// Leaving.

test('leaving is told until that has cooled, then it stops', () => {
  const world = calm('b', 'c', 'd', 'e');
  world.command((node, env) => node.leave(env));
  world.run(1900);
  const told = world.told('self');
  expect(told.length).toBeGreaterThanOrEqual(4);
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['left']));
  expect(world.events).toEqual([{ type: 'departed' }]);
  expect(world.stopped).toBe('left');
});

test('what else is hot does not hold it longer than 2 s', () => {
  const world = calm('b', 'c', 'd', 'e');
  for (let i = 0; i < 1000; i++) world.gossip('b', world.news(`m${i}`));
  world.command((node, env) => node.leave(env));
  world.run(1990);
  expect(world.stopped).toBe(undefined);
  world.run(20);
  expect(world.stopped).toBe('left');
});

test('alone it leaves at once', () => {
  const world = calm('b');
  world.gossip('b', world.news('b', 'left'));
  world.forgetEffects();
  world.command((node, env) => node.leave(env));
  expect(world.events).toEqual([{ type: 'departed' }]);
  expect(world.stopped).toBe('left');
});

test('leaving twice is leaving once', () => {
  const world = calm('b', 'c');
  world.command((node, env) => node.leave(env));
  const { length } = world.effects;
  world.command((node, env) => node.leave(env));
  expect(world.effects).toHaveLength(length);
});

test('while it leaves it still answers, and is no live member any more', () => {
  const world = calm('b', 'c');
  world.command((node, env) => node.leave(env));
  world.hear('b', { type: 'ping', seq: 1, news: [] });
  expect(world.of('ack', 'b')).toHaveLength(1);
  expect(world.node.live).toBe(2);
});

// Tags.

test('new tags are told with a higher counter', () => {
  const world = calm('b', 'c');
  world.command((node, env) => node.setTags(env, { role: 'cache' }));
  expect(world.node.self).toMatchObject({ tags: { role: 'cache' }, counter: 1 });
  world.run(300);
  expect(world.told('self')[0]?.fact).toMatchObject({ tags: { role: 'cache' }, counter: 1 });
});

test('tags are a copy: what the caller changes later stays with the caller', () => {
  const world = calm('b');
  const tags: Record<string, string> = { a: '1' };
  world.command((node, env) => node.setTags(env, tags));
  tags['a'] = '2';
  expect(world.node.self.tags).toEqual({ a: '1' });
});

test.each([
  ['TAGS_TOO_LARGE', { k: 'v'.repeat(2 ** 20) }],
  ['BAD_OPTION', { k: 5 as unknown as string }],
])('tags that cannot be are refused with %s, nothing changed', (code, tags) => {
  const world = calm('b');
  const set = (): void => world.command((node, env) => node.setTags(env, tags));
  expect(set).toThrow(UsageError);
  expect(set).toThrow(expect.objectContaining({ code }));
  expect(world.node.self).toMatchObject({ tags: {}, counter: 0 });
});

test('tags of one who leaves are refused', () => {
  const world = calm('b', 'c');
  world.command((node, env) => node.leave(env));
  expect(() => world.command((node, env) => node.setTags(env, {}))).toThrow(
    expect.objectContaining({ code: 'NOT_RUNNING' }),
  );
});

// Strangers.

test('questions of strangers are answered; answers that nobody asked for change nothing', () => {
  const world = calm('b');
  world.hear('z', { type: 'ping', seq: 1, news: [] });
  expect(world.of('ack', 'z')).toHaveLength(1);
  world.forgetEffects();
  for (const seq of [0, 1, 99_999]) {
    world.hear('z', { type: 'ack', seq, news: [] });
    world.hear('z', { type: 'nack', seq, met: 'gone', news: [] });
    world.fail(world.route('z'), seq, 'gone');
    world.fail(world.route('z'), seq, 'refused');
  }
  expect(world.effects).toEqual([]);
});

test('stale timers of any kind and argument change nothing', () => {
  const world = calm('b');
  world.forgetEffects();
  for (const timer of [1, 2, 3, 4, 5, 7, 8, 13]) {
    for (const arg of [0, 1, 7, 1000]) world.command((node, env) => node.wake(env, timer, arg));
  }
  expect(world.effects).toEqual([]);
});

// Small clusters.

test('a cluster of one asks nobody, tells nobody and goes on', () => {
  const world = new OneNode().start();
  world.run(600_000);
  expect(world.sent).toEqual([]);
  expect(world.events.map(({ type }) => type)).toEqual(['joined']);
});

test('a cluster of two: the other is suspected, asked once more, dead and tried again', () => {
  const world = new OneNode().among('b');
  world.lively.clear();
  world.run(40_000);
  expect(world.events.map(({ type }) => type)).toEqual([
    'member-suspected',
    'member-failed',
    'isolated',
  ]);
  world.run(60_000);
  expect(world.of('sync').some(({ to }) => to === world.anyoneAt('b'))).toBe(true);
  world.gossip('b', world.news('b', 'alive', { counter: 1 }));
  expect(world.status('b')).toBe('alive');
});

test('a cluster of three asks its one helper, and its word is enough', () => {
  const world = new OneNode().among('b', 'c');
  world.lively.delete('c');
  const ping = world.untilPinged('c');
  world.runTo(ping.atMs + 500);
  const requests = world.of('ping-request');
  expect(requests.map(({ to }) => to)).toEqual([world.route('b')]);
  const { seq } = ping.message;
  world.fail(world.route('c'), seq + 1, 'refused');
  world.hear('b', { type: 'nack', seq, met: 'refused', news: [] });
  world.run(151);
  expect(world.eventsOf('member-suspected')[0]?.accusers).toHaveLength(2);
  world.run(500); // All others met refusal: an eighth of Min.
  expect(world.status('c')).toBe('dead');
});

// Elsewhere.

test('a node whose route has changed tells so within a period, and refutes from there', () => {
  const world = new OneNode().among('b', 'c');
  const { nodeId, start } = world.node.fact;
  world.env.self = world.book.peer('10.0.7.7:7946', nodeId);
  world.run(1300);
  expect(world.node.fact).toMatchObject({ peer: world.env.self, nodeId, start, counter: 1 });
  expect(world.told('self').at(-1)?.fact.peer).toBe(world.env.self);
});
