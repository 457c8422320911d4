import { expect, test } from 'vitest';
import { AGE_MS_MAX } from '../../blocks/membership/index.ts';
import type { Status } from '../../core/index.ts';
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

function types(world: OneNode): string[] {
  return world.events.map(({ type }) => type);
}

// What the application hears.

test('a new name that lives has joined', () => {
  const world = calm('b');
  world.gossip('b', world.news('z', 'alive', { tags: { role: 'cache' } }));
  expect(world.events).toEqual([
    {
      type: 'member-joined',
      member: {
        name: 'z',
        address: world.address('z'),
        nodeId: world.fact('z').nodeId,
        peer: world.route('z'),
        status: 'alive',
        tags: { role: 'cache' },
        streams: 'yes',
        start: world.fact('z').start,
        counter: 0,
      },
    },
  ]);
  world.gossip('b', world.news('z', 'alive', { tags: { role: 'cache' } }));
  expect(world.events).toHaveLength(1);
});

test('a new name that is suspected has joined, and is suspected', () => {
  const world = calm('b');
  world.gossip('b', world.suspicion('z', ['b']));
  expect(types(world)).toEqual(['member-joined', 'member-suspected']);
});

test.each(['dead', 'left', 'evicted'] as const)(
  'a new name that is %s is no event, but remembered: older news of it is not believed',
  (status) => {
    const world = calm('b');
    world.gossip('b', world.news('z', status));
    expect(world.status('z')).toBe(status);
    world.gossip('b', world.news('z', 'alive'));
    expect(world.status('z')).toBe(status);
    expect(world.events).toEqual([]);
  },
);

test.each<[Status, string[]]>([
  ['alive', []],
  ['suspect', ['member-suspected']],
  ['dead', ['member-failed']],
  ['left', ['member-left']],
  ['evicted', ['member-evicted']],
])('a member that lives becomes %s', (status, expected) => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', status));
  expect(types(world)).toEqual(expected);
  expect(world.status('c')).toBe(status);
});

test.each(['dead', 'left', 'evicted'] as const)(
  'a new life of a name that is %s has rejoined',
  (status) => {
    const world = calm('b', 'c');
    world.gossip('b', world.news('c', status));
    world.forgetEffects();
    const peer = world.book.peer(world.address('c'), '00000000000000cc');
    const start = world.fact('c').start + 1;
    world.gossip('b', world.news('c', 'alive', { peer, start }));
    expect(world.events).toMatchObject([
      { type: 'member-rejoined', member: { start, peer }, before: { status } },
    ]);
  },
);

test('a new life of a name that lives has rejoined', () => {
  const world = calm('b', 'c');
  const peer = world.book.peer('10.0.7.7:7946', '00000000000000cc');
  world.gossip('b', world.news('c', 'alive', { peer, start: world.fact('c').start + 1 }));
  expect(types(world)).toEqual(['member-rejoined']);
  world.run(0);
  expect([world.keeps(world.route('c')), world.keeps(peer)]).toEqual([0, 1]);
});

test('the dead who lives after all has rejoined in the same life', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'dead'));
  world.gossip('b', world.news('c', 'alive', { counter: 1 }));
  expect(world.events.at(-1)).toMatchObject({
    type: 'member-rejoined',
    before: { status: 'dead' },
    member: { status: 'alive', counter: 1 },
  });
});

test('new tags, another address or other streams are an update', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'alive', { counter: 1, tags: { a: 'b' } }));
  world.gossip('b', world.news('c', 'alive', { counter: 2, tags: { a: 'b' }, streams: 'no' }));
  const { nodeId } = world.fact('c');
  const peer = world.book.peer('10.0.7.7:7946', nodeId);
  world.gossip(
    'b',
    world.news('c', 'alive', { counter: 3, tags: { a: 'b' }, streams: 'no', peer }),
  );
  world.gossip(
    'b',
    world.news('c', 'alive', { counter: 4, tags: { a: 'b' }, streams: 'no', peer }),
  );
  expect(types(world)).toEqual(['member-updated', 'member-updated', 'member-updated']);
  expect(world.events[2]).toMatchObject({ before: { address: world.address('c') } });
  expect([world.keeps(world.route('c')), world.keeps(peer)]).toEqual([0, 1]);
});

test('the dead who then leaves, or is evicted, is told of', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'dead'));
  world.gossip('b', world.news('c', 'left'));
  world.gossip('b', world.news('c', 'evicted'));
  world.gossip('b', world.news('c', 'evicted', { counter: 9 }));
  expect(types(world)).toEqual(['member-failed', 'member-left', 'member-evicted']);
});

test('when the last other one is gone, this node is isolated', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'left'));
  expect(types(world)).toEqual(['member-left']);
  world.gossip('b', world.news('b', 'dead'));
  expect(types(world)).toEqual(['member-left', 'member-failed', 'isolated']);
});

// Certificates.

test.each(['dead', 'left', 'evicted'] as const)(
  'a certificate of the %s is kept for a day, then name and route are forgotten',
  (status) => {
    const world = calm('b', 'c');
    world.gossip('b', world.news('c', status));
    world.run(86_400_000 - 1000);
    expect(world.status('c')).toBe(status);
    world.run(61_000 + 1000); // The sweep comes each minute.
    expect(world.status('c')).toBe(undefined);
    expect(world.keeps(world.route('c'))).toBe(0);
  },
);

test('what was known before it was forgotten is news again', () => {
  const world = calm('b');
  const news = world.news('c');
  world.gossip('b', news);
  world.gossip('b', world.news('c', 'dead'));
  world.gossip('b', news);
  expect(world.status('c')).toBe('dead');
  world.run(86_400_000 + 61_000);
  world.gossip('b', news);
  expect(world.status('c')).toBe('alive');
});

test('who was not kept is kept when it is told again', () => {
  const world = calm('b');
  world.env.keeps = false;
  const news = world.news('c');
  world.gossip('b', news);
  expect(world.status('c')).toBe(undefined);
  world.env.keeps = true;
  world.gossip('b', news);
  expect(world.status('c')).toBe('alive');
});

test('a day counts from the death, not from when it was heard of', () => {
  const world = calm('b');
  world.gossip('b', { ...world.news('y', 'dead'), ageMs: 86_400_000 - 3_600_000 });
  world.gossip('b', { ...world.news('z', 'dead'), ageMs: 86_400_001 });
  expect([world.status('y'), world.status('z')]).toEqual(['dead', undefined]);
  world.run(3_600_000 + 61_000);
  expect(world.status('y')).toBe(undefined);
});

test('the older one heard of later goes first', () => {
  const world = calm('b');
  world.gossip('b', world.news('y', 'dead'));
  world.gossip('b', { ...world.news('z', 'dead'), ageMs: 80_000_000 });
  world.run(6_400_000 + 61_000);
  expect([world.status('y'), world.status('z')]).toEqual(['dead', undefined]);
});

test('too many: those heard of first go', () => {
  const world = new OneNode({ ...CALM, certificatesMax: 10 }).among('b');
  for (let i = 0; i < 30; i++) world.gossip('b', world.news(`z${i}`, 'left'));
  world.run(61_000);
  const left = [...world.node.members()].filter(({ status }) => status === 'left');
  expect(left.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, i) => `z${20 + i}`));
});

test('who lives again has no certificate that could expire', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'dead'));
  world.gossip('b', world.news('c', 'alive', { counter: 1 }));
  world.run(2 * 86_400_000);
  expect(world.status('c')).not.toBe(undefined);
});

// Routes.

test('a route is held for each member, whatever its news, and once', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.suspicion('c', ['b']));
  world.gossip('b', world.news('c', 'alive', { counter: 1 }));
  world.gossip('b', world.news('c', 'dead', { counter: 1 }));
  expect(world.keeps(world.route('c'))).toBe(1);
});

test('a full book: whom it cannot hold it has not heard of', () => {
  const world = calm('b', 'c');
  world.env.keeps = false;
  const peer = world.book.peer('10.0.7.7:7946', world.fact('c').nodeId);
  world.gossip('b', world.news('z'), world.news('c', 'alive', { counter: 1, peer }));
  expect(world.status('z')).toBe(undefined);
  expect(world.node.member('c')).toMatchObject({ counter: 0, peer: world.route('c') });
  world.gossip('b', world.news('c', 'alive', { counter: 1, tags: { a: 'b' } }));
  expect(world.node.member('c')).toMatchObject({ counter: 1 }); // Its route is held already.
  expect(types(world)).toEqual(['member-updated']);
});

// Evicted for good.

test('evicted: told to the others and to the evicted one at once', () => {
  const world = calm('b', 'c');
  expect(world.command((node, env) => node.evict(env, 'c'))).toBe(true);
  expect(types(world)).toEqual(['member-evicted']);
  expect(world.of('gossip', 'c')[0]?.message.news).toMatchObject([{ status: 'evicted' }]);
  world.run(300);
  expect(world.of('gossip', 'b')[0]?.message.news).toMatchObject([{ status: 'evicted' }]);
});

test('nobody by that name, or this node itself, is not evicted', () => {
  const world = calm('b');
  expect(world.command((node, env) => node.evict(env, 'nobody'))).toBe(false);
  expect(world.command((node, env) => node.evict(env, 'self'))).toBe(false);
  expect(world.events).toEqual([]);
});

test('the same nodeId with a raised start is evicted again; a new life may return', () => {
  const world = calm('b', 'c');
  world.command((node, env) => node.evict(env, 'c'));
  world.run(5000);
  world.forgetEffects();
  const start = world.fact('c').start + 5;
  world.gossip('b', world.news('c', 'alive', { start, born: world.fact('c').born }));
  expect(world.node.member('c')).toMatchObject({ status: 'evicted', start });
  expect(world.events).toEqual([]);
  world.run(1000);
  expect(world.told('c')[0]).toMatchObject({ status: 'evicted', fact: { start } });
  const peer = world.book.peer(world.address('c'), '00000000000000cc');
  world.gossip('b', world.news('c', 'alive', { start: start + 1, peer }));
  expect(world.status('c')).toBe('alive');
  expect(types(world)).toEqual(['member-rejoined']);
});

// What the checksum says.

test('views of the same live members agree, whatever else they know', () => {
  const [one, two] = [calm('b', 'c'), calm('b', 'c')];
  expect(one.node.checksum()).toBe(two.node.checksum());
  one.gossip('b', one.suspicion('c', ['b']), one.news('z', 'dead'));
  expect(one.node.checksum()).toBe(two.node.checksum());
  one.gossip('b', one.news('c', 'dead'));
  expect(one.node.checksum()).not.toBe(two.node.checksum());
});

test('it tells whom it knows, itself included', () => {
  const world = calm('b', 'c');
  world.gossip('b', world.news('c', 'left'));
  const members = [...world.node.members()].map(({ name, status }) => `${name} ${status}`);
  expect(members.toSorted()).toEqual(['b alive', 'c left', 'self alive']);
  expect([...world.node.all()].map(({ name }) => name).toSorted()).toEqual(['b', 'c', 'self']);
  expect(world.node.live).toBe(2);
  expect(world.node.self).toMatchObject({ name: 'self', status: 'alive' });
  expect(world.node.member('nobody')).toBe(undefined);
});

// Words about facts that are not the teller's.

test.each<Status>(['suspect', 'dead', 'evicted'])(
  'who calls a member %s at its present counter cannot move it elsewhere',
  (status) => {
    const world = calm('b', 'c');
    const elsewhere = world.book.peer('10.9.9.9:1', world.fact('c').nodeId);
    world.gossip('b', world.news('c', status, { peer: elsewhere, tags: { role: 'king' } }));
    const { address, tags } = world.node.member('c')!;
    expect([world.status('c'), address, tags]).toEqual([status, world.address('c'), {}]);
  },
);

test('an exchange that tells of the death of another life starts no rival', () => {
  const world = calm('b', 'c');
  const { start } = world.fact('c');
  const other = { peer: world.book.peer('10.9.9.9:1', 'ffffffffffffffff'), start: start + 1 };
  const news = [world.news('c', 'dead', other)];
  world.hear('b', { type: 'page', news, last: true, want: false });
  expect(world.status('c')).toBe('dead');
});

test('an age that has grown to its limit grows no more', () => {
  const world = calm('b');
  world.gossip('b', world.news('c', 'alive', { counter: 1 }));
  world.gossip('b', { ...world.news('c', 'dead', { counter: 1 }), ageMs: AGE_MS_MAX });
  world.run(5000);
  world.forgetEffects();
  world.hear('b', { type: 'sync', checksum: 0 });
  expect(world.told('c')).toMatchObject([{ status: 'dead', ageMs: AGE_MS_MAX }]);
});
