import { expect, test } from 'vitest';
import { ENVELOPE_BYTES, STREAM_BYTES_MAX } from '../../core/index.ts';
import type { News } from '../../blocks/membership/index.ts';
import { OneNode } from '../../../test/one-node.ts';
import { hearsayCodec, newsBytes } from './codec.ts';
import { PAGE_ROOM } from './exchange.ts';
import { paginate } from './pages.ts';

/** No probes and no reconnecting between. */
const CALM = { probeIntervalMs: 1_000_000, reconnectIntervalMs: 86_400_000 } as const;

function names(news: readonly News[]): string[] {
  return news.map((one) => one.fact.name).toSorted();
}

test('each interval a random live member is asked whether views agree, first sooner', () => {
  const world = new OneNode(CALM).among('b', 'c', 'd', 'x');
  world.gossip('b', world.news('x', 'dead'));
  world.run(40 * 30_000);
  const asked = world.of('sync');
  expect(asked[0]!.atMs).toBeLessThan(30_000);
  for (let i = 1; i < asked.length; i++) {
    expect(asked[i]!.atMs - asked[i - 1]!.atMs).toBeCloseTo(30_000, 3);
  }
  expect(new Set(asked.map(({ to }) => to))).toEqual(
    new Set(['b', 'c', 'd'].map((name) => world.route(name))),
  );
  expect(asked.at(-1)?.message.checksum).toBe(world.node.checksum());
  expect(asked.every(({ token }) => token === 0)).toBe(true);
});

test('a suspect is hardly ever asked, unless there are but suspects', () => {
  const world = new OneNode({ ...CALM, exchangeIntervalMs: 100 }).among('b', 'c', 'd', 'x');
  world.gossip('b', world.suspicion('x', ['b']));
  world.run(20_000);
  const toSuspect = world.of('sync', 'x').length;
  expect(world.of('sync').length).toBeGreaterThan(190);
  expect(toSuspect).toBeLessThan(10); // Of 200 every 64th; of every fourth it would be 50.
  world.gossip('b', ...['b', 'c', 'd'].map((name) => world.suspicion(name, ['x'])));
  world.run(20_000);
  expect(world.of('sync', 'x').length - toSuspect).toBeGreaterThan(20);
});

test('nobody lives: nobody is asked', () => {
  const world = new OneNode(CALM).start();
  world.run(300_000);
  expect(world.sent).toEqual([]);
});

test('views that agree: nothing need be said', () => {
  const world = new OneNode(CALM).among('b', 'c');
  world.hear('b', { type: 'sync', checksum: world.node.checksum() });
  expect(world.sent).toEqual([]);
});

test('views that differ: it tells everything by stream, and asks for what it lacks', () => {
  const world = new OneNode(CALM).among('b', 'c');
  world.gossip('b', world.news('d', 'dead'), world.suspicion('c', ['b']));
  world.forgetEffects();
  world.hear('b', { type: 'sync', checksum: 1 });
  const pages = world.of('page', 'b');
  expect(pages).toHaveLength(1);
  expect(pages[0]!.token).toBeGreaterThan(0);
  expect(pages[0]!.message).toMatchObject({ last: true, want: true });
  expect(names(pages[0]!.message.news)).toEqual(['b', 'c', 'd', 'self']);
});

test('asked for what the other lacks, it tells just that', () => {
  const world = new OneNode(CALM).among('b', 'c', 'd', 'e');
  world.gossip('b', world.suspicion('d', ['b']), world.news('f', 'left'));
  world.forgetEffects();
  const theirs = [
    world.news('b'),
    world.news('c', 'alive', { counter: 3 }), // Newer than here.
    world.news('d'), // Older.
    { ...world.newsOfSelf('alive') },
  ];
  world.hear('b', { type: 'page', news: theirs.slice(0, 2), last: false, want: false });
  expect(world.of('page')).toEqual([]);
  world.hear('b', { type: 'page', news: theirs.slice(2), last: true, want: true });
  const [page] = world.of('page', 'b');
  expect(names(page!.message.news)).toEqual(['d', 'e', 'f']);
  expect(page!.message).toMatchObject({ last: true, want: false });
  expect(world.node.member('c')?.counter).toBe(3);
});

test('where the other lacks nothing it still hears that this is all', () => {
  const world = new OneNode(CALM).among('b');
  const news = [world.news('b'), world.newsOfSelf('alive')];
  world.hear('b', { type: 'page', news, last: true, want: true });
  expect(world.of('page', 'b').map(({ message }) => message)).toEqual([
    { type: 'page', news: [], last: true, want: false },
  ]);
});

test('what is learned in an exchange between members is told on', () => {
  const world = new OneNode(CALM).among('b', 'c');
  world.hear('b', { type: 'page', news: [world.news('z')], last: true, want: false });
  expect(world.eventsOf('member-joined')).toMatchObject([{ member: { name: 'z' } }]);
  world.run(1000);
  expect(world.told('z').length).toBeGreaterThan(0);
});

test('certificates travel with their age', () => {
  const world = new OneNode(CALM).among('b', 'c');
  world.gossip('b', { ...world.news('c', 'dead'), ageMs: 5000 });
  world.run(60_000);
  world.forgetEffects();
  world.hear('b', { type: 'sync', checksum: 1 });
  const dead = world.of('page')[0]!.message.news.find(({ fact }) => fact.name === 'c');
  expect(dead).toMatchObject({ status: 'dead', ageMs: 65_000 });
});

test('a large view travels in pages that each fit one stream message', () => {
  const world = new OneNode(CALM).among('b');
  const tags = { long: 't'.repeat(400) };
  const many = Array.from({ length: 400 }, (_, i) => `m${i}`);
  for (const name of many) world.gossip('b', world.news(name, 'alive', { tags }));
  world.forgetEffects();
  world.hear('b', { type: 'sync', checksum: 1 });
  const pages = world.of('page', 'b').map(({ message }) => message);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.map(({ last }) => last)).toEqual(pages.map((_, i) => i === pages.length - 1));
  expect(pages.map(({ want }) => want)).toEqual(pages.map(({ last }) => last));
  expect(names(pages.flatMap(({ news }) => news))).toEqual([...many, 'b', 'self'].toSorted());
});

test('pages are as full as they can be', () => {
  const world = new OneNode();
  const codec = hearsayCodec(world.shared);
  const list = Array.from({ length: 3000 }, (_, i) => world.news(`m${i}`));
  const pages = paginate(list, newsBytes, PAGE_ROOM);
  expect(pages.flat()).toEqual(list);
  pages.forEach((news, i) => {
    const bytes = codec.sizeOf({ type: 'page', news, last: false, want: false }) + ENVELOPE_BYTES;
    expect(bytes).toBeLessThanOrEqual(STREAM_BYTES_MAX);
    if (i < pages.length - 1) expect(bytes).toBeGreaterThan(STREAM_BYTES_MAX - 100);
  });
  expect(paginate([], newsBytes, PAGE_ROOM)).toEqual([[]]);
});

test('who begins to tell and never ends is forgotten: the next page begins anew', () => {
  const world = new OneNode(CALM).among('b');
  const tell = (name: string, last: boolean): void =>
    world.hear(name, { type: 'page', news: [world.news('b')], last, want: last });
  for (let i = 0; i < 65; i++) tell(`m${i}`, false);
  world.forgetEffects();
  tell('m0', true); // Forgotten: but this page holds b as well.
  expect(names(world.of('page', 'm0')[0]!.message.news)).toEqual(['self']);
  world.hear('m64', { type: 'page', news: [], last: true, want: true }); // Remembered.
  expect(names(world.of('page', 'm64')[0]!.message.news)).toEqual(['self']);
  world.hear('m1', { type: 'page', news: [], last: true, want: true }); // Forgotten.
  expect(names(world.of('page', 'm1')[0]!.message.news)).toEqual(['b', 'self']);
});
