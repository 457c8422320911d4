import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { joinCluster, type Cluster, type JoinClusterOptions } from './index.ts';

const bind = '127.0.0.1:0';
const open: Cluster[] = [];

async function join(options: JoinClusterOptions): Promise<Cluster> {
  const cluster = await joinCluster({ bind, ...options });
  open.push(cluster);
  return cluster;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (cluster) => cluster.leave()));
});

const names = (all: Iterable<{ readonly name: string }>) => [...all].map(({ name }) => name).sort();

/** Resolves when the node knows these live members. */
async function untilKnown(cluster: Cluster, wanted: readonly string[]): Promise<void> {
  const events = cluster.events();
  while (names(cluster.members).join() !== [...wanted].sort().join()) await events.next();
  await events.return();
}

test('three nodes come to know each other', async () => {
  const a = await join({ name: 'a' });
  const seeds = [a.self.address];
  const b = await join({ name: 'b', seeds, tags: { role: 'worker' } });
  const c = await join({ name: 'c', seeds: [b.self.address] });
  for (const one of [a, b, c]) await untilKnown(one, ['a', 'b', 'c']);
  expect(names(a.members.where({ role: 'worker' }))).toEqual(['b']);
  expect(new Set([a, b, c].map(({ checksum }) => checksum)).size).toBe(1);
});

test('leaving tells the others; joining again is a new life at the same place', async () => {
  const a = await join({ name: 'a' });
  const b = await join({ name: 'b', seeds: [a.self.address] });
  await untilKnown(a, ['a', 'b']);
  const { address, nodeId } = b.self;
  const events = a.events();
  await b.leave();
  await expect(b.closed).resolves.toEqual({ reason: 'left' });
  await untilKnown(a, ['a']);
  expect(a.members.get('b')?.status).toBe('left');
  expect(names(b.members)).toContain('a');
  expect(() => b.setTags({})).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  await b.join();
  await untilKnown(a, ['a', 'b']);
  expect(b.self.address).toBe(address);
  expect(b.self.nodeId).not.toBe(nodeId);
  const told: string[] = [];
  for await (const event of events) {
    told.push(event.type);
    if (event.type === 'member-rejoined') break;
  }
  expect(told).toContain('member-left');
});

test('leaving at once after joining is fine', async () => {
  const a = await join({ name: 'a' });
  await a.leave();
  expect(a.self.status).toBeDefined();
  expect(names(a.members.all())).toContain('a');
});

test('a host name is resolved before it is used', async () => {
  const a = await join({ name: 'a' });
  const port = a.self.address.split(':')[1];
  const b = await join({ name: 'b', seeds: [`localhost:${port}`] });
  await untilKnown(b, ['a', 'b']);
  expect(b.members.get('a')?.address).toBe(a.self.address);
});

test('a name that lives already is taken', async () => {
  const a = await join({ name: 'a' });
  const seeds = [a.self.address];
  const b = await join({ name: 'b', seeds });
  await untilKnown(a, ['a', 'b']);
  await expect(join({ name: 'b', seeds })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  await expect(join({ name: 'a', seeds: [b.self.address] })).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  });
  expect(b.phase).toBe('running');
});

test('another cluster lets nobody in', async () => {
  const a = await join({ name: 'a', cluster: 'red' });
  const joining = join({ name: 'b', cluster: 'blue', seeds: [a.self.address] });
  await expect(joining).rejects.toMatchObject({ code: 'WRONG_CLUSTER' });
  expect(names(a.members)).toEqual(['a']);
});

test('nobody there: told after the time given', async () => {
  const quiet = createSocket('udp4').bind(0, '127.0.0.1');
  await once(quiet, 'listening');
  const seeds = [`127.0.0.1:${quiet.address().port}`];
  const joining = join({ name: 'a', seeds, joinTimeoutMs: 300 });
  await expect(joining).rejects.toMatchObject({ code: 'JOIN_TIMEOUT' });
  quiet.close();
});

test('an unresolvable seed is named', async () => {
  const joining = join({ name: 'a', seeds: ['no-such-host.invalid'], joinTimeoutMs: 300 });
  await expect(joining).rejects.toThrow(/no-such-host\.invalid cannot be resolved/);
});

test('a signal gives up', async () => {
  const controller = new AbortController();
  const joining = join({
    name: 'a',
    seeds: ['127.0.0.1:1'],
    retry: true,
    signal: controller.signal,
  });
  controller.abort();
  await expect(joining).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a port in use is said, for TCP and for UDP, and leaves nothing open', async () => {
  const tcp = createServer().listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };
  const place = `127.0.0.1:${port}`;
  await expect(join({ name: 'a', bind: place })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  await new Promise((resolve) => tcp.close(resolve));
  const a = await join({ name: 'a', bind: place });
  await expect(join({ name: 'b', bind: place })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  expect(a.self.address).toBe(place);
});

test('options that make no sense are named', async () => {
  const refuses = async (options: object, code: string, text: RegExp) => {
    const joining = join(options as JoinClusterOptions);
    await expect(joining).rejects.toMatchObject({ code });
    await expect(joining).rejects.toThrow(text);
  };
  await refuses({}, 'BAD_OPTION', /^name: /);
  await refuses({ name: '' }, 'BAD_OPTION', /^name: /);
  await refuses({ name: 'a', nmae: 'b' }, 'BAD_OPTION', /nmae/);
  await refuses({ name: 'a', bind: 'localhost:1' }, 'BAD_OPTION', /^bind: .*localhost:1/);
  await refuses({ name: 'a', bind: '127.0.0.1:99999' }, 'BAD_OPTION', /^bind: /);
  await refuses({ name: 'a', seeds: ['x:y:z'] }, 'BAD_OPTION', /^seeds\.0: .*x:y:z/);
  await refuses({ name: 'a', preset: 'moon' }, 'BAD_OPTION', /^preset: /);
  await refuses({ name: 'a', tuning: { helpers: 'many' } }, 'BAD_OPTION', /^tuning\.helpers: /);
  await refuses({ name: 'a', tuning: { helper: 3 } }, 'BAD_OPTION', /tuning: .*helper/);
  await refuses({ name: 'a', tuning: { helpers: -1 } }, 'BAD_OPTION', /^helpers: /);
  await refuses({ name: 'a', tags: { load: 1 } }, 'BAD_OPTION', /^tags\.load: /);
  await refuses({ name: 'a', tags: { x: 'y'.repeat(2 ** 20) } }, 'TAGS_TOO_LARGE', /^tags: /);
  await refuses({ name: 'a', bind: '0.0.0.0:0' }, 'NOT_LOOPBACK', /^bind: .*insecure/);
  await refuses({ name: 'a', bind: '192.0.2.1:0', insecure: true }, 'ADDRESS_UNAVAILABLE', /192/);
  await refuses({ name: 'a', logger: {} }, 'BAD_OPTION', /^logger: /);
});

test('what happens is logged, by pino or console alike', async () => {
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(text);
  };
  const logger = { debug: note, info: note, warn: note, error: note };
  const a = await join({ name: 'a', logger });
  const b = await join({ name: 'b', seeds: [a.self.address] });
  await untilKnown(a, ['a', 'b']);
  const life = b.self.nodeId.slice(0, 8);
  await b.leave();
  await untilKnown(a, ['a']);
  expect(lines).toEqual([
    'joined, 1 members',
    `b (life ${life}) has joined at ${b.self.address}`,
    `b (life ${life}) has left`,
    'no other member is known to live',
  ]);
});
