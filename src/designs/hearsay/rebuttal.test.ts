import { expect, test } from 'vitest';
import { compareNews, COUNTER_MAX, START_MAX, type Fact } from '../../blocks/membership/index.ts';
import type { Status } from '../../core/index.ts';
import { OneNode } from '../../../test/one-node.ts';
import { AHEAD_MS_MAX as DAY_MS } from './horizon.ts';
import { loadSaved } from './saved.ts';

const OTHERS = ['b', 'c', 'd', 'e', 'f'];
/** A nodeId below and one above the node's own. */
const [SMALL, GREAT] = ['0000000000000011', 'ff00000000000000'] as const;

function among(...names: string[]): OneNode {
  const world = new OneNode({ probeIntervalMs: 100_000 }).among(...names);
  world.run(1000);
  world.forgetEffects();
  return world;
}

/** Another life of this node's name, at an address of its own. */
function rival(world: OneNode, nodeId: string, change: Partial<Fact> = {}): Partial<Fact> {
  return { peer: world.book.peer('10.0.9.9:7946', nodeId), ...change };
}

// Accusations.

test('told in a ping that it is suspect, it answers in that very ack that it lives', () => {
  const world = among(...OTHERS);
  const news = [world.newsOfSelf('suspect', {}, ['c'])];
  world.hear('b', { type: 'ping', seq: 5, news });
  const [ack] = world.of('ack', 'b');
  expect(ack?.message.seq).toBe(5);
  expect(ack?.message.news[0]).toMatchObject({
    fact: { name: 'self', counter: 1 },
    status: 'alive',
  });
  world.run(300);
  expect(world.of('gossip').some(({ message }) => message.news[0]?.fact.counter === 1)).toBe(true);
});

test('told so over a stream, it answers over that stream', () => {
  const world = among(...OTHERS);
  world.hear('b', { type: 'probe', seq: 5, news: [world.newsOfSelf('dead')] });
  const [ack] = world.of('ack', 'b');
  expect(ack?.token).toBeGreaterThan(0);
  // Two changes: the probe has shown that streams reach it.
  expect(ack?.message.news[0]).toMatchObject({ fact: { counter: 2 }, status: 'alive' });
});

test('an accusation that it has refuted already is answered as well, with nothing new', () => {
  const world = among(...OTHERS);
  const old = world.newsOfSelf('suspect', {}, ['c']);
  world.gossip('b', old);
  world.hear('c', { type: 'ping', seq: 6, news: [old] });
  expect(world.node.fact.counter).toBe(1);
  expect(world.of('ack', 'c')[0]?.message.news).toMatchObject([
    { fact: { name: 'self', counter: 1 }, status: 'alive' },
  ]);
});

test('an accusation ahead of its counter is outranked', () => {
  const world = among(...OTHERS);
  world.gossip('b', world.newsOfSelf('dead', { counter: 41 }));
  expect(world.node.fact.counter).toBe(42);
});

test.each(['gossip', 'ack', 'nack', 'ping-request', 'page'] as const)(
  'told in a %s, it answers the teller with a gossip',
  (type) => {
    const world = among(...OTHERS);
    const news = [world.newsOfSelf('suspect', {}, ['c'])];
    const rest = { seq: 1, met: 'silence', target: world.route('d'), last: true, want: false };
    world.hear('b', { type, news, ...rest } as Parameters<OneNode['hear']>[1]);
    const [answer] = world.of('gossip', 'b');
    expect(answer?.message.news).toMatchObject([{ fact: { name: 'self', counter: 1 } }]);
  },
);

test('being suspected speaks against its own health', () => {
  const world = among(...OTHERS);
  world.gossip('b', world.newsOfSelf('suspect', {}, ['c']));
  expect(world.node.health).toBe(1);
  world.gossip('c', world.newsOfSelf('suspect', { counter: 0 }, ['c'])); // Refuted already.
  expect(world.node.health).toBe(1);
});

test('what is true of it is no accusation', () => {
  const world = among(...OTHERS);
  world.gossip('b', world.newsOfSelf('alive'));
  expect(world.sent).toEqual([]);
  expect(world.node.fact.counter).toBe(0);
});

test('the highest counter can still be outranked: by a later start of the same life', () => {
  const world = among(...OTHERS);
  const { start, born } = world.node.fact;
  world.gossip('b', world.newsOfSelf('suspect', { counter: COUNTER_MAX }));
  expect(world.node.fact).toMatchObject({ start: start + 1, counter: 0, born });
  world.run(1000);
  world.gossip('b', world.newsOfSelf('dead', { counter: COUNTER_MAX - 1 }));
  world.command((node, env) => node.setTags(env, { a: 'b' }));
  expect(world.node.fact).toMatchObject({ start: start + 2, counter: 0, born });
});

// Refusals.

test('accused by refusal, it refutes with streams no, until a stream reaches it', () => {
  const world = among(...OTHERS);
  world.hear('c', { type: 'probe', seq: 1, news: [] });
  expect(world.node.fact).toMatchObject({ streams: 'yes', counter: 1 });
  world.gossip('b', world.newsOfSelf('suspect', {}, ['c:silence', 'd:refused']));
  expect(world.node.fact).toMatchObject({ streams: 'no', counter: 2 });
  world.hear('d', { type: 'probe', seq: 1, news: [] });
  expect(world.node.fact).toMatchObject({ streams: 'yes', counter: 3 });
  world.hear('d', { type: 'probe', seq: 2, news: [] });
  expect(world.node.fact.counter).toBe(3);
});

test.each(['c:silence', 'c:gone'])('accused by %s, its streams are what they were', (accuser) => {
  const world = among(...OTHERS);
  world.hear('c', { type: 'probe', seq: 1, news: [] });
  world.gossip('b', world.newsOfSelf('suspect', {}, [accuser]));
  expect(world.node.fact).toMatchObject({ streams: 'yes', counter: 2 });
});

test('a probe on a connection that this node had opened shows nothing', () => {
  const world = new OneNode().among('x', ...OTHERS);
  world.lively.delete('x');
  world.untilPinged('x');
  world.run(601);
  expect(world.of('probe', 'x')).toHaveLength(1);
  world.hear('x', { type: 'probe', seq: 1, news: [] });
  expect(world.node.fact.streams).toBe('unknown');
  world.hear('b', { type: 'probe', seq: 1, news: [] });
  expect(world.node.fact.streams).toBe('yes');
});

test('that connection closes when it has idled for a minute', () => {
  const world = among('x', ...OTHERS);
  world.hear('x', { type: 'ping-request', seq: 1, target: world.route('b'), news: [] });
  world.lively.delete('b');
  world.run(60_500); // The helper's stream was opened after 100 ms.
  world.hear('b', { type: 'probe', seq: 1, news: [] });
  expect(world.node.fact.streams).toBe('yes');
});

// The suspect is told first.

test('a suspect that pings is told so, with all its accusers, and so is one that is asked', () => {
  const world = among('x', ...OTHERS);
  world.gossip('b', world.suspicion('x', ['b', 'c']));
  world.hear('x', { type: 'ping', seq: 3, news: [] });
  world.hear('x', { type: 'probe', seq: 4, news: [] });
  const told = world.of('ack', 'x').map(({ message }) => message.news[0]);
  for (const news of told) {
    expect(news).toMatchObject({ fact: { name: 'x' }, status: 'suspect', accusers: [{}, {}] });
  }
  expect(told).toHaveLength(2);
});

test('a dead member that pings is told so', () => {
  const world = among('x', ...OTHERS);
  world.gossip('b', world.news('x', 'dead'));
  world.run(10_000); // The news of it has cooled.
  world.hear('x', { type: 'ping', seq: 3, news: [] });
  expect(world.of('ack', 'x')[0]?.message.news).toMatchObject([
    { fact: { name: 'x' }, status: 'dead' },
  ]);
});

test('a life that goes on, though another one has replaced it, is told so when it pings', () => {
  const world = among('x', ...OTHERS);
  const former = world.route('x');
  const { start } = world.news('x').fact;
  const heir = { ...rival(world, GREAT, { start: start + 5 }), nodeId: GREAT };
  world.gossip('b', world.news('x', 'alive', heir));
  world.run(10_000); // The news of it has cooled.
  world.hear('x', { type: 'ping', seq: 3, news: [] });
  const told = [{ fact: { name: 'x', nodeId: GREAT, start: start + 5 }, status: 'alive' }];
  expect(world.of('ack').at(-1)).toMatchObject({ to: former, message: { news: told } });
  world.command((node, env) => node.receive(env, heir.peer!, { type: 'ping', seq: 4, news: [] }));
  expect(world.of('ack').at(-1)?.message.news).toEqual([]);
});

test('an evicted member that pings is told so', () => {
  const world = among('x', ...OTHERS);
  world.command((node, env) => node.evict(env, 'x'));
  world.run(10_000);
  world.hear('x', { type: 'ping', seq: 3, news: [] });
  expect(world.of('ack', 'x')[0]?.message.news).toMatchObject([{ status: 'evicted' }]);
});

test('the accused hears of its own suspicion in the ack that refutes what it said', () => {
  const world = among('x', ...OTHERS);
  world.gossip('b', world.suspicion('x', ['b']));
  world.hear('x', { type: 'ping', seq: 3, news: [world.newsOfSelf('suspect', {}, ['x'])] });
  expect(world.of('ack', 'x')[0]?.message.news.slice(0, 2)).toMatchObject([
    { fact: { name: 'self', counter: 1 }, status: 'alive' },
    { fact: { name: 'x' }, status: 'suspect' },
  ]);
});

test('both are told even where they do not fit into one packet', () => {
  const tags = { long: 't'.repeat(500) };
  const name = 'x'.repeat(128);
  const world = new OneNode({ probeIntervalMs: 100_000, name: 'n'.repeat(128), tags });
  world.among('b', name);
  const accusers = ['k', 'l', 'm', 'n'].map((one) => one.repeat(128));
  world.gossip('b', world.suspicion(name, accusers, { tags, counter: 1 }));
  world.forgetEffects();
  world.hear(name, { type: 'ping', seq: 3, news: [world.newsOfSelf('suspect', {}, ['b'])] });
  expect(world.of('ack', name)).toHaveLength(1);
  expect(world.told('n'.repeat(128))[0]).toMatchObject({ status: 'alive', fact: { counter: 1 } });
  expect(world.told(name)).toMatchObject([{ status: 'suspect' }]);
  expect(world.sent.every(({ to }) => to === world.route(name))).toBe(true);
});

test('of very many accusers with very long names, as many are told as fit a packet', () => {
  const name = 'x'.repeat(128);
  const world = new OneNode({ probeIntervalMs: 100_000, accusers: 16 }).among('b', name);
  const accusers = Array.from({ length: 16 }, (_, i) => `${i}`.padStart(128, 'k'));
  world.gossip('b', world.suspicion(name, accusers, { tags: { t: 't'.repeat(500) }, counter: 1 }));
  expect(world.eventsOf('member-suspected')[0]?.accusers).toHaveLength(16);
  world.hear(name, { type: 'ping', seq: 3, news: [] });
  world.run(1000);
  expect(world.of('ack', name)).toHaveLength(1);
  expect(world.told(name).length).toBeGreaterThan(3);
  for (const { accusers: told } of world.told(name)) expect(told).toHaveLength(5);
});

test('switched off, neither suspects nor the dead are told', () => {
  const world = new OneNode({ probeIntervalMs: 100_000, tellSuspect: false }).among('x', 'b');
  world.gossip('b', world.suspicion('x', ['b']));
  world.run(10_000);
  world.hear('x', { type: 'ping', seq: 3, news: [] });
  world.gossip('b', world.news('x', 'dead'));
  world.run(10_000);
  world.hear('x', { type: 'ping', seq: 4, news: [] });
  expect(world.of('ack', 'x').flatMap(({ message }) => message.news)).toEqual([]);
});

// Other lives of its name.

test('whoever tells of a past life hears of this one', () => {
  const world = among(...OTHERS);
  const start = world.node.fact.start - 1000;
  world.hear('b', {
    type: 'ping',
    seq: 8,
    news: [world.newsOfSelf('alive', rival(world, GREAT, { start, born: start }))],
  });
  expect(world.of('ack', 'b')[0]?.message.news).toMatchObject([
    { fact: { name: 'self', start: start + 1000 }, status: 'alive' },
  ]);
  expect(world.events).toEqual([]);
  expect(world.stopped).toBe(undefined);
});

test('a rival born later: this node raises its start above, keeping its birth', () => {
  const world = among(...OTHERS);
  const { start, born } = world.node.fact;
  const later = rival(world, SMALL, { start: start + 500, born: start + 500 });
  world.gossip('b', world.newsOfSelf('alive', later));
  expect(world.node.fact).toMatchObject({ start: start + 501, born, nodeId: '00000000000000aa' });
  expect(world.events).toEqual([{ type: 'name-conflict', name: 'self', yields: false }]);
  expect(world.effects).toContainEqual(expect.objectContaining({ type: 'save', durable: true }));
  expect(world.of('gossip', 'b')[0]?.message.news).toMatchObject([
    { fact: { start: start + 501 } },
  ]);
  expect(world.stopped).toBe(undefined);
});

test('a rival heard of before anyone has let this node in is for them to ask about', () => {
  const world = new OneNode({ seeds: ['10.0.1.1:7946'] });
  world.address('seed');
  world.start();
  const { start } = world.node.fact;
  for (const born of [start - 500, start + 500]) {
    const { start: before } = world.node.fact;
    world.gossip('b', world.newsOfSelf('alive', rival(world, SMALL, { start: before + 9, born })));
    expect(world.node.fact.start).toBe(before + 10);
  }
  expect(world.of('gossip')).toEqual([]);
  expect(world.events).toEqual([]);
  expect(world.stopped).toBe(undefined);
});

test('a rival born earlier: this node yields', () => {
  const world = among(...OTHERS);
  const { start } = world.node.fact;
  const earlier = rival(world, SMALL, { start: start + 500, born: start - 500 });
  world.gossip('b', world.newsOfSelf('alive', earlier));
  expect(world.events).toEqual([{ type: 'name-conflict', name: 'self', yields: true }]);
  expect(world.stopped).toBe('name-taken');
});

test('a rival where this node itself lives is its past, though others think it alive', () => {
  const world = among(...OTHERS);
  const { start, born } = world.node.fact;
  const peer = world.book.peer(world.book.addressOf(world.env.self), SMALL);
  world.gossip(
    'b',
    world.newsOfSelf('suspect', { peer, nodeId: SMALL, start: start + 500, born: 5 }),
  );
  expect(world.node.fact).toMatchObject({ start: start + 501, born });
  expect(world.events).toEqual([]);
  expect(world.stopped).toBe(undefined);
});

test.each([
  ['greater', GREAT, undefined],
  ['smaller', SMALL, 'name-taken'],
])('born at the same time as a rival of a %s nodeId', (_which, nodeId, stopped) => {
  const world = among(...OTHERS);
  const { start, born } = world.node.fact;
  world.gossip('b', world.newsOfSelf('suspect', rival(world, nodeId, { start: start + 1, born })));
  expect(world.stopped).toBe(stopped);
});

test.each(['dead', 'left', 'evicted'] as const)(
  'a life that outranks it and is %s is its own past: it raises its start, no conflict',
  (status) => {
    const world = among(...OTHERS);
    const { start } = world.node.fact;
    const past = rival(world, SMALL, { start: start + 500, born: 5 });
    world.gossip('b', world.newsOfSelf(status, past));
    expect(world.node.fact).toMatchObject({ start: start + 501 });
    expect(world.events).toEqual([]);
    expect(world.stopped).toBe(undefined);
  },
);

test('who claims to begin more than a day from now is not heard, be it counted and told', () => {
  const world = among(...OTHERS);
  const { start } = world.node.fact;
  const far = Math.floor(world.env.wallMs) + DAY_MS + 1;
  for (const later of [far, START_MAX, START_MAX]) {
    const fact = rival(world, GREAT, { start: later, born: later });
    world.gossip('b', world.newsOfSelf('alive', fact), world.news('c', 'alive', { start: later }));
  }
  expect(world.node.fact.start).toBe(start);
  expect(world.node.member('c')?.start).toBeLessThan(start);
  expect(world.node.load.turnedAway.starts).toBe(6);
  const told = { type: 'start-refused', name: 'self', start: far, count: 1 };
  expect(world.events).toEqual([{ ...told, from: world.address('b') }]);
  world.run(60_000);
  world.gossip('b', world.news('c', 'alive', { start: START_MAX }));
  expect(world.eventsOf('start-refused').at(-1)).toMatchObject({ name: 'c', count: 6 });
  const near = Math.floor(world.env.wallMs) + DAY_MS;
  world.gossip('b', world.newsOfSelf('alive', rival(world, GREAT, { start: near, born: near })));
  expect(world.node.fact.start).toBe(near + 1);
});

test.each<[string, Status, number]>([
  ['that it has left', 'left', 0],
  ['a later start', 'alive', 5],
  ['a later start, and dead', 'dead', 5],
])('%s, which it never said: it raises its start above that', (_, status, laterMs) => {
  const world = among(...OTHERS);
  const { start } = world.node.fact;
  world.gossip('b', world.newsOfSelf(status, { start: start + laterMs }));
  expect(world.node.fact).toMatchObject({ start: start + laterMs + 1, born: start });
  expect(world.of('gossip', 'b')[0]?.message.news[0]?.fact).toBe(world.node.fact);
  expect(loadSaved(world.saved).start).toBe(start + laterMs + 1);
});

test.each<[string, Partial<Fact>]>([
  ['a higher counter', { counter: 7 }],
  ['the highest counter', { counter: COUNTER_MAX }],
  ['other tags', { tags: { role: 'king' } }],
  ['another answer on streams', { streams: 'no' }],
])('%s, which it never said: it outranks that', (_, change) => {
  const world = among(...OTHERS);
  const { start, tags } = world.node.fact;
  const forged = world.newsOfSelf('alive', change);
  world.gossip('b', forged);
  const { fact } = world.node;
  expect(compareNews(fact, 'alive', forged.fact, 'alive')).toBeGreaterThan(0);
  expect(fact).toMatchObject({ tags, born: start });
  expect(world.of('gossip', 'b')[0]?.message.news[0]?.fact).toBe(fact);
  world.gossip('b', world.newsOfSelf('alive'));
  expect(world.node.fact).toBe(fact);
});

test('another name on its own life has left, as it alone can know', () => {
  const world = among(...OTHERS);
  const own = world.node.fact;
  const ghost = { peer: own.peer, start: own.start };
  world.gossip('b', world.news('ghost', 'alive', { ...ghost, counter: 3 }));
  expect(world.status('ghost')).toBe('left');
  world.gossip('b', world.news('ghost', 'suspect', { ...ghost, counter: 9 }));
  world.run(1000);
  expect(world.told('ghost').map(({ status }) => status)).toContain('left');
  expect(world.status('ghost')).toBe('left');
});

// The end of a life.

test('evicted, it says so and stops', () => {
  const world = among(...OTHERS);
  world.gossip('b', world.newsOfSelf('evicted'));
  expect(world.events).toMatchObject([
    { type: 'member-evicted', member: { name: 'self', status: 'evicted' } },
  ]);
  expect(world.stopped).toBe('evicted');
});

test('evicted before it raised its start, it stops all the same', () => {
  const world = among(...OTHERS);
  const { start } = world.node.fact;
  const later = rival(world, SMALL, { start: start + 500, born: start + 500 });
  world.gossip('b', world.newsOfSelf('alive', later));
  world.gossip('b', world.newsOfSelf('evicted', { start, counter: 0 }));
  expect(world.stopped).toBe('evicted');
});

test('while it leaves it refutes nothing', () => {
  const world = among(...OTHERS);
  world.command((node, env) => node.leave(env));
  world.gossip('b', world.newsOfSelf('suspect', {}, ['c']));
  expect(world.node.fact.counter).toBe(0);
  expect(world.node.self.status).toBe('left');
});
