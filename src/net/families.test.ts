/** IPv4, IPv6 and both. */
import { afterEach, expect, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { hasIpv6 } from '../../test/live/ipv6.ts';
import { need } from '../../test/need.ts';
import { ANYONE } from '../core/index.ts';
import { ipOf, portOf } from '../wire/index.ts';
import { Detours } from './detours.ts';
import { drawSecret } from './secret.ts';

const WAYS = ['packet', 'control', 'bulk'] as const;
const V4 = { ip: '127.0.0.1', port: 0 };
const V6 = { ip: '::1', port: 0 };
const open: EchoHost[] = [];

async function host(options: Parameters<typeof EchoHost.open>[0]): Promise<EchoHost> {
  const made = await EchoHost.open(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.host.stop()));
});

test('IPv6 alone', async (context) => {
  need(context, 'IPv6', hasIpv6);
  const [a, b] = [await host({ bind: V6 }), await host({ bind: V6 })];
  expect(a.address).toMatch(/^\[::1\]:\d+$/);
  for (const way of WAYS) {
    a.ask(b, way, way);
    expect((await a.heard(way)).address).toBe(b.address);
  }
});

test.for([
  ['plain', {}],
  ['encrypted', { secret: drawSecret() }],
] as const)('both families, %s: one port, one advertised address', async ([, keys], context) => {
  need(context, 'IPv6', hasIpv6);
  const dual = await host({ bind: [V4, V6], ...keys });
  const port = portOf(dual.address);
  expect(dual.address).toBe(`127.0.0.1:${port}`);
  for (const bind of [V4, V6]) {
    const other = await host({ bind, ...keys });
    const asked = bind === V4 ? dual.address : `[::1]:${port}`;
    for (const way of WAYS) {
      other.say(asked, ANYONE, { type: 'ask', way, text: way });
      expect(await other.heard(way)).toMatchObject({
        address: dual.address,
        nodeId: dual.host.nodeId,
      });
      dual.ask(other, `back by ${way}`, way);
      await dual.heard(`back by ${way}`);
      // By the advertised address, although it may be of the other family.
      other.ask(dual, `again by ${way}`, way);
      await other.heard(`again by ${way}`);
    }
    expect(other.host.counters.unroutable).toBe(0);
  }
});

test('one family never reaches the other, and says so', async (context) => {
  need(context, 'IPv6', hasIpv6);
  const [a, b] = [await host({ bind: V4 }), await host({ bind: V6 })];
  a.ask(b, 'x');
  expect(a.host.counters).toMatchObject({ unroutable: 1, packetBytesOut: 0 });
});

test('an IPv4-mapped address is the IPv4 address', async () => {
  const a = await host({ bind: { ip: '::ffff:127.0.0.1', port: 0 } });
  expect(ipOf(a.address)).toBe('127.0.0.1');
  const b = await host({ bind: V4 });
  b.ask(a, 'x');
  await b.heard('x');
});

test('two places of one family are refused', async () => {
  const refused = expect.objectContaining({ code: 'BAD_OPTION' });
  for (const bind of [[], [V4, V4], [V4, { ip: '::ffff:127.0.0.1', port: 0 }]]) {
    await expect(EchoHost.open({ bind })).rejects.toEqual(refused);
  }
});

test('detours: the latest way counts, only to where no socket reaches, and not too many', () => {
  const detours = new Detours([6]);
  detours.learn('10.0.0.1:1', '[::1]:1');
  detours.learn('10.0.0.1:1', '[::1]:2');
  detours.learn('10.0.0.2:1', '10.0.0.3:1');
  detours.learn('[::5]:1', '[::6]:1');
  expect(detours.to('10.0.0.1:1')).toBe('[::1]:2');
  expect(detours.to('10.0.0.2:1')).toBeUndefined();
  expect(detours.to('[::5]:1')).toBe('[::5]:1');
  for (let i = 1; i <= 4096; i++) detours.learn(`10.0.1.1:${i}`, '[::1]:3');
  expect(detours.to('10.0.0.1:1')).toBeUndefined();
  expect(detours.to('10.0.1.1:1')).toBe('[::1]:3');
});
