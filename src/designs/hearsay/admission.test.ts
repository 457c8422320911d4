import { expect, test } from 'vitest';
import { START_MAX, type Fact } from '../../blocks/membership/index.ts';
import type { Peer, Status } from '../../core/index.ts';
import { OneNode } from '../../../test/one-node.ts';

const CALM = {
  probeIntervalMs: 100_000,
  exchangeIntervalMs: 86_400_000,
  reconnectIntervalMs: 86_400_000,
} as const;

/** A seed that knows b and c, and is asked by a newcomer called `new`. */
function seed(): OneNode {
  return new OneNode(CALM).among('b', 'c');
}

/** An earlier life of the newcomer's name, at another address or at its own. */
function earlier(world: OneNode, where: 'elsewhere' | 'same'): Partial<Fact> {
  const address = where === 'same' ? world.address('new') : '10.0.7.7:7946';
  return { peer: world.book.peer(address, '00000000000000ee'), start: 1_650_000_000_000 };
}

/** A seed that knows an earlier life; with its route. */
function seedThatKnows(
  status: Status,
  where: 'elsewhere' | 'same' = 'elsewhere',
): { readonly world: OneNode; readonly rival: Peer } {
  const world = new OneNode(CALM).among('b', 'c');
  const change = earlier(world, where);
  world.gossip('b', world.news('new', status, change));
  world.forgetEffects();
  return { world, rival: change.peer! };
}

function ask(world: OneNode, name = 'new'): number {
  world.hear(name, { type: 'join', fact: world.fact(name) });
  return world.of('probe', name).at(-1)!.message.seq;
}

/** The newcomer answers the dial-back. */
function answer(world: OneNode, seq: number, name = 'new'): void {
  world.hear(name, { type: 'ack', seq, news: [] });
}

function verdicts(world: OneNode): unknown[] {
  return world.of('admit', 'new').map(({ message: { verdict, start, streams } }) => ({
    verdict,
    start,
    streams,
  }));
}

test('a newcomer is dialled back before it is admitted', () => {
  const world = seed();
  const seq = ask(world);
  expect(world.sent).toHaveLength(1);
  answer(world, seq);
  expect(verdicts(world)).toEqual([{ verdict: 'welcome', start: 0, streams: 'yes' }]);
});

test('then it is told everything, this node itself included, and asked for nothing', () => {
  const world = seed();
  world.gossip('b', world.news('d', 'dead'), world.suspicion('c', ['b', 'd']));
  answer(world, ask(world));
  const [page] = world.of('page', 'new');
  expect(page?.message).toMatchObject({ last: true, want: false });
  const told = page!.message.news.map((one) => [one.fact.name, one.status, one.accusers.length]);
  expect(told.map(String).toSorted()).toEqual([
    'b,alive,0',
    'c,suspect,2',
    'd,dead,0',
    'self,alive,0',
  ]);
  expect(world.status('new')).toBe(undefined); // It announces itself.
});

test.each([
  ['refused', 'no'],
  ['lost', 'unknown'],
  ['gone', 'unknown'],
  ['local', 'unknown'],
] as const)('dialling back is %s: streams are %s', (why, streams) => {
  const world = seed();
  const seq = ask(world);
  world.fail(world.route('new'), seq, why);
  expect(verdicts(world)).toEqual([{ verdict: 'welcome', start: 0, streams }]);
});

test('no answer within a probe timeout: streams are unknown', () => {
  const world = seed();
  const seq = ask(world);
  world.run(499);
  expect(verdicts(world)).toEqual([]);
  world.run(2);
  expect(verdicts(world)).toEqual([{ verdict: 'welcome', start: 0, streams: 'unknown' }]);
  answer(world, seq);
  world.fail(world.route('new'), seq, 'refused');
  expect(verdicts(world)).toHaveLength(1);
});

test('asked twice it answers once; its route is held only so long', () => {
  const world = seed();
  const before = world.keeps(world.route('new'));
  const seq = ask(world);
  ask(world);
  expect(world.of('probe', 'new')).toHaveLength(1);
  expect(world.keeps(world.route('new'))).toBe(before + 1);
  answer(world, seq);
  expect(world.keeps(world.route('new'))).toBe(before);
  answer(world, ask(world)); // The next time is another question.
  expect(verdicts(world)).toHaveLength(2);
});

test('many newcomers at once each get their own answer', () => {
  const world = seed();
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const seqs = names.map((name) => ask(world, name));
  names.forEach((name, i) => {
    if (i % 2 === 0) answer(world, seqs[i]!, name);
    else world.fail(world.route(name), seqs[i]!, 'refused');
  });
  names.forEach((name, i) => {
    const streams = i % 2 === 0 ? 'yes' : 'no';
    expect(world.of('admit', name)).toMatchObject([{ message: { streams } }]);
  });
});

// Conflict or restart?

test.each(['alive', 'suspect', 'dead'] as const)(
  'a name that is known elsewhere and %s: that life is asked, by packet and stream',
  (status) => {
    const { world, rival } = seedThatKnows(status);
    answer(world, ask(world));
    const asked = world.sent.filter(({ to }) => to === rival);
    expect(asked.map(({ message }) => message.type)).toEqual(['ping', 'probe']);
    expect(verdicts(world)).toEqual([]);
  },
);

test.each(['ping', 'probe'] as const)('it answers the %s: the name is taken', (type) => {
  const { world, rival } = seedThatKnows('alive');
  const seq = ask(world);
  const question = world.of(type).find(({ to }) => to === rival)!.message.seq;
  world.command((node, env) => node.receive(env, rival, { type: 'ack', seq: question, news: [] }));
  answer(world, seq);
  expect(verdicts(world)).toMatchObject([{ verdict: 'name-taken' }]);
  expect(world.of('page')).toEqual([]);
  expect(world.eventsOf('name-conflict')).toEqual([
    { type: 'name-conflict', name: 'new', yields: false },
  ]);
});

test('it is silent: a restart, told the start to outrank', () => {
  const { world } = seedThatKnows('alive');
  answer(world, ask(world));
  world.run(499);
  expect(verdicts(world)).toEqual([]);
  world.run(2);
  expect(verdicts(world)).toEqual([
    { verdict: 'welcome', start: 1_650_000_000_000, streams: 'yes' },
  ]);
  expect(world.eventsOf('name-conflict')).toEqual([]);
});

test.each(['packet', 'stream'] as const)('another life answers there (%s): a restart', (by) => {
  const { world, rival } = seedThatKnows('alive');
  answer(world, ask(world));
  const token = world.of('probe').find(({ to }) => to === rival)!.token;
  world.fail(rival, by === 'stream' ? token : 0, 'gone');
  expect(verdicts(world)).toMatchObject([{ verdict: 'welcome', start: 1_650_000_000_000 }]);
});

test('its port refuses: it may live all the same, and is waited for', () => {
  const { world, rival } = seedThatKnows('alive');
  answer(world, ask(world));
  const { token } = world.of('probe').find(({ to }) => to === rival)!;
  world.fail(rival, token, 'refused');
  expect(verdicts(world)).toEqual([]);
  const { seq } = world.of('ping').find(({ to }) => to === rival)!.message;
  world.command((node, env) => node.receive(env, rival, { type: 'ack', seq, news: [] }));
  expect(verdicts(world)).toMatchObject([{ verdict: 'name-taken' }]);
});

test('its port refuses and it is silent: a restart', () => {
  const { world, rival } = seedThatKnows('alive');
  answer(world, ask(world));
  world.fail(rival, world.of('probe').find(({ to }) => to === rival)!.token, 'refused');
  world.run(501);
  expect(verdicts(world)).toMatchObject([{ verdict: 'welcome' }]);
});

test.each(['left', 'evicted'] as const)('a life that has %s is not asked', (status) => {
  const { world, rival } = seedThatKnows(status);
  answer(world, ask(world));
  expect(world.sent.some(({ to }) => to === rival)).toBe(false);
  expect(verdicts(world)).toEqual([
    { verdict: 'welcome', start: 1_650_000_000_000, streams: 'yes' },
  ]);
});

test('at the same address the new life is the proof that the old one is over', () => {
  const { world, rival } = seedThatKnows('alive', 'same');
  answer(world, ask(world));
  expect(world.sent.some(({ to }) => to === rival)).toBe(false);
  expect(verdicts(world)).toMatchObject([{ verdict: 'welcome', start: 1_650_000_000_000 }]);
});

test('the same life again, whose answer was lost, is welcome and outranks nothing', () => {
  const world = new OneNode(CALM).among('b', 'new');
  world.lively.clear();
  answer(world, ask(world));
  expect(verdicts(world)).toEqual([{ verdict: 'welcome', start: 0, streams: 'yes' }]);
});

test('its own name is taken', () => {
  const world = seed();
  world.hear('new', { type: 'join', fact: world.fact('self', { peer: world.route('new') }) });
  answer(world, world.of('probe', 'new')[0]!.message.seq);
  expect(verdicts(world)).toMatchObject([{ verdict: 'name-taken' }]);
  expect(world.eventsOf('name-conflict')).toEqual([
    { type: 'name-conflict', name: 'self', yields: false },
  ]);
});

test('a full book: nobody is admitted', () => {
  const world = seed();
  world.env.keeps = false;
  world.hear('new', { type: 'join', fact: world.fact('new') });
  expect(world.sent).toEqual([]);
});

test('an answer to no question at all is no rival that lives', () => {
  const world = seed();
  const seq = ask(world);
  world.hear('b', { type: 'ack', seq: 0, news: [] });
  world.hear('new', { type: 'ack', seq, news: [] });
  expect(world.of('admit', 'new')).toMatchObject([{ message: { verdict: 'welcome' } }]);
});

test('a newcomer is told the time; what its own clock says is its own affair', () => {
  const world = seed();
  world.hear('new', { type: 'join', fact: world.fact('new', { start: START_MAX }) });
  world.run(5000);
  expect(world.of('admit', 'new')).toMatchObject([
    { message: { verdict: 'welcome', wallMs: expect.closeTo(1_700_000_000_500, -4) } },
  ]);
  expect(world.status('new')).toBe(undefined);
});
