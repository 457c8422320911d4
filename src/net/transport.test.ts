/** Nodes without UDP: their packets ride streams. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { ANYONE } from '../core/index.ts';
import { portOf } from '../wire/index.ts';
import { drawSecret } from './secret.ts';

const WAYS = ['packet', 'control', 'bulk'] as const;
const open: EchoHost[] = [];

async function host(options: Parameters<typeof EchoHost.open>[0] = {}): Promise<EchoHost> {
  const made = await EchoHost.open(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.host.stop()));
});

test('a node without UDP says so in its address, and opens none', async () => {
  const a = await host({ transport: 'tcp' });
  expect(a.address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  const udp = createSocket('udp4').bind(portOf(a.address), '127.0.0.1');
  await once(udp, 'listening');
  udp.close();
});

test.each([
  ['tcp', 'tcp', undefined],
  ['tcp', 'udp', undefined],
  ['udp', 'tcp', undefined],
  ['tcp', 'tcp', drawSecret()],
  ['udp', 'tcp', drawSecret()],
] as const)('%s asks %s', async (here, there, secret) => {
  const keys = secret === undefined ? {} : { secret };
  const a = await host({ transport: here, ...keys });
  const b = await host({ transport: there, ...keys });
  for (const way of WAYS) {
    a.say(b.address, ANYONE, { type: 'ask', way, text: way });
    expect(await a.heard(way)).toMatchObject({ address: b.address, nodeId: b.host.nodeId });
    b.ask(a, `back by ${way}`, way);
    await b.heard(`back by ${way}`);
  }
  expect([a.host.counters.packetBytesOut, b.host.counters.packetBytesOut]).toEqual([0, 0]);
  expect(a.host.counters.packetsStreamed).toBe(2);
  expect(b.host.counters.dials).toBe(0); // What a has opened serves both.
});

test('packets that find no room are dropped; nobody hears of it, and streams go on', async () => {
  const [a, b] = [await host({ transport: 'tcp' }), await host()];
  const text = 'x'.repeat(1300);
  for (let i = 0; i < 200; i++) {
    a.say(b.address, b.host.nodeId, { type: 'push', way: 'packet', text });
  }
  expect(a.host.counters.packetsDropped).toBeGreaterThan(100);
  a.ask(b, 'after', 'control');
  await a.heard('after');
  expect(a.told.filter(({ type }) => type === 'unreachable')).toEqual([]);
});

test('a packet to another life is told gone, to nobody is told nothing', async () => {
  const [a, b] = [await host({ transport: 'tcp' }), await host()];
  const before = b.host.nodeId;
  b.host.restart();
  a.say(b.address, before, { type: 'ask', way: 'packet', text: 'x' });
  expect((await a.failed(0)).why).toBe('gone');
  await b.host.stop();
  a.say(b.address, before, { type: 'ask', way: 'packet', text: 'x' });
  a.say(b.address, before, { type: 'ask', way: 'control', text: 'x' }, 1);
  expect((await a.failed(1)).why).toBe('refused');
  expect(a.told.filter(({ type }) => type === 'unreachable')).toHaveLength(2);
});

test('of more than 64 members without UDP the idlest stream gives way', async () => {
  const hub = await host();
  const others = await Promise.all(
    Array.from({ length: 70 }, async () => host({ transport: 'tcp' })),
  );
  for (const other of others) {
    other.ask(hub, 'x');
    await other.heard('x');
  }
  expect(hub.host.streamCount).toBeLessThanOrEqual(64);
  hub.ask(others[0]!, 'again');
  await hub.heard('again');
});
