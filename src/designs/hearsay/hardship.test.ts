/** What searches over random faults have found, each as small as it gets: one node alone. */
import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';
import { encodeStart } from './saved.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

test('whoever was forgotten with his certificate is believed when he is heard of again', () => {
  const world = new OneNode({ certificateMs: 60_000 }).among('b', 'c');
  world.lively.delete('c');
  const alive = world.news('c', 'alive', { counter: 1 });
  world.gossip('b', alive, world.news('c', 'dead', { counter: 1 }));
  world.run(200_000);
  expect(world.status('c')).toBe(undefined);
  world.gossip('b', alive); // The same news: once it was taken for heard.
  expect(world.status('c')).toBe('alive');
});

test.each(['suspect', 'dead'] as const)(
  'deaths that a %s member tells of are but his suspicions',
  (status) => {
    const world = new OneNode().among('b', 'c', 'd');
    world.gossip('c', { ...world.news('b', status), accusers: [{ by: 'c', met: 'silence' }] });
    world.gossip('b', world.news('d', 'dead'));
    expect(world.status('d')).toBe('suspect');
    expect(world.eventsOf('member-suspected').at(-1)).toMatchObject({
      member: { name: 'd' },
      accusers: [{ by: 'b', met: 'silence' }],
    });
    world.gossip('c', world.news('d', 'dead')); // So says one in good standing.
    expect(world.status('d')).toBe('dead');
  },
);

test('a newcomer that is asked by a member asks it to be admitted, once', () => {
  const world = new OneNode({ seeds: ['10.9.0.1:7946'] }).start();
  world.forgetEffects();
  world.hear('b', { type: 'sync', checksum: 1 });
  world.hear('b', { type: 'sync', checksum: 1 });
  expect(world.of('join').map(({ to }) => to)).toEqual([world.anyoneAt('b')]);
  for (let i = 0; i < 200; i++) world.hear(`m${i}`, { type: 'sync', checksum: 1 });
  expect(world.of('join').length).toBeLessThanOrEqual(64); // And no more, whoever asks.
});

test('cut off from all for longer than certificates live: as good as absent', () => {
  const names = Array.from({ length: 40 }, (_, i) => `m${i}`);
  const world = new OneNode({ certificateMs: 60_000 }).among(...names);
  world.mute();
  world.run(59_000);
  expect(world.eventsOf('slept')).toEqual([]);
  world.run(12_000);
  expect(world.eventsOf('slept')).toHaveLength(1);
  expect([...world.node.members()]).toEqual([]);
});

test('alone for ever is no absence', () => {
  const world = new OneNode({ certificateMs: 60_000 }).start();
  world.run(600_000);
  expect(world.events.map(({ type }) => type)).toEqual(['joined']);
});

// Clocks.

test('who claims to begin a year from now is told the time', () => {
  const world = new OneNode().among('b');
  const start = Math.floor(world.env.wallMs) + YEAR_MS;
  const news = [world.news('c', 'alive', { start })];
  world.hear('c', { type: 'page', news, last: true, want: true });
  expect(world.of('admit', 'c')).toMatchObject([
    { message: { verdict: 'welcome', wallMs: Math.floor(world.env.wallMs) } },
  ]);
  world.forgetEffects();
  world.hear('b', { type: 'page', news, last: true, want: true }); // Hearsay: b's clock is right.
  expect(world.of('admit')).toEqual([]);
});

test('a first member whose clock is a year ahead begins again when it is told so', () => {
  const world = new OneNode().start();
  const wallMs = Math.floor(world.env.wallMs) - YEAR_MS;
  world.gossip('b', world.news('b', 'alive', { start: wallMs - 1000 }));
  const admit = { type: 'admit', verdict: 'welcome', streams: 'unknown', wallMs } as const;
  world.hear('b', { ...admit, start: wallMs - 5 });
  expect(world.node.fact).toMatchObject({ start: wallMs, born: wallMs });
  world.run(300);
  expect(world.told('self').at(-1)?.fact.start).toBe(wallMs);
});

test('not where it has let others in, who believe in its times', () => {
  const world = new OneNode().start();
  const { start } = world.node.fact;
  world.lively.add('b');
  world.hear('b', { type: 'join', fact: world.fact('b') });
  world.run(1000);
  expect(world.of('admit', 'b')).toHaveLength(1);
  const wallMs = start - YEAR_MS;
  const admit = { type: 'admit', verdict: 'welcome', streams: 'unknown' } as const;
  world.hear('x', { ...admit, start: 0, wallMs });
  expect(world.node.fact.start).toBe(start);
});

test('a newcomer that lets another in does not know the time', () => {
  const world = new OneNode({ seeds: ['10.9.0.1:7946'] }).start();
  world.lively.add('b');
  world.hear('b', { type: 'join', fact: world.fact('b') });
  world.run(900);
  expect(world.of('admit', 'b')).toMatchObject([{ message: { wallMs: 0 } }]);
  world.hear('b', { type: 'admit', verdict: 'welcome', streams: 'yes', start: 0, wallMs: 0 });
  expect(world.node.fact.start).toBe(1_700_000_000_000);
});

test('a start saved while the clock was a year ahead keeps nobody out', () => {
  const start = 1_700_000_000_000 + YEAR_MS;
  const saved = [encodeStart(start)];
  const world = new OneNode({ seeds: ['10.0.1.1:7946'] }, { saved });
  world.route('s1');
  world.start();
  const wallMs = Math.floor(world.env.wallMs);
  const admit = { type: 'admit', verdict: 'welcome', streams: 'yes' } as const;
  world.hear('s1', { ...admit, start: 0, wallMs });
  expect(world.node.fact.start).toBe(wallMs);
});

test('a first member whose clock is a year behind believes the time that a member tells', () => {
  const world = new OneNode().start();
  const wallMs = Math.floor(world.env.wallMs) + YEAR_MS;
  const admit = { type: 'admit', verdict: 'welcome', streams: 'unknown', wallMs } as const;
  world.hear('b', { ...admit, start: wallMs - 5 });
  expect(world.node.fact.start).toBe(wallMs - 4); // Above its own past.
  world.gossip('b', world.news('b', 'alive', { start: wallMs - 1000 }));
  expect(world.status('b')).toBe('alive');
});

test('a member that others believe answers a time long past by its own', () => {
  const world = new OneNode().start();
  world.lively.add('b');
  world.hear('b', { type: 'join', fact: world.fact('b') });
  world.run(1000);
  world.gossip('b', world.news('c'));
  world.forgetEffects();
  const wallMs = Math.floor(world.env.wallMs) - YEAR_MS;
  const admit = { type: 'admit', verdict: 'welcome', streams: 'unknown', start: 0 } as const;
  world.hear('c', { ...admit, wallMs });
  expect(world.of('admit', 'c')).toMatchObject([
    { message: { wallMs: Math.floor(world.env.wallMs), start: world.fact('c').start } },
  ]);
  world.forgetEffects();
  world.hear('c', { ...admit, wallMs: wallMs + 2 * YEAR_MS }); // Nor does it give way.
  expect(world.of('admit')).toEqual([]);
});
