/** Clusters over networks as they are: two families, NAT, names that move, UDP or TCP blocked. */
import { afterEach, expect, test } from 'vitest';
import type { Cluster, JoinClusterOptions } from '../../../src/cluster/index.ts';
import { LiveCluster } from '../../../src/cluster/live-cluster.ts';
import { portOf } from '../../../src/wire/index.ts';
import { need } from '../../need.ts';
import { FakeDns } from '../fake-dns.ts';
import { hasIpv6 } from '../ipv6.ts';
import { Nat } from './nat.ts';

/** Ten times as quick as `local`. */
const tuning = {
  probeIntervalMs: 200,
  probeTimeoutMs: 80,
  gossipIntervalMs: 20,
  exchangeIntervalMs: 300,
  reconnectIntervalMs: 300,
};
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function join(options: JoinClusterOptions, prepare = (_: LiveCluster): void => {}): Live {
  const live = new LiveCluster({ bind: '127.0.0.1:0', tuning, ...options });
  prepare(live);
  await live.cluster.join();
  closing.push(async () => live.cluster.leave());
  return live;
}
type Live = Promise<LiveCluster>;

async function nat(target: string, port = 0): Promise<Nat> {
  const made = await Nat.open(target, '127.0.0.1', port);
  closing.push(async () => made.close());
  return made;
}

async function dns(): Promise<FakeDns> {
  const made = await FakeDns.open();
  closing.push(async () => made.close());
  return made;
}

const names = ({ members }: Cluster) => [...members].map(({ name }) => name).sort();

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** All know each other, as alive, and nobody else at all. */
async function untilAgreed(all: readonly LiveCluster[]): Promise<void> {
  const wanted = all.map(({ cluster }) => cluster.name).sort();
  await until(() =>
    all.every(
      ({ cluster }) =>
        names(cluster).join() === wanted.join() &&
        cluster.members.all().length === wanted.length &&
        [...cluster.members].every(({ status }) => status === 'alive'),
    ),
  );
}

/** False suspicions that a node of its own comes to within a time. */
async function suspicions(all: readonly LiveCluster[], ms: number): Promise<string[]> {
  const told: string[] = [];
  for (const { cluster } of all) {
    cluster.on('member-suspected', ({ member }) => told.push(`${cluster.name} ${member.name}`));
  }
  await new Promise((resolve) => setTimeout(resolve, ms));
  return told;
}

test('IPv4, IPv6 and both: nobody that is not there, nobody suspected', async (context) => {
  need(context, 'IPv6', hasIpv6);
  const dual = await join({ name: 'dual', bind: ['127.0.0.1:0', '[::1]:0'] });
  const port = portOf(dual.cluster.self.address);
  const four = await join({ name: 'four', seeds: [`[::ffff:127.0.0.1]:${port}`] });
  await untilAgreed([dual, four]);
  expect(dual.cluster.members.get('four')?.address).toBe(four.cluster.self.address);
  await four.cluster.leave();
  const six = await join({ name: 'six', bind: '[::1]:0', seeds: [`[::1]:${port}`] });
  await until(() => names(dual.cluster).join() === 'dual,six');
  await until(() => names(six.cluster).join() === 'dual,six');
  expect(six.cluster.members.get('dual')?.address).toBe(`127.0.0.1:${port}`);
  expect(await suspicions([dual, six], 2000)).toEqual([]);
});

test('some without UDP, some with: all know each other, and a dead one is found', async () => {
  const a = await join({ name: 'a' });
  const seeds = [a.cluster.self.address];
  const b = await join({ name: 'b', transport: 'tcp', seeds });
  expect(b.cluster.self.address).toMatch(/^tcp:/);
  const c = await join({ name: 'c', transport: 'tcp', seeds: [b.cluster.self.address] });
  // UDP is blocked around it, and it says so.
  const d = await join({ name: 'd', transport: 'tcp', seeds }, ({ impairments }) =>
    impairments.set({ block: ['udp'] }),
  );
  const all = [a, b, c, d];
  await untilAgreed(all);
  expect(await suspicions(all, 2000)).toEqual([]);
  expect(b.counters.packetBytesOut).toBe(0);
  expect(b.counters.packetsStreamed).toBeGreaterThan(0);
  c.impairments.set({ block: ['udp', 'tcp'] });
  await until(() => [a, b, d].every((one) => one.cluster.members.get('c')?.status === 'dead'));
  c.impairments.set(undefined);
  await untilAgreed(all);
});

test('behind NAT: others use what is advertised, and a running node joins there', async () => {
  const inside = await nat('127.0.0.1:1');
  const a = await join({ name: 'a', advertise: inside.address });
  inside.target = a.places[0] ?? '';
  expect(a.cluster.self.address).toBe(inside.address);
  // What it advertises travels in its packets, so a proxy may rewrite their source.
  const b = await join({ name: 'b', advertise: '127.0.0.1', seeds: [inside.address] });
  await untilAgreed([a, b]);
  expect(await suspicions([a, b], 1000)).toEqual([]);
  // A third, known elsewhere by another address than the one it advertises.
  const c = await join({ name: 'c' });
  const other = await nat(c.cluster.self.address);
  await b.cluster.join({ seeds: [other.address] });
  expect(names(b.cluster)).toContain('c');
  await untilAgreed([a, b, c]);
  await b.cluster.join({ seeds: [other.address] }); // Known by now: at once.
});

test('a seed whose name moves is found, and a name server that fails hurts nobody', async () => {
  const server = await dns();
  server.records.set('seed.internal A', ['127.0.0.1']);
  const a = await join({ name: 'a' });
  const port = portOf(a.cluster.self.address);
  const b = await join({
    name: 'b',
    dns: [server.server],
    seeds: [`seed.internal:${port}`],
    resolveIntervalMs: 100,
  });
  await untilAgreed([a, b]);
  server.isOff = true;
  await a.cluster.leave();
  const c = await join({ name: 'c', bind: `127.0.0.2:${port}` });
  await until(() => names(b.cluster).join() === 'b');
  server.records.set('seed.internal A', ['127.0.0.2']);
  server.isOff = false;
  await until(() => names(b.cluster).join() === 'b,c' && names(c.cluster).join() === 'b,c');
});

test('a seed whose name moves while one joins, or leads nowhere at first, is found', async () => {
  const server = await dns();
  const a = await join({ name: 'a', bind: '127.0.0.2:0' });
  const port = portOf(a.cluster.self.address);
  const seeds = [`seed.internal:${port}`];
  const joining = join({ name: 'b', dns: [server.server], seeds, retry: true });
  await until(() => server.questions > 0);
  server.records.set('seed.internal A', ['127.0.0.1']); // Nobody lives there.
  const asked = server.questions;
  await until(() => server.questions > asked);
  server.records.set('seed.internal A', ['127.0.0.2']);
  await untilAgreed([a, await joining]);
});

test('a name that is never resolved is told', async () => {
  const server = await dns();
  const seeds = ['nowhere.internal', 'srv:_no._tcp.internal'];
  const joining = join({ name: 'a', dns: [server.server], seeds, joinTimeoutMs: 300 });
  await expect(joining).rejects.toMatchObject({ code: 'JOIN_TIMEOUT' });
  await expect(joining).rejects.toThrow(
    /nowhere\.internal cannot be resolved \(ENOTFOUND\), srv:_no\._tcp\.internal cannot be/,
  );
});

test('a member whose advertised name moves is the same member elsewhere', async () => {
  const server = await dns();
  server.records.set('edge.internal A', ['127.0.0.1']);
  const a = await join({
    name: 'a',
    bind: '0.0.0.0:0',
    insecure: true,
    advertise: 'edge.internal',
    dns: [server.server],
    resolveIntervalMs: 100,
  });
  const { address, nodeId } = a.cluster.self;
  const port = portOf(address);
  expect(address).toBe(`127.0.0.1:${port}`);
  const b = await join({ name: 'b', bind: '0.0.0.0:0', insecure: true, seeds: [address] });
  await untilAgreed([a, b]);
  server.records.set('edge.internal A', ['127.0.0.3']);
  await until(() => b.cluster.members.get('a')?.address === `127.0.0.3:${port}`);
  expect(b.cluster.members.get('a')?.nodeId).toBe(nodeId);
  expect(a.cluster.self.address).toBe(`127.0.0.3:${port}`);
  expect(await suspicions([a, b], 1000)).toEqual([]);
  await untilAgreed([a, b]);
});

test('a name that cannot be advertised is said', async () => {
  const server = await dns();
  const joining = join({ name: 'a', advertise: 'nowhere.internal', dns: [server.server] });
  await expect(joining).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' });
});

test('TCP blocked: members go on and say so, newcomers are told what to do', async () => {
  const a = await join({ name: 'a' });
  const seeds = [a.cluster.self.address];
  const b = await join({ name: 'b', seeds });
  const c = await join({ name: 'c', seeds });
  await untilAgreed([a, b, c]);
  const told: string[] = [];
  a.cluster.on('streams-blocked', ({ blocked, direction }) => told.push(`${blocked},${direction}`));
  a.impairments.set({ block: ['tcp'], mode: 'reject' });
  // Only a difference makes streams necessary.
  await until(() => {
    b.cluster.setTags({ at: String(performance.now()) });
    a.cluster.setTags({ at: String(performance.now()) });
    return told.includes('true,out');
  });
  const joining = join({ name: 'd', seeds });
  await expect(joining).rejects.toMatchObject({ code: 'STREAM_BLOCKED' });
  await expect(joining).rejects.toThrow(/open the TCP port/);
  expect(names(a.cluster)).toEqual(['a', 'b', 'c']);
  // Only a dial of its own shows it, so nobody else's stream may serve.
  a.impairments.set({ block: ['tcp'], direction: 'in' });
  await until(() => {
    b.cluster.setTags({ at: String(performance.now()) });
    return told.includes('false,out');
  });
  a.impairments.set(undefined);
  await untilAgreed([a, b, c]);
});

test('a tenth of all packets lost, 20 ms of delay: nobody is declared dead', async () => {
  const bad = { loss: 0.1, delayMs: 20, jitterMs: 20, direction: 'out' } as const;
  const calm = { ...tuning, probeIntervalMs: 500, probeTimeoutMs: 200 };
  const all: LiveCluster[] = [];
  const failed: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const seeds = all.slice(0, 1).map(({ cluster }) => cluster.self.address);
    const live = await join({ name, seeds, tuning: calm }, ({ impairments, cluster }) => {
      impairments.set(bad);
      cluster.on('member-failed', ({ member }) => failed.push(`${name} ${member.name}`));
    });
    all.push(live);
  }
  await untilAgreed(all);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(failed).toEqual([]);
  await untilAgreed(all);
  expect(all.every(({ counters }) => counters.packetsImpaired > 0)).toBe(true);
});
