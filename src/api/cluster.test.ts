import { expect, test } from 'vitest';
import { SimulatedWorld } from '../../test/simulation/platform.ts';
import { HearsayError } from '../core/index.ts';
import type { ClusterEvent } from './events.ts';

const pair = async (world: SimulatedWorld) =>
  world.joined({ a: {}, b: { tags: { role: 'worker' } } });

const names = (all: Iterable<{ readonly name: string }>) => [...all].map(({ name }) => name).sort();

const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error) => (error instanceof HearsayError ? error.code : String(error)),
  );

test('two nodes know each other, their tags and their checksum', async () => {
  const { a, b } = await pair(new SimulatedWorld());
  expect(names(a.members)).toEqual(['a', 'b']);
  expect(a.members.size).toBe(2);
  expect(names(a.members.where({ role: 'worker' }))).toEqual(['b']);
  expect(a.members.get('b')).toMatchObject({ status: 'alive', address: '10.9.0.2:7946' });
  expect(a.members.get('c')).toBeUndefined();
  expect(a.checksum).toBe(b.checksum);
  expect(a.health).toBe(0);
  expect(b.self).toMatchObject({ name: 'b', tags: { role: 'worker' } });
  expect('peer' in b.self).toBe(false);
});

test('round trips and counts are known to whoever asks, also after the end', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  await world.run(5000);
  const member = a.members.get('b');
  expect(member?.rttMs).toBeCloseTo(2, 3); // The links take 1 ms.
  expect(member?.probe).toMatchObject({ path: 'direct', rttLastMs: member?.probe?.tookMs });
  expect(a.self.rttMs).toBeUndefined();
  const { protocol, host } = a.counters();
  expect(protocol.probes.direct.sent).toBeGreaterThanOrEqual(5);
  expect(protocol.probes.direct.answered).toBeGreaterThanOrEqual(5);
  expect(host).toBeUndefined();
  await world.until(b.leave());
  expect(b.counters().protocol.probes.direct.sent).toBeGreaterThanOrEqual(5);
  expect(b.members.get('a')?.rttMs).toBeCloseTo(2, 3);
});

test('a member that leaves is told of, and what it knew stays readable', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const left: string[] = [];
  a.on('member-left', ({ member }) => left.push(member.name));
  await world.until(b.leave());
  await expect(b.closed).resolves.toEqual({ reason: 'left' });
  await world.run(1000);
  expect(left).toEqual(['b']);
  expect(names(a.members)).toEqual(['a']);
  expect(names(a.members.all())).toEqual(['a', 'b']);
  expect(a.members.get('b')?.status).toBe('left');
  expect(b.members.get('a')?.status).toBe('alive');
  expect(b.phase).toBe('stopped');
  expect(() => b.setTags({})).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  expect(() => b.evict('a')).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  expect(() => b.events()).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  await b.leave(); // Once more does no harm.
});

test('joining after leaving is a new life, with the tags of the old one', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  b.setTags({ role: 'boss' });
  const before = b.self.nodeId;
  const rejoined: ClusterEvent[] = [];
  a.on('member-rejoined', (event) => rejoined.push(event));
  await world.until(b.leave());
  await world.run(1000);
  await world.until(b.join());
  await world.run(1000);
  expect(b.self.nodeId).not.toBe(before);
  expect(rejoined).toMatchObject([{ why: 'restarted', before: { nodeId: before } }]);
  expect(names(a.members.where({ role: 'boss' }))).toEqual(['b']);
  expect(b.phase).toBe('running');
});

test('the first node, which has no seeds, comes back to those it knew', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  await world.until(a.leave());
  await world.until(a.join());
  await world.run(1000);
  expect(names(b.members)).toEqual(['a', 'b']);
});

test('a listener may leave, throw and reject', async () => {
  const world = new SimulatedWorld();
  const errors: string[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (text: string) => errors.push(text) };
  const a = world.cluster('a', { logger });
  await world.until(a.join());
  const heard: string[] = [];
  a.on('member-joined', () => {
    throw new Error('first');
  });
  a.on('member-joined', async () => Promise.reject(new Error('second')));
  a.on('member-joined', async ({ member }) => {
    heard.push(member.name);
    await a.leave();
    heard.push('left');
  });
  const b = world.cluster('b', { seeds: ['10.9.0.1:7946'] });
  await world.until(b.join());
  await expect(world.until(a.closed)).resolves.toEqual({ reason: 'left' });
  await world.run(100);
  expect(heard).toEqual(['b', 'left']);
  expect(errors.join()).toMatch(/member-joined threw: Error: first[^]*Error: second/);
});

test('once is once, off is off', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  await world.until(a.join());
  const heard: string[] = [];
  const never = (): void => {
    heard.push('never');
  };
  a.once('member-joined', ({ member }) => heard.push(`once ${member.name}`));
  a.on('member-joined', never).off('member-joined', never);
  for (const name of ['b', 'c']) {
    await world.until(world.cluster(name, { seeds: ['10.9.0.1:7946'] }).join());
  }
  await world.run(1000);
  expect(heard).toEqual(['once b']);
});

test('a suspicion names accusers, a failure too, and a restart is a new life', async () => {
  const world = new SimulatedWorld();
  const { a } = await pair(world);
  const c = world.cluster('c', { seeds: ['10.9.0.1:7946'] });
  await world.until(c.join());
  await world.run(2000);
  const events: ClusterEvent[] = [];
  for (const type of ['member-suspected', 'member-failed', 'isolated'] as const) {
    a.on(type, (event) => events.push(event));
  }
  world.sim.host('c, life 3').stop();
  await world.run(15_000);
  const accusers = ['a', 'b'];
  const suspected = events.filter((event) => event.type === 'member-suspected');
  expect(suspected.length).toBeGreaterThan(0);
  for (const event of suspected) {
    expect(event.member.name).toBe('c');
    expect(accusers).toContain(event.accuser);
    if (event.path !== undefined) expect(event.accuser).toBe('a');
  }
  const both = suspected.filter(({ again }) => again).map(({ accuser }) => accuser);
  expect(both).not.toContain(suspected[0]?.accuser);
  expect(events.at(-1)).toMatchObject({ type: 'member-failed', member: { name: 'c' } });
});

test('an eviction stops the evicted, and says so', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const evicted: string[] = [];
  a.on('member-evicted', ({ member }) => evicted.push(member.name));
  expect(a.evict('nobody')).toBe(false);
  expect(a.evict('b')).toBe(true);
  await expect(world.until(b.closed)).resolves.toEqual({ reason: 'evicted' });
  expect(evicted).toEqual(['b']);
  expect(a.members.get('b')?.status).toBe('evicted');
});

test('events are read in order; a slow reader is told what it missed', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  await world.until(a.join());
  const all = a.events();
  const few = a.events({ bufferMax: 2 });
  for (const name of ['b', 'c', 'd']) {
    await world.until(world.cluster(name, { seeds: ['10.9.0.1:7946'] }).join());
  }
  await world.run(1000);
  await world.until(a.leave());
  const types = async (stream: typeof all) => {
    const read: string[] = [];
    for await (const event of stream) read.push(event.type);
    return read;
  };
  const joined = ['member-joined', 'member-joined', 'member-joined'];
  const told = await types(all);
  expect(told.filter((type) => type === 'member-joined')).toEqual(joined);
  expect(told.at(-1)).toBe('closed');
  const missed = await types(few);
  expect(missed[0]).toBe('overflow');
  expect(missed).toHaveLength(3);
  expect(missed.at(-1)).toBe('closed');
});

test('a reader that stops ends its stream', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  await world.until(a.join());
  const stream = a.events();
  await stream.return();
  await expect(stream.next()).resolves.toEqual({ done: true, value: undefined });
});

test('no seed in time: the error says what each seed did', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a', { seeds: ['10.8.0.1:7946', 'nowhere:7946'] });
  const joining = a.join();
  expect(await code(world.until(joining))).toBe('JOIN_TIMEOUT');
  await expect(joining).rejects.toThrow(
    /10\.8\.0\.1:7946 does not answer.*nowhere:7946 has no add/,
  );
  expect(a.phase).toBe('stopped');
  expect(world.sim.hosts.some(({ isUp }) => isUp)).toBe(false);
});

test('a seed whose name nobody knows yet, or that moves, is asked where it is then', async () => {
  const world = new SimulatedWorld();
  const first = world.cluster('first');
  await world.until(first.join());
  const a = world.cluster('a', { seeds: ['later:7946'], retry: true });
  const joining = a.join();
  await world.run(20_000);
  expect(a.phase).toBe('joining'); // Without a seed it would found a cluster of its own.
  world.names.set('later:7946', '10.8.0.1:7946'); // Nobody lives there.
  await world.run(20_000);
  expect(a.phase).toBe('joining');
  world.names.set('later:7946', '10.9.0.1:7946');
  await world.until(joining);
  expect(names(a.members)).toEqual(['a', 'first']);
});

test('a taken name, another cluster, an abort, a leave: each has its code', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const seeds = ['10.9.0.1:7946'];
  const twin = world.cluster('b', { seeds });
  const conflicts: string[] = [];
  a.on('name-conflict', ({ name }) => conflicts.push(name));
  expect(await code(world.until(twin.join()))).toBe('NAME_TAKEN');
  expect(conflicts).toEqual(['b']);
  expect(b.phase).toBe('running');

  const controller = new AbortController();
  const aborted = world.cluster('c', { seeds: ['10.8.0.1:7946'], retry: true });
  const joining = aborted.join({ signal: controller.signal });
  await world.run(30_000);
  controller.abort(new Error('enough'));
  expect(await code(joining)).toBe('ABORTED');
  await expect(joining).rejects.toMatchObject({ cause: new Error('enough') });
  expect(await code(aborted.join({ signal: AbortSignal.abort() }))).toBe('ABORTED');

  const hasty = world.cluster('d', { seeds: ['10.8.0.1:7946'] });
  const hurried = hasty.join();
  await world.run(100);
  await hasty.leave();
  expect(await code(hurried)).toBe('ABORTED');
  expect(hasty.phase).toBe('stopped');
});

test('sockets that do not open fail the joining; the next one may succeed', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  world.obstacle = new HearsayError('PORT_IN_USE', 'taken');
  expect(await code(a.join())).toBe('PORT_IN_USE');
  expect(() => a.self).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  await world.until(a.join());
  expect(a.phase).toBe('running');
});

test('more seeds join two clusters into one', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const c = world.cluster('c');
  await world.until(c.join());
  await world.until(c.join({ seeds: ['10.9.0.2:7946'] }));
  await world.run(2000);
  for (const one of [a, b, c]) expect(names(one.members)).toEqual(['a', 'b', 'c']);
  const lost = c.join({ seeds: ['10.8.0.1:7946'], timeoutMs: 2000 });
  expect(await code(world.until(lost))).toBe('JOIN_TIMEOUT');
  expect(await code(c.join({ seeds: ['nowhere:7946'] }))).toBe('JOIN_TIMEOUT');
  expect(c.phase).toBe('running');
});

test('more seeds help a node that is still joining', async () => {
  const world = new SimulatedWorld();
  await pair(world);
  const c = world.cluster('c', { seeds: ['10.8.0.1:7946'], retry: true });
  const joining = c.join();
  await world.run(20_000);
  await world.until(c.join({ seeds: ['10.9.0.2:7946'] }));
  await joining;
  await world.run(1000);
  expect(names(c.members)).toEqual(['a', 'b', 'c']);
});

test('tags that are too large are refused and change nothing', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const tags = { big: 'x'.repeat(2 ** 20) };
  expect(() => b.setTags(tags)).toThrow(expect.objectContaining({ code: 'TAGS_TOO_LARGE' }));
  expect(() => world.cluster('c', { tags })).toThrow(
    expect.objectContaining({ code: 'TAGS_TOO_LARGE' }),
  );
  const updates: ClusterEvent[] = [];
  a.on('member-updated', (event) => updates.push(event));
  b.setTags({ role: 'boss' });
  await world.run(1000);
  expect(updates).toMatchObject([{ changed: ['tags'], before: { tags: { role: 'worker' } } }]);
  expect(a.members.get('b')?.tags).toEqual({ role: 'boss' });
});

test('using it asynchronously disposes of it', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  await world.until(a.join());
  await world.until(a[Symbol.asyncDispose]());
  expect(a.phase).toBe('stopped');
});
