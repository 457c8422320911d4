import { expect, test } from 'vitest';
import { START_MAX } from '../../blocks/membership/index.ts';
import type { Peer } from '../../core/index.ts';
import { OneNode, timersSet, type OneNodeOptions } from '../../../test/one-node.ts';
import type { HearsayConfig } from './config.ts';
import { encodeNeighbour, encodeStart, loadSaved } from './saved.ts';

const YEAR_MS = 365 * 86_400_000;

/** The seeds of a newcomer: the addresses of the puppets s1 and s2. */
const SEEDS = ['10.0.1.1:7946', '10.0.1.2:7946'];

/** A newcomer that has asked both of its seeds. */
function newcomer(config: Partial<HearsayConfig> = {}, options: OneNodeOptions = {}): OneNode {
  const world = new OneNode({ seeds: SEEDS, ...config }, options);
  expect(['s1', 's2'].map((name) => world.address(name))).toEqual(SEEDS);
  return world.start();
}

function admit(world: OneNode, by = 's1', start = 0, streams: 'yes' | 'no' = 'yes'): void {
  const wallMs = Math.floor(world.env.wallMs);
  world.hear(by, { type: 'admit', verdict: 'welcome', start, streams, wallMs });
}

/** The last page of a view: the server itself and these. */
function lastPage(world: OneNode, by = 's1', ...names: string[]): void {
  const news = [by, ...names].map((name) => world.news(name));
  world.hear(by, { type: 'page', news, last: true, want: false });
}

function silent(world: OneNode): boolean {
  return world.sent.every(({ message }) => message.type === 'join');
}

test('without seeds it is the cluster at once, its life saved before', () => {
  const world = new OneNode().start();
  expect(world.node.fact).toMatchObject({ start: 1_700_000_000_000, born: 1_700_000_000_000 });
  expect(world.effects[0]).toMatchObject({ type: 'save', durable: true });
  expect(loadSaved(world.saved).start).toBe(1_700_000_000_000);
  expect(world.events).toEqual([{ type: 'joined', members: 1 }]);
  world.run(60_000);
  expect(world.sent).toEqual([]);
});

test('its own address is no seed', () => {
  const world = new OneNode({ seeds: ['10.0.0.1:7946'] }).start();
  expect(world.events).toMatchObject([{ type: 'joined' }]);
});

test('with seeds that are nowhere yet it founds nothing, and asks them once they are', () => {
  const world = new OneNode({ awaitsSeeds: true }).start();
  world.run(60_000);
  expect(world.sent).toEqual([]);
  expect(world.events).toEqual([]);
  world.command((node, env) => node.reseed(env, SEEDS));
  expect(world.of('join').map(({ to }) => to)).toEqual([
    world.anyoneAt('s1'),
    world.anyoneAt('s2'),
  ]);
});

test('and if that turns out to be itself, it is the cluster', () => {
  const world = new OneNode({ awaitsSeeds: true }).start();
  world.command((node, env) => node.reseed(env, ['10.0.0.1:7946']));
  expect(world.events).toMatchObject([{ type: 'joined', members: 1 }]);
});

test('meanwhile it asks those that its log remembers, for as long as it takes', () => {
  const saved = SEEDS.map(encodeNeighbour);
  const world = new OneNode({ awaitsSeeds: true }, { saved }).start();
  world.run(60_000);
  expect(world.of('join').length).toBeGreaterThan(10);
  admit(world);
  lastPage(world);
  expect(world.events.at(-1)).toMatchObject({ type: 'joined', members: 2 });
});

test('a newcomer asks at once where its seeds are now, unless one lets it in already', () => {
  const world = newcomer();
  const third = world.address('s3');
  world.command((node, env) => node.reseed(env, [SEEDS[0]!, third]));
  expect(world.of('join').map(({ to }) => to)).toEqual([
    world.anyoneAt('s1'),
    world.anyoneAt('s2'),
    world.anyoneAt('s3'),
  ]);
  admit(world, 's1');
  world.command((node, env) => node.reseed(env, [SEEDS[1]!]));
  expect(world.of('join')).toHaveLength(3);
  lastPage(world, 's1');
  expect(world.events.at(-1)).toMatchObject({ type: 'joined', members: 2 });
});

test('all seeds are asked at once, by stream, whoever lives there; nobody else hears of it', () => {
  const world = newcomer();
  expect(world.of('join').map(({ to }) => to)).toEqual([
    world.anyoneAt('s1'),
    world.anyoneAt('s2'),
  ]);
  const tokens = world.of('join').map(({ token }) => token);
  expect(new Set(tokens).size).toBe(2);
  expect(Math.min(...tokens)).toBeGreaterThan(0);
  world.run(900);
  expect(silent(world)).toBe(true);
  expect([...world.node.members()]).toEqual([]);
  expect(world.saved).toEqual([]);
});

test('it asks again after 1, 2, 4, 8 and then 10 s, each up to a quarter more', () => {
  const world = newcomer();
  world.run(60_000);
  const times = world.of('join').map(({ atMs }) => atMs);
  const rounds = times.filter((_, i) => i % 2 === 0);
  [1000, 2000, 4000, 8000, 10_000, 10_000].forEach((waitMs, i) => {
    const waited = rounds[i + 1]! - rounds[i]!;
    expect(waited).toBeGreaterThanOrEqual(waitMs);
    expect(waited).toBeLessThanOrEqual(waitMs * 1.25);
  });
});

test('admitted and told everything, it announces itself: saved first, then to the server', () => {
  const world = newcomer();
  admit(world);
  expect(silent(world)).toBe(true);
  lastPage(world, 's1', 'b', 'c');
  expect(world.eventsOf('joined')).toEqual([{ type: 'joined', members: 4 }]);
  expect(world.node.fact.streams).toBe('yes');
  const saved = world.effects.findIndex((one) => one.type === 'save' && one.durable);
  const told = world.effects.findIndex(
    (one) => one.type === 'sendReliably' && one.message.type === 'page',
  );
  expect(saved).toBeGreaterThanOrEqual(0);
  expect(told).toBeGreaterThan(saved);
  expect(world.of('page', 's1').map(({ message }) => message)).toMatchObject([
    { news: [{ fact: { name: 'self' }, status: 'alive' }], last: true, want: false },
  ]);
  expect(loadSaved(world.saved).addresses).toEqual(
    ['s1', 'b', 'c'].map((name) => world.address(name)),
  );
});

test('what it learned so it does not tell on, itself it does', () => {
  const world = newcomer();
  admit(world);
  lastPage(world, 's1', 'b', 'c');
  world.forgetEffects();
  for (const name of ['s1', 'b', 'c']) world.lively.add(name);
  world.run(3000);
  expect(world.told('self').length).toBeGreaterThan(0);
  expect([...world.told('b'), ...world.told('c'), ...world.told('s1')]).toEqual([]);
});

test('it waits for the last page, of the seed that admitted it', () => {
  const world = newcomer();
  admit(world, 's1');
  world.hear('s1', { type: 'page', news: [world.news('b')], last: false, want: false });
  lastPage(world, 's2');
  expect(world.eventsOf('joined')).toEqual([]);
  lastPage(world, 's1');
  expect(world.eventsOf('joined')).toHaveLength(1);
  lastPage(world, 's1');
  expect(world.eventsOf('joined')).toHaveLength(1);
});

test('pages before any admission complete nothing', () => {
  const world = newcomer();
  lastPage(world, 's1');
  expect(world.eventsOf('joined')).toEqual([]);
});

test('a seed that admits and then says no more: the next round begins anew', () => {
  const world = newcomer();
  admit(world, 's1');
  world.run(1300);
  expect(world.of('join').length).toBe(4);
  admit(world, 's2');
  lastPage(world, 's2');
  expect(world.eventsOf('joined')).toHaveLength(1);
  world.forgetEffects();
  world.run(30_000);
  expect(world.of('join')).toEqual([]);
});

// When its life begins.

test('its start is after the one saved, and after the one heard of', () => {
  const saved = [encodeStart(1_700_040_000_000)];
  const world = newcomer({}, { saved });
  expect(world.node.fact).toMatchObject({ start: 1_700_040_000_001, counter: 0 });
  admit(world, 's1', 1_700_080_000_000);
  lastPage(world);
  expect(world.node.fact).toMatchObject({
    start: 1_700_080_000_001,
    born: 1_700_080_000_001,
  });
  expect(loadSaved(world.saved).start).toBe(1_700_080_000_001);
});

test('a start heard of that lies more than a day ahead admits nobody', () => {
  const world = newcomer();
  admit(world, 's1', START_MAX);
  lastPage(world);
  expect(world.eventsOf('joined')).toEqual([]);
  expect(world.eventsOf('start-refused')).toMatchObject([{ name: 'self', start: START_MAX }]);
  expect(world.node.fact.start).toBe(1_700_000_000_000);
});

test('a clock a year behind: the newcomer believes its server’s', () => {
  const world = newcomer();
  const yearOnMs = 1_700_000_000_000 + 365 * 86_400_000;
  world.hear('s1', {
    type: 'admit',
    verdict: 'welcome',
    start: 0,
    streams: 'yes',
    wallMs: yearOnMs,
  });
  const b = world.news('b', 'alive', { start: yearOnMs, born: yearOnMs });
  world.hear('s1', { type: 'page', news: [world.news('s1'), b], last: true, want: false });
  expect(world.status('b')).toBe('alive');
  expect(world.node.fact.start).toBe(1_700_000_000_000);
  expect(world.eventsOf('start-refused')).toEqual([]);
});

test('a clock a year ahead: the life begins by the server’s', () => {
  const world = newcomer();
  const yearAgoMs = 1_700_000_000_000 - 365 * 86_400_000;
  world.hear('s1', {
    type: 'admit',
    verdict: 'welcome',
    start: 0,
    streams: 'yes',
    wallMs: yearAgoMs,
  });
  lastPage(world);
  expect(world.node.fact).toMatchObject({ start: yearAgoMs, born: yearAgoMs });
});

test('led into the future, told so by as many as it knows to live, it begins again', () => {
  const world = newcomer();
  const trueMs = Math.floor(world.env.wallMs);
  const falseMs = trueMs + YEAR_MS;
  world.hear('s1', {
    type: 'admit',
    verdict: 'welcome',
    start: falseMs,
    streams: 'yes',
    wallMs: falseMs,
  });
  lastPage(world, 's1', 'x');
  expect(world.node.fact.start).toBeGreaterThan(falseMs);
  expect(world.node.live).toBe(3);
  for (const by of ['y', 'z', 'z']) admit(world, by);
  expect(world.node.live).toBe(3); // Two of them are fewer than it knows.
  world.forgetEffects();
  admit(world, 's2', trueMs + 5);
  expect(world.events).toContainEqual({ type: 'slept', forMs: 0, forgotten: 2 });
  lastPage(world, 's2');
  expect(world.node.fact.start).toBe(trueMs + 6);
  expect(world.node.member('x')).toBeUndefined();
});

test('told that it lives in the future by whom its own clock belies, it stays', () => {
  const world = new OneNode().among('a');
  const wallMs = Math.floor(world.env.wallMs) - YEAR_MS;
  for (const by of ['x', 'y', 'z']) {
    world.hear(by, { type: 'admit', verdict: 'welcome', start: 0, streams: 'yes', wallMs });
  }
  expect(world.node.live).toBe(2);
  expect(world.events).toEqual([]);
});

test('a start heard of that is long past changes nothing', () => {
  const world = newcomer();
  admit(world, 's1', 1_500_000_000_000);
  lastPage(world);
  expect(world.node.fact).toMatchObject({ start: 1_700_000_000_000, born: 1_700_000_000_000 });
});

test('another seed that knows of a later life makes it raise its start, its birth stays', () => {
  const world = newcomer();
  admit(world, 's1');
  lastPage(world);
  admit(world, 's2', 1_700_080_000_000);
  expect(world.node.fact).toMatchObject({ start: 1_700_080_000_001, born: 1_700_000_000_000 });
  world.run(300);
  expect(world.told('self').at(-1)?.fact.start).toBe(1_700_080_000_001);
});

test('what dialling it back met is its first word on streams', () => {
  for (const streams of ['yes', 'no'] as const) {
    const world = newcomer();
    admit(world, 's1', 0, streams);
    lastPage(world);
    expect(world.told('self')[0]?.fact.streams).toBe(streams);
  }
});

// What goes wrong.

test('its name taken: it says so and stops', () => {
  const world = newcomer();
  world.hear('s1', { type: 'admit', verdict: 'name-taken', start: 0, streams: 'yes', wallMs: 0 });
  expect(world.events).toEqual([
    { type: 'name-conflict', name: 'self', yields: true },
    { type: 'join-failed', code: 'NAME_TAKEN', seed: SEEDS[0], final: true },
  ]);
  expect(world.stopped).toBe('name-taken');
});

test('once it is a member that is no news', () => {
  const world = newcomer();
  admit(world);
  lastPage(world);
  world.forgetEffects();
  world.hear('s2', { type: 'admit', verdict: 'name-taken', start: 0, streams: 'yes', wallMs: 0 });
  expect(world.stopped).toBe(undefined);
  expect(world.events).toEqual([]);
});

test.each(['refused', 'lost', 'gone'] as const)('a seed is %s: is it there at all?', (why) => {
  const world = newcomer();
  const [join] = world.of('join');
  world.fail(world.anyoneAt('s1'), join!.token, why);
  expect(world.events).toEqual([
    { type: 'join-failed', code: 'UNREACHABLE', seed: SEEDS[0], final: false },
  ]);
  const [ping] = world.of('ping');
  expect(ping?.to).toBe(world.anyoneAt('s1'));
  world.hear('s1', { type: 'ack', seq: ping!.message.seq, news: [] });
  expect(world.eventsOf('join-failed').at(-1)).toMatchObject({ code: 'STREAM_BLOCKED' });
  world.hear('s1', { type: 'ack', seq: ping!.message.seq, news: [] });
  expect(world.eventsOf('join-failed')).toHaveLength(2);
});

test('where this machine’s own trouble is the cause, the seed is not pinged', () => {
  const world = newcomer();
  const [join] = world.of('join');
  world.fail(world.anyoneAt('s1'), join!.token, 'local');
  expect(world.eventsOf('join-failed')).toMatchObject([{ code: 'UNREACHABLE', final: false }]);
  expect(world.of('ping')).toEqual([]);
});

// What it knew before.

test('where others lived when it last ran is asked too, three times, then it is alone', () => {
  const saved = ['10.0.1.1:7946', '10.0.1.2:7946'].map(encodeNeighbour);
  const world = new OneNode({}, { saved });
  world.route('s1');
  world.start();
  world.run(6900);
  expect(world.of('join').map(({ to }) => world.book.addressOf(to))).toEqual([
    ...SEEDS,
    ...SEEDS,
    ...SEEDS,
  ]);
  expect(world.events).toEqual([]);
  world.run(2000);
  expect(world.events).toEqual([{ type: 'joined', members: 1 }, { type: 'isolated' }]);
});

test('with seeds it goes on asking for ever, neighbours as well', () => {
  const saved = [encodeNeighbour('10.0.1.9:7946')];
  const world = newcomer({}, { saved });
  world.run(120_000);
  expect(world.of('join').length % 3).toBe(0);
  expect(world.of('join').length).toBeGreaterThan(30);
  expect(world.eventsOf('joined')).toEqual([]);
});

// After it.

/** Other exchanges stay away. */
const CALM = { exchangeIntervalMs: 86_400_000, reconnectIntervalMs: 86_400_000 } as const;

test('it asks at random whether views agree after 1, 2 and 4 s', () => {
  const world = newcomer(CALM);
  admit(world);
  lastPage(world, 's1', 'b', 'c');
  world.forgetEffects();
  for (const name of ['s1', 'b', 'c']) world.lively.add(name);
  world.run(10_000);
  expect(world.of('sync').map(({ atMs }) => Math.round(atMs))).toEqual([1000, 2000, 4000]);
  expect(world.of('sync').every(({ message }) => message.checksum === world.node.checksum())).toBe(
    true,
  );
});

// Two newcomers that seed each other.

test('a newcomer admits a newcomer: itself among what it tells, but it has not joined', () => {
  const world = newcomer();
  world.hear('s1', { type: 'join', fact: world.fact('s1') });
  const [probe] = world.of('probe', 's1');
  world.hear('s1', { type: 'ack', seq: probe!.message.seq, news: [] });
  expect(world.of('admit', 's1')).toMatchObject([{ message: { verdict: 'welcome' } }]);
  expect(world.of('page', 's1')).toMatchObject([
    { message: { news: [{ fact: { name: 'self' }, status: 'alive' }], last: true } },
  ]);
  expect(world.eventsOf('joined')).toEqual([]);
});

test('who came in by it is asked too: all seeds may be gone for good', () => {
  const world = newcomer();
  world.hear('late', { type: 'page', news: [world.news('late')], last: true, want: false });
  world.forgetEffects();
  world.run(1500);
  expect(world.of('join').map(({ to }) => to)).toEqual(
    ['s1', 's2', 'late'].map((name) => world.anyoneAt(name)),
  );
});

test('a member that looks for whoever lived here is asked at once, once a round', () => {
  const world = newcomer();
  world.forgetEffects();
  for (let i = 0; i < 3; i++) world.hear('member', { type: 'sync', checksum: 1 });
  expect(world.of('join').map(({ to }) => to)).toEqual([world.anyoneAt('member')]);
  admit(world, 'member');
  lastPage(world, 'member');
  expect(world.eventsOf('joined')).toEqual([{ type: 'joined', members: 2 }]);
});

test('what it told of itself before it joined is outranked by what it then announces', () => {
  const world = newcomer();
  world.hear('s1', { type: 'join', fact: world.fact('s1') });
  const [probe] = world.of('probe', 's1');
  world.hear('s1', { type: 'ack', seq: probe!.message.seq, news: [] });
  const [before] = world.told('self');
  admit(world, 's1', 0, 'yes');
  lastPage(world);
  const after = world.told('self').at(-1);
  expect([before?.fact.streams, after?.fact.streams]).toEqual(['unknown', 'yes']);
  expect(after!.fact.start).toBe(before!.fact.start);
  expect(after!.fact.counter).toBeGreaterThan(before!.fact.counter);
});

test('asked whether views agree it tells nothing of itself before it has joined', () => {
  const world = newcomer();
  world.hear('s1', { type: 'sync', checksum: 77 });
  expect(world.told('self')).toEqual([]);
});

test('pings are answered before it has joined, probes do not announce it', () => {
  const world = newcomer();
  world.hear('s1', { type: 'ping', seq: 4, news: [] });
  world.hear('s1', { type: 'probe', seq: 5, news: [] });
  expect(world.of('ack').map(({ message }) => message)).toEqual([
    { type: 'ack', seq: 4, news: [] },
    { type: 'ack', seq: 5, news: [] },
  ]);
  expect([...world.node.members()]).toEqual([]);
});

// Commands.

test('join names more seeds: a newcomer asks them at once', () => {
  const world = newcomer();
  world.forgetEffects();
  world.command((node, env) => node.join(env, ['10.0.1.3:7946', '10.0.0.1:7946']));
  const asked = world.of('join').map(({ to }) => world.book.addressOf(to));
  expect(asked).toEqual([...SEEDS, '10.0.1.3:7946']);
  world.forgetEffects();
  world.run(1250 + 2500 + 5000);
  expect(timersSet(world, 'Join').length).toBeLessThanOrEqual(4); // One chain, not two.
});

test('join asks a member’s new seeds whether views agree', () => {
  const world = new OneNode().among('b');
  const seed: Peer = world.anyoneAt('z');
  world.command((node, env) => node.join(env, [world.address('z'), '10.0.0.1:7946']));
  expect(world.of('sync').map(({ to }) => to)).toEqual([seed]);
});

test('leave before it has joined: it is gone at once', () => {
  const world = newcomer();
  world.command((node, env) => node.leave(env));
  expect(world.events).toEqual([{ type: 'departed' }]);
  expect(world.stopped).toBe('left');
  expect(silent(world)).toBe(true);
});

test('a tag set before it has joined is told when it joins', () => {
  const world = newcomer();
  world.command((node, env) => node.setTags(env, { a: 'b' }));
  expect(silent(world)).toBe(true);
  admit(world);
  lastPage(world);
  expect(world.told('self')[0]?.fact.tags).toEqual({ a: 'b' });
});
