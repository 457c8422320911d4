import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RouteBook } from '../../blocks/peers/book.ts';
import { ANYONE, RecordingEnv, type Peer } from '../../core/index.ts';
import { heartbeatConfig, type HeartbeatConfig } from './config.ts';
import { startRecord } from './lives.ts';
import type { Fact, HeartbeatEvent, HeartbeatMessage } from './messages.ts';
import { HeartbeatProtocol, Timer } from './protocol.ts';

const SEED = '10.0.0.9:1';

/** One node in a bottle, started, and the others it may hear of. */
function setUp(
  given: Partial<HeartbeatConfig> = {},
  saved: Uint8Array[] = [],
): {
  readonly book: RouteBook;
  readonly env: RecordingEnv<HeartbeatMessage, HeartbeatEvent>;
  readonly node: HeartbeatProtocol;
  readonly route: (id: number) => Peer;
  readonly fact: (name: string, change?: Partial<Fact>) => Fact;
  readonly hear: (...facts: Fact[]) => void;
  readonly events: () => string[];
} {
  const book = new RouteBook({ permanent: true });
  const route = (id: number): Peer => book.peer(`10.0.0.${id}:1`, `${id}`.padStart(16, '0'));
  const env = new RecordingEnv<HeartbeatMessage, HeartbeatEvent>(route(1));
  const node = new HeartbeatProtocol(heartbeatConfig({ name: 'self', ...given }), book, saved);
  node.start(env);
  return {
    book,
    env,
    node,
    route,
    fact: (name, change = {}) => {
      const peer = route(100 + name.charCodeAt(0));
      return { name, peer, incarnation: 50, heartbeat: 10, status: 'alive', ...change };
    },
    hear: (...facts) => node.receive(env, route(99), { type: 'gossip', facts, answer: false }),
    events: () => env.of('emit').map(({ event }) => describe(event)),
  };
}

function describe(event: HeartbeatEvent): string {
  if (event.type === 'departed') return event.type;
  return `${event.type} ${event.member.name}${'own' in event && event.own ? ' own' : ''}`;
}

function statusOf(node: HeartbeatProtocol, name: string): string | undefined {
  return [...node.members()].find((member) => member.name === name)?.status;
}

test('it starts a life at the wall clock, saves it first, and wakes at random phases', () => {
  const { env, node } = setUp();
  expect(env.take()).toEqual([
    { type: 'save', record: startRecord(env.wallMs), durable: true },
    { type: 'after', delayMs: expect.any(Number), timer: Timer.Heartbeat, arg: 0 },
    { type: 'after', delayMs: expect.any(Number), timer: Timer.Gossip, arg: 0 },
  ]);
  expect(node.own).toMatchObject({ incarnation: env.wallMs, heartbeat: 0, status: 'alive' });
  const phases = Array.from({ length: 50 }, (_, seed) => {
    const other = new RecordingEnv<HeartbeatMessage, HeartbeatEvent>(env.self, seed);
    setUpLike(other);
    return other.of('after').map(({ delayMs }) => delayMs);
  });
  for (const [timer, intervalMs] of [1000, 500].entries()) {
    const delays = phases.map((phase) => phase[timer]!);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...delays)).toBeLessThan(intervalMs / 4);
    expect(Math.max(...delays)).toBeGreaterThan((3 * intervalMs) / 4);
    expect(Math.max(...delays)).toBeLessThan(intervalMs);
  }
});

function setUpLike(env: RecordingEnv<HeartbeatMessage, HeartbeatEvent>): void {
  const book = new RouteBook({ permanent: true });
  book.peer('10.0.0.1:1', '0000000000000001');
  new HeartbeatProtocol(heartbeatConfig({ name: 'self' }), book, []).start(env);
}

test('a new life outranks the saved one although the wall clock went back', () => {
  const { node } = setUp({}, [startRecord(1_800_000_000_000)]);
  expect(node.own.incarnation).toBe(1_800_000_000_001);
});

test('a new life outranks what it hears of its past, and saves that', () => {
  const { env, node, route, fact, hear } = setUp();
  env.take();
  const past = env.wallMs + 5;
  hear(fact('self', { peer: route(200), incarnation: past, heartbeat: 7 }));
  expect(node.own).toMatchObject({ incarnation: past + 1, peer: env.self, status: 'alive' });
  expect(env.take()).toEqual([{ type: 'save', record: startRecord(past + 1), durable: true }]);
  hear(fact('self', { peer: route(200), incarnation: past - 1 }));
  expect(node.own.incarnation).toBe(past + 1);
});

test('it outdoes what others wrongly say of this life', () => {
  const { env, node, hear } = setUp();
  hear({ ...node.own, status: 'suspect' });
  expect(node.own).toMatchObject({ heartbeat: 1, status: 'alive', peer: env.self });
  hear({ ...node.own, heartbeat: 40, status: 'dead' });
  expect(node.own).toMatchObject({ heartbeat: 41, status: 'alive' });
  hear({ ...node.own, heartbeat: 40, status: 'dead' });
  expect(node.own.heartbeat).toBe(41);
});

test('each heartbeat is one more, at the route of the day', () => {
  const { env, node, route } = setUp();
  env.take();
  env.self = route(2);
  node.wake(env, Timer.Heartbeat);
  expect(node.own).toMatchObject({ heartbeat: 1, peer: route(2) });
  expect(env.take()).toEqual([{ type: 'after', delayMs: 1000, timer: Timer.Heartbeat, arg: 0 }]);
});

test('alone it gossips to its seeds, but not to itself', () => {
  const { book, env, node } = setUp({ seeds: [SEED, '10.0.0.1:1'], mode: 'push' });
  const seed = book.peer(SEED, ANYONE);
  expect(env.of('keep')).toEqual([{ type: 'keep', peer: seed }]);
  env.take();
  node.wake(env, Timer.Gossip);
  const message: HeartbeatMessage = { type: 'gossip', facts: [node.own], answer: false };
  expect(env.take()).toEqual([
    { type: 'send', to: seed, message },
    { type: 'after', delayMs: 500, timer: Timer.Gossip, arg: 0 },
  ]);
  expect(node.rounds).toBe(1);
});

test('it gossips to fanout distinct peers that are not dead, all alike likely', () => {
  const { env, node, fact, hear } = setUp({ seeds: [SEED], fanout: 2 });
  const suspect = fact('s', { status: 'suspect' });
  hear(suspect, fact('a'), fact('b'), fact('d'), fact('l'));
  hear(fact('d', { status: 'dead' }), fact('l', { status: 'left' }));
  const counts = new Map<Peer, number>();
  for (let i = 0; i < 600; i++) {
    env.take();
    node.wake(env, Timer.Gossip);
    const sends = env.of('send');
    expect(new Set(sends.map(({ to }) => to)).size).toBe(2);
    for (const { to } of sends) counts.set(to, (counts.get(to) ?? 0) + 1);
    expect(sends.every(({ message }) => message === sends[0]!.message)).toBe(true);
  }
  expect(new Set(counts.keys())).toEqual(new Set([suspect.peer, fact('a').peer, fact('b').peer]));
  for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(70); // 6 sigma.
});

test('a fanout above what is known goes to all, once', () => {
  const { env, node, fact, hear } = setUp({ fanout: 5 });
  hear(fact('a'), fact('b'));
  node.wake(env, Timer.Gossip);
  expect(env.of('send').map(({ to }) => to)).toEqual([fact('a').peer, fact('b').peer]);
});

test('push-pull: asked, it answers with all it knows; an answer is not answered', () => {
  const { env, node, fact, route } = setUp({ mode: 'push-pull' });
  node.receive(env, route(7), { type: 'gossip', facts: [fact('a')], answer: true });
  const answer: HeartbeatMessage = {
    type: 'gossip',
    facts: [node.own, fact('a')],
    answer: false,
  };
  expect(env.of('send')).toEqual([{ type: 'send', to: route(7), message: answer }]);
  env.take();
  node.receive(env, route(7), answer);
  expect(env.of('send')).toEqual([]);
});

test('where another life answers, its tenant is told; other failures are no evidence', () => {
  const { book, env, node, fact, hear } = setUp({ mode: 'push' });
  hear(fact('a'));
  env.take();
  for (const why of ['refused', 'lost', 'local'] as const) {
    node.unreachable(env, fact('a').peer, 0, why);
  }
  expect(env.take()).toEqual([]);
  node.unreachable(env, fact('a').peer, 0, 'gone');
  const message = { type: 'gossip', facts: [node.own, fact('a')], answer: false };
  expect(env.take()).toEqual([{ type: 'send', to: book.anyoneAt(fact('a').peer), message }]);
});

test('a view larger than a packet goes in several, and asks once', () => {
  const { env, node, fact, hear } = setUp({ packetBytesMax: 256, fanout: 1 });
  hear(...'abcdefghij'.split('').map((name) => fact(name)));
  node.wake(env, Timer.Gossip);
  const messages = env.of('send').map(({ message }) => message);
  expect(messages.length).toBeGreaterThan(1);
  expect(messages.flatMap(({ facts }) => facts.map(({ name }) => name)).join(' ')).toBe(
    'self a b c d e f g h i j',
  );
  expect(messages.map(({ answer }) => answer)).toEqual(
    messages.map((_, i) => i === messages.length - 1),
  );
});

test('silence: suspect after 5 s, dead after 10, removed after 15 and kept out', () => {
  const { env, node, fact, hear, events } = setUp();
  hear(fact('a'));
  env.take();
  const at = (ms: number): string | undefined => {
    env.advance(ms);
    node.wake(env, Timer.Gossip);
    return statusOf(node, 'a');
  };
  expect([at(4999), at(1), at(4999), at(1)]).toEqual(['alive', 'suspect', 'suspect', 'dead']);
  expect([at(4999), at(1)]).toEqual(['dead', undefined]);
  expect(events()).toEqual(['member-suspected a own', 'member-failed a own']);
  expect(env.of('forget')).toEqual([{ type: 'forget', peer: fact('a').peer }]);
  env.take();
  hear(fact('a'), fact('a', { status: 'dead' }), fact('a', { incarnation: 49, heartbeat: 99 }));
  expect([statusOf(node, 'a'), events()]).toEqual([undefined, []]);
  hear(fact('a', { heartbeat: 11 }));
  expect([statusOf(node, 'a'), events()]).toEqual(['alive', ['member-joined a']]);
});

test('hearsay of a worse status is believed but buys the member no time', () => {
  const { env, node, fact, hear, events } = setUp();
  hear(fact('a'));
  env.advance(4000);
  hear(fact('a', { status: 'suspect' }));
  env.advance(6000);
  node.wake(env, Timer.Gossip);
  expect(statusOf(node, 'a')).toBe('dead');
  expect(events()).toEqual(['member-joined a', 'member-suspected a', 'member-failed a own']);
});

test('a higher heartbeat refutes; a higher incarnation is a new life', () => {
  const { env, fact, hear, events, route } = setUp();
  hear(fact('a'), fact('a', { status: 'suspect' }), fact('a', { heartbeat: 11 }));
  hear(fact('a', { heartbeat: 11, status: 'dead' }), fact('a', { heartbeat: 12 }));
  hear(fact('a', { incarnation: 51, heartbeat: 0, peer: route(3) }));
  expect(events()).toEqual([
    'member-joined a',
    'member-suspected a',
    'member-refuted a',
    'member-failed a',
    'member-rejoined a',
    'member-rejoined a',
  ]);
  expect(env.of('keep').map(({ peer }) => peer)).toEqual([fact('a').peer, route(3)]);
  expect(env.of('forget').map(({ peer }) => peer)).toEqual([fact('a').peer]);
});

test('the dead of whom it never knew are only kept out', () => {
  const { env, node, fact, hear, events } = setUp();
  hear(fact('a', { status: 'dead' }), fact('b', { status: 'left' }));
  hear(fact('a'), fact('b'));
  expect([...node.members()]).toHaveLength(1);
  expect([events(), env.of('keep')]).toEqual([[], []]);
});

test('a full address book takes no strangers', () => {
  const { env, node, fact, hear, route } = setUp();
  hear(fact('a'));
  env.keeps = false;
  hear(fact('b'), fact('a', { incarnation: 60, peer: route(3) }));
  expect([...node.members()].map(({ name, start }) => [name, start])).toEqual([
    ['self', node.own.incarnation],
    ['a', 50],
  ]);
});

test('a leaver says so in four rounds, then stops; its heart stands still', () => {
  const { env, node, fact, hear, events } = setUp({ fanout: 1 });
  hear(fact('a'));
  env.take();
  node.leave(env);
  node.leave(env);
  const farewell: Fact = { ...node.own, heartbeat: 1, status: 'left' };
  const rounds = [env.of('send').length];
  while (env.of('stop').length === 0) {
    node.wake(env, Timer.Heartbeat);
    hear({ ...farewell, status: 'dead', heartbeat: 9 });
    node.wake(env, Timer.Gossip);
    rounds.push(env.of('send').length);
  }
  expect(rounds).toEqual([1, 2, 3, 4]);
  expect(env.of('send').every(({ message }) => message.facts[0]!.status === 'left')).toBe(true);
  expect(node.own).toEqual(farewell);
  expect(events()).toEqual(['departed']);
  expect(env.take().at(-1)).toEqual({ type: 'stop', reason: 'left' });
});

test('who hears of a leaving reports no failure, ever', () => {
  const { env, node, fact, hear, events } = setUp();
  hear(fact('a'), fact('a', { heartbeat: 11, status: 'left' }), fact('a', { status: 'dead' }));
  for (let i = 0; i < 40; i++) {
    env.advance(500);
    node.wake(env, Timer.Gossip);
  }
  expect(events()).toEqual(['member-joined a', 'member-left a']);
  expect(statusOf(node, 'a')).toBeUndefined();
});

test('alone, a leaver just stops', () => {
  const { env, node } = setUp();
  node.leave(env);
  expect(env.of('stop')).toEqual([{ type: 'stop', reason: 'left' }]);
});

test('what is known at the start is believed without events', () => {
  const { env, node, fact, events } = setUp();
  node.know(env, [node.own, fact('a'), fact('b')]);
  expect([...node.members()].map(({ name }) => name)).toEqual(['self', 'a', 'b']);
  expect(events()).toEqual([]);
  expect(env.of('keep')).toHaveLength(2);
});

test('views that hold the same live members have the same checksum', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(names, names, (some, others) => {
      const one = setUp();
      const two = setUp();
      one.hear(...some.map((name) => one.fact(name)));
      two.hear(...others.map((name) => two.fact(name, { heartbeat: 99, status: 'suspect' })));
      two.hear(two.fact('e', { heartbeat: 1 }), two.fact('e', { status: 'dead' }));
      const same = some.toSorted().join('') === others.toSorted().join('');
      expect(one.node.checksum() === two.node.checksum()).toBe(same);
    }),
  );
});

test.each([
  [{ name: '' }, 'name'],
  [{ name: 'é'.repeat(65) }, 'name'],
  [{ mode: 'pull' as 'push' }, 'mode'],
  [{ fanout: 0 }, 'fanout'],
  [{ gossipIntervalMs: Number.NaN }, 'gossipIntervalMs'],
  [{ cleanupTimeoutMs: 5000 }, 'cleanupTimeoutMs'],
])('configuration %j is refused by name', (given, option) => {
  expect(() => heartbeatConfig({ name: 'a', ...given })).toThrow(new RegExp(`^${option}: `));
});

test.each([
  [2, 'goes on'],
  [0, 'stops'],
])(
  'of two living nodes of one name the one with the greater nodeId gives way: %i %s',
  (id, what) => {
    const { env, hear, node, route } = setUp();
    const rival = (): Fact => {
      const incarnation = node.own.incarnation + 1;
      return { name: 'self', peer: route(id), incarnation, heartbeat: 1, status: 'alive' };
    };
    for (let i = 0; i < 5; i++) hear(rival());
    expect(env.of('stop')).toEqual([]);
    hear(rival());
    const stops = env.of('stop').map(({ reason }) => reason);
    expect(stops).toEqual(what === 'stops' ? ['name-taken'] : []);
  },
);

test('many past lives are no living rival', () => {
  const { env, hear, node, route } = setUp();
  for (const id of [0, 20, 0, 21, 0, 22, 0, 23]) {
    const incarnation = node.own.incarnation + 1;
    hear({ name: 'self', peer: route(id), incarnation, heartbeat: 1, status: 'alive' });
  }
  expect(env.of('stop')).toEqual([]);
});
