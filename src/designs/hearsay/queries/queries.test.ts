import { expect, test } from 'vitest';
import { OneNode } from '../../../../test/one-node.ts';
import { NO_RANGE, type Query, type QueryAnswer } from '../query-messages.ts';
import type { Question } from './own-queries.ts';

const CALM = {
  probeIntervalMs: 3_600_000,
  exchangeIntervalMs: 86_400_000,
  reconnectIntervalMs: 86_400_000,
} as const;
const ID = 'aaaaaaaaaaaaaaaa';
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

function among(...names: string[]): OneNode {
  return new OneNode(CALM).among(...names);
}

function ask(world: OneNode, change: Partial<Question> = {}): string {
  return world.command((node, env) => {
    const question = { name: 'what', payload: bytes(), deadlineMs: 5000, ...change };
    return node.queries.ask(env, question);
  });
}

/** A puppet says this of a query. */
function say(
  world: OneNode,
  from: string,
  id: string,
  verdict: QueryAnswer['verdict'],
  value = bytes(),
): void {
  world.hear(from, { type: 'query-answer', id, verdict, value });
}

function queryFrom(asker: string, change: Partial<Query> = {}): Query {
  return {
    type: 'query',
    id: ID,
    asker,
    name: 'what',
    payload: bytes(7),
    where: {},
    ...NO_RANGE,
    leftMs: 5000,
    spreadMs: 0,
    acknowledge: true,
    ...change,
  };
}

// Asking.

test('a few are asked directly; this node is one of those asked', () => {
  const world = among('b', 'c');
  const id = ask(world, { payload: bytes(1, 2) });
  expect(world.sent).toEqual([]); // The asker must know the id first.
  world.run(1);
  const asked = world.of('query');
  expect(new Set(asked.map(({ to }) => to))).toEqual(new Set([world.route('b'), world.route('c')]));
  expect(asked[0]?.message).toMatchObject({ id, asker: 'self', ...NO_RANGE, spreadMs: 0 });
  expect(world.eventsOf('query-received')).toMatchObject([{ id, from: 'self', leftMs: 5000 }]);
  world.command((node, env) => node.queries.respond(env, id, bytes(3)));
  say(world, 'b', id, 'acknowledged');
  say(world, 'b', id, 'answered', bytes(4));
  say(world, 'c', id, 'failed', bytes(5));
  expect(world.eventsOf('query-acknowledged')).toMatchObject([{ by: 'self' }, { by: 'b' }]);
  expect(world.eventsOf('query-answered')).toMatchObject([
    { by: 'self', value: bytes(3) },
    { by: 'b', value: bytes(4) },
  ]);
  expect(world.eventsOf('query-refused')).toMatchObject([{ by: 'c', why: 'failed' }]);
  const counts = { asked: 3, acknowledged: 3, answered: 2 };
  expect(world.eventsOf('query-ended')).toMatchObject([{ id, why: 'complete', counts }]);
  world.run(10_000);
  expect(world.eventsOf('query-ended')).toHaveLength(1);
});

test('by name and by tag', () => {
  const world = among('b', 'c', 'd');
  world.gossip('d', world.news('d', 'alive', { tags: { role: 'worker' }, counter: 1 }));
  const asked = (change: Partial<Question>): number => {
    world.forgetEffects();
    ask(world, change);
    world.run(1);
    return world.of('query').length;
  };
  expect(asked({ names: ['b', 'nobody'] })).toBe(1);
  expect(world.of('query', 'b')).toHaveLength(1);
  expect(asked({ where: { role: 'worker' } })).toBe(1);
  expect(world.of('query', 'd')).toHaveLength(1);
  expect(asked({ where: { role: 'boss' } })).toBe(0);
  expect(world.eventsOf('query-ended')).toMatchObject([{ why: 'complete', counts: { asked: 0 } }]);
});

test('a copy is sent again until it has come, but not for ever', () => {
  const world = among('b', 'c');
  const id = ask(world);
  world.run(1);
  world.hear('b', { type: 'query-receipt', id, of: 'query' });
  expect(world.eventsOf('query-acknowledged')).toMatchObject([{ by: 'self' }, { by: 'b' }]);
  world.run(4999);
  expect(world.of('query', 'b')).toHaveLength(1);
  const tries = world.of('query', 'c').length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(30);
  expect(world.eventsOf('query-ended')).toMatchObject([{ why: 'deadline' }]);
  world.run(10_000);
  expect(world.of('query', 'c')).toHaveLength(tries);
});

test('enough is enough, and who has died is not waited for', () => {
  const world = among('b', 'c', 'd');
  const one = ask(world, { answersMax: 1, names: ['b', 'c'] });
  const all = ask(world, { names: ['b', 'c'] });
  world.run(1);
  say(world, 'b', one, 'answered');
  say(world, 'b', all, 'answered');
  expect(world.eventsOf('query-ended')).toMatchObject([{ id: one, why: 'enough' }]);
  world.gossip('d', world.news('c', 'left'));
  expect(world.eventsOf('query-ended')).toMatchObject([{ id: one }, { id: all, why: 'complete' }]);
});

test('a query that was cancelled says nothing more', () => {
  const world = among('b');
  const id = ask(world);
  const cancel = (): boolean => world.command((node, env) => node.queries.cancel(env, id));
  expect([cancel(), cancel()]).toEqual([true, false]);
  world.run(10_000);
  expect(world.of('query')).toEqual([]);
  expect(world.eventsOf('query-ended')).toMatchObject([{ why: 'cancelled' }]);
});

test('many are asked through eight; who is silent is asked directly later', () => {
  const names = Array.from({ length: 40 }, (_, i) => `m${i}`);
  const world = among(...names);
  ask(world);
  world.run(1);
  const first = world.of('query');
  expect(first).toHaveLength(8);
  for (const { message } of first) expect(message.first < message.last).toBe(true);
  expect(first[0]?.message.spreadMs).toBe(41);
  world.run(2000);
  const direct = world.of('query').filter(({ message }) => message.first > message.last);
  expect(new Set(direct.map(({ to }) => to)).size).toBe(40);
});

test('a delegate that does not answer is replaced by another of its piece', () => {
  const world = among(...Array.from({ length: 40 }, (_, i) => `m${i}`));
  ask(world);
  world.run(1);
  const { to, message } = world.of('query')[0]!;
  world.fail(to, 0, 'gone');
  const other = world.of('query').at(-1)!;
  expect(other.to).not.toBe(to);
  expect(other.message).toMatchObject({ first: message.first, last: message.last });
});

test.each([
  ['QUERY_TOO_LARGE', { payload: new Uint8Array(1025) }],
  ['BAD_OPTION', { name: '' }],
  ['BAD_OPTION', { name: 'n'.repeat(129) }],
  ['BAD_OPTION', { name: 5 as never }],
  ['BAD_OPTION', { names: 'b' as never }],
  ['BAD_OPTION', { names: [undefined as never] }],
  ['BAD_OPTION', { deadlineMs: 0 }],
  ['BAD_OPTION', { deadlineMs: 600_001 }],
  ['BAD_OPTION', { deadlineMs: '5000' as never }],
  ['BAD_OPTION', { answersMax: 0 }],
  ['TAGS_TOO_LARGE', { where: { tag: 'x'.repeat(600) } }],
])('misuse: %s', (code, change) => {
  const world = among('b');
  expect(() => ask(world, change)).toThrow(expect.objectContaining({ code }));
  world.run(1000);
  expect(world.of('query')).toEqual([]);
});

test('what is too large for a packet goes by stream', () => {
  const world = among('b');
  const where = { role: 'w'.repeat(500) };
  world.gossip('b', world.news('b', 'alive', { tags: where, counter: 1 }));
  world.forgetEffects();
  ask(world, { where, payload: new Uint8Array(1024) });
  world.run(1);
  expect(world.of('query')).toMatchObject([{ to: world.route('b') }]);
  expect(world.of('query')[0]?.token).toBeGreaterThan(0);
});

// Being asked.

test('a query is told once, and its answer until the asker has it', () => {
  const world = among('b', 'c');
  for (const sender of ['b', 'c', 'b']) world.hear(sender, queryFrom('b'));
  expect(world.eventsOf('query-received')).toMatchObject([
    { id: ID, name: 'what', payload: bytes(7), from: 'b', leftMs: 5000 },
  ]);
  expect(world.of('query-receipt')).toHaveLength(3);
  expect(world.node.queries.counts).toMatchObject({ received: 1, repeated: 2 });
  const respond = (): boolean => {
    return world.command((node, env) => node.queries.respond(env, ID, bytes(1)));
  };
  expect([respond(), respond()]).toEqual([true, false]);
  world.run(1000);
  const answers = world.of('query-answer', 'b').filter(({ message }) => {
    return message.verdict === 'answered';
  });
  expect(answers.length).toBeGreaterThan(2);
  world.hear('c', { type: 'query-receipt', id: ID, of: 'answer' }); // Not the asker.
  world.hear('b', { type: 'query-receipt', id: ID, of: 'answer' });
  world.forgetEffects();
  world.run(10_000);
  expect(world.of('query-answer')).toEqual([]);
  world.hear('b', queryFrom('b'));
  expect(world.eventsOf('query-received')).toEqual([]);
});

test('nothing is said before its moment, and the answer stands for the acknowledgement', () => {
  const world = among('b');
  world.hear('b', queryFrom('b', { spreadMs: 1000 }));
  world.command((node, env) => node.queries.respond(env, ID, bytes(1)));
  expect(world.of('query-answer')).toEqual([]);
  world.run(1000);
  const verdicts = world.of('query-answer').map(({ message }) => message.verdict);
  expect(new Set(verdicts)).toEqual(new Set(['answered']));
});

test('a slow handler is acknowledged first', () => {
  const world = among('b');
  world.hear('b', queryFrom('b'));
  world.run(1);
  expect(world.of('query-answer')).toMatchObject([{ message: { verdict: 'acknowledged' } }]);
  world.hear('b', { type: 'query-receipt', id: ID, of: 'acknowledgement' });
  world.forgetEffects();
  world.run(1000);
  expect(world.of('query-answer')).toEqual([]);
  world.command((node, env) => node.queries.refuse(env, ID, 'failed', bytes(9)));
  expect(world.of('query-answer')).toMatchObject([{ message: { verdict: 'failed' } }]);
});

test('too late is too late, and is forgotten', () => {
  const world = among('b');
  world.hear('b', queryFrom('b', { leftMs: 100 }));
  world.run(200);
  const late = world.command((node, env) => node.queries.respond(env, ID, bytes(1)));
  expect(late).toBe(false);
  const remembered = (): number | undefined =>
    world.node.holdings().find(({ what }) => what === 'queries remembered')?.count;
  expect(remembered()).toBe(1);
  world.run(20_000);
  expect(remembered()).toBe(0);
});

test('an answer over 1 kB is an error here, and said to the asker', () => {
  const world = among('b');
  world.hear('b', queryFrom('b'));
  expect(() =>
    world.command((node, env) => node.queries.respond(env, ID, new Uint8Array(1025))),
  ).toThrow(expect.objectContaining({ code: 'QUERY_TOO_LARGE' }));
  world.run(1);
  expect(world.of('query-answer').at(-1)).toMatchObject({ message: { verdict: 'too-large' } });
});

test('it is passed on within its range, once, to those with the tags, never to the asker', () => {
  const world = among('b', 'c', 'd', 'e');
  for (const name of ['b', 'c', 'd']) {
    world.gossip(name, world.news(name, 'alive', { tags: { role: 'x' }, counter: 1 }));
  }
  world.forgetEffects();
  const range = { first: '0000000000000000', last: 'ffffffffffffffff' };
  for (const _ of [1, 2]) world.hear('c', queryFrom('b', { ...range, where: { role: 'x' } }));
  const passed = new Set(world.of('query').map(({ to }) => to));
  expect(passed).toEqual(new Set([world.route('c'), world.route('d')]));
  expect(world.of('query')).toHaveLength(2);
});

test('the protocol answers names of its own', () => {
  const world = among('b');
  world.node.queries.provide('hearsay:twice', (_env, payload) => bytes(...payload, ...payload));
  world.hear('b', queryFrom('b', { name: 'hearsay:twice' }));
  expect(world.of('query-answer')).toMatchObject([
    { message: { verdict: 'answered', value: bytes(7, 7) } },
  ]);
  expect(world.eventsOf('query-received')).toEqual([]);
});

// What must not be.

test('answers of others than those asked do not count', () => {
  const world = among('b', 'c');
  const id = ask(world, { names: ['b'] });
  world.run(1);
  say(world, 'c', id, 'answered'); // Was not asked.
  say(world, 'b', ID, 'answered'); // Not this.
  expect(world.eventsOf('query-answered')).toEqual([]);
  expect(world.of('query-receipt')).toHaveLength(2); // It need not say it again.
  say(world, 'b', id, 'answered');
  say(world, 'b', id, 'answered');
  expect(world.eventsOf('query-answered')).toHaveLength(1);
  say(world, 'b', id, 'answered');
  world.command((node, env) => {
    node.receive(env, world.book.peer('10.9.9.9:1', ID), queryFrom('b'));
  });
  expect(world.node.queries.counts).toMatchObject({ strayAnswers: 4, strangers: 1 });
});

test('a query in the name of this node, or of nobody, is not taken', () => {
  const world = among('b');
  world.hear('b', queryFrom('self'));
  world.hear('b', queryFrom('nobody'));
  expect(world.events).toEqual([]);
  expect(world.sent).toEqual([]);
  expect(world.node.queries.counts).toMatchObject({ received: 0, strangers: 2 });
});

test('a flood of queries: so many are taken, the rest is refused', () => {
  const world = among('b');
  for (let i = 0; i < 3000; i++) {
    world.hear('b', queryFrom('b', { id: i.toString(16).padStart(16, '0'), leftMs: 600_000 }));
  }
  expect(world.node.queries.counts).toMatchObject({ received: 1024, busy: 1976 });
  const busy = world.of('query-answer').filter(({ message }) => message.verdict === 'busy');
  expect(busy).toHaveLength(1976);
  for (const { count, countMax } of world.node.holdings()) {
    expect(count).toBeLessThanOrEqual(countMax);
  }
});

test('a flood that is answered at once: the oldest are forgotten', () => {
  const world = among('b');
  for (let i = 0; i < 9_000; i++) {
    const id = i.toString(16).padStart(16, '0');
    world.hear('b', queryFrom('b', { id, name: 'hearsay:ping', acknowledge: false }));
    world.hear('b', { type: 'query-receipt', id, of: 'answer' });
    if (i % 1000 === 0) world.forgetEffects();
  }
  const held = world.node.holdings().find(({ what }) => what === 'queries remembered');
  expect(held).toMatchObject({ count: 8192, countMax: 8192 });
});

test('64 queries of its own at once', () => {
  const world = among('b');
  for (let i = 0; i < 64; i++) ask(world);
  expect(() => ask(world)).toThrow(expect.objectContaining({ code: 'TOO_MANY_QUERIES' }));
  world.run(5000);
  expect(() => ask(world)).not.toThrow();
});

test('a node that was away too long hears no more of what it asked', () => {
  const world = among('b');
  ask(world);
  world.run(1);
  world.env.wallMs += 25 * 3_600_000;
  world.stall(25 * 3_600_000);
  expect(world.eventsOf('query-ended')).toHaveLength(1);
});
