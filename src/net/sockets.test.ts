import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { portOf } from '../wire/index.ts';
import { closeSockets, isPassing, openSockets } from './sockets.ts';

const ip = '127.0.0.1';

test('one port for both', async () => {
  const sockets = await openSockets([{ ip, port: 0 }]);
  const port = portOf(sockets.places[0]!);
  expect(sockets.udp[0]?.address().port).toBe(port);
  expect(sockets.tcp[0]?.address()).toMatchObject({ port });
  await expect(openSockets([{ ip, port }])).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  await closeSockets(sockets);
});

test('a port that is taken for one of them is in use', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const taken = openSockets([{ ip, port: udp.address().port }]);
  await expect(taken).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  udp.close();
  const tcp = createServer().listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };
  await expect(openSockets([{ ip, port }])).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  tcp.close();
});

test.each([
  [{ bind: { ip: '192.0.2.1', port: 0 }, insecure: true }, 'ADDRESS_UNAVAILABLE'],
  [{ bind: { ip: '0.0.0.0', port: 0 } }, 'NOT_LOOPBACK'],
  [{ bind: { ip: 'localhost', port: 0 } }, 'BAD_OPTION'],
  [{ bind: { ip: '127.0.0.1', port: 65536 } }, 'BAD_OPTION'],
  [{ cluster: '' }, 'BAD_OPTION'],
  [{ advertise: { ip: 'example.net' } }, 'BAD_OPTION'],
])('%j: %s', async (options, code) => {
  await expect(EchoHost.open(options)).rejects.toMatchObject({ code });
});

test('what the design refuses frees the sockets', async () => {
  const sockets = await openSockets([{ ip, port: 0 }]);
  const port = portOf(sockets.places[0]!);
  await closeSockets(sockets);
  const bind = { ip: '127.0.0.1', port };
  const config = (): never => {
    throw new RangeError('planted');
  };
  await expect(EchoHost.open({ bind, config })).rejects.toThrow(RangeError);
  const next = await EchoHost.open({ bind });
  await next.host.stop();
});

test('under a wildcard a node advertises an address others can reach, at a cost', async () => {
  const places: number[] = [];
  const options = { insecure: true, bind: { ip: '0.0.0.0', port: 0 } };
  const a = await EchoHost.open({
    ...options,
    config: (place) => void places.push(place.packetBytesMax),
  });
  const b = await EchoHost.open();
  expect(a.address).not.toMatch(/^0\.0\.0\.0/);
  expect(places).toEqual([1341]);
  a.ask(b, 'x');
  expect((await b.heard('x', 'ask')).address).toBe(a.address);
  await Promise.all([a.host.stop(), b.host.stop()]);
});

test('want of descriptors does not end a node, a socket that is no more does', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  expect(isPassing(error('EMFILE'))).toBe(true);
  expect(isPassing(error('ECONNRESET'))).toBe(true);
  expect(isPassing(error('EBADF'))).toBe(false);
  expect(isPassing(new Error('planted'))).toBe(false);
});
