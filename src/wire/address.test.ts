import { isIP, SocketAddress } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  familyOf,
  formatAddress,
  ipOf,
  isLoopback,
  parseAddress,
  parseHostPort,
  portOf,
  readAddress,
  writeAddress,
} from './address.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

const port = fc.integer({ min: 1, max: 65535 });
const ipv6 = fc.array(fc.constantFrom('0', '0', '0', '1', 'db8', 'FFFF', '0a0'), {
  minLength: 8,
  maxLength: 8,
});

test.each([
  ['10.0.0.4:7946', '10.0.0.4:7946'],
  ['[2001:db8::1]:7946', '[2001:db8::1]:7946'],
  ['[2001:0DB8:0:0:0:0:0:1]:1', '[2001:db8::1]:1'],
  ['[::]:1', '[::]:1'],
  ['[1:0:0:2:0:0:0:3]:1', '[1:0:0:2::3]:1'],
  ['[1:0:2:3:4:5:6:7]:1', '[1:0:2:3:4:5:6:7]:1'],
  ['[::ffff:1.2.3.4]:80', '1.2.3.4:80'],
  ['[::FFFF:102:304]:80', '1.2.3.4:80'],
  ['[64:ff9b::1.2.3.4]:80', '[64:ff9b::102:304]:80'],
  ['tcp://[::ffff:1.2.3.4]:80', 'tcp://1.2.3.4:80'],
  ['tcp://[::0]:80', 'tcp://[::]:80'],
])('%s is %s', (text, canonical) => {
  expect(parseAddress(text)).toBe(canonical);
});

test.each([
  '',
  'localhost:80',
  '1.2.3.4',
  '1.2.3.4:0',
  '1.2.3.4:65536',
  '1.2.3.4:-1',
  '1.2.3:80',
  '1.2.3.4.5:80',
  '1.2.3.256:80',
  '01.2.3.4:80',
  '::1:80',
  '[::1]',
  '[1.2.3.4]:80',
  '[::1%eth0]:80',
  '[1::2::3]:80',
  '[:1:2:3:4:5:6:7]:80',
  '[1:2:3:4:5:6:7:8::]:80',
  '[1.2.3.4::]:80',
  '[12345::]:80',
  '[::1]:80 ',
  'tcp://tcp://1.2.3.4:80',
  'udp://1.2.3.4:80',
  'tcp://1.2.3.4',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('names, default ports and port 0 are for people, not for the wire', () => {
  expect(parseHostPort('localhost', 7946)).toEqual({ host: 'localhost', port: 7946 });
  expect(parseHostPort('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  expect(parseHostPort('[::1]', 80)).toEqual({ host: '::1', port: 80 });
  expect(parseHostPort('localhost')).toBeUndefined();
  expect(parseHostPort(':80')).toBeUndefined();
  expect(parseHostPort(' ', 80)).toBeUndefined();
  expect(parseHostPort('a b:80')).toBeUndefined();
  expect(parseHostPort('web.1.example:80')).toEqual({ host: 'web.1.example', port: 80 });
  expect(parseHostPort('4f1c2a9b7d30:80')?.host).toBe('4f1c2a9b7d30'); // As Docker names hosts.
  for (const mistyped of ['256.1.1.1:80', '10.0.0.1234:80', '01.2.3.4:80', '1.2.3:80']) {
    expect(parseHostPort(mistyped)).toBeUndefined();
  }
});

test('IPv6 text agrees with Node.js', () => {
  fc.assert(
    fc.property(ipv6, port, (groups, number) => {
      const address = formatAddress(groups.join(':'), number)!;
      const oracle = new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
      expect(ipOf(address)).toBe(
        formatAddress(oracle, number) && ipOf(formatAddress(oracle, number)!),
      );
      expect(isIP(ipOf(address))).toBe(familyOf(address));
      expect(portOf(address)).toBe(number);
    }),
  );
});

test('canonical text survives parsing and the wire', () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(ip, port, (host, number) => {
      const address = formatAddress(host, number)!;
      expect(parseAddress(address)).toBe(address);
      const to = new ByteWriter();
      writeAddress(to, address);
      expect(to.length).toBe(familyOf(address) === 4 ? 7 : 19);
      const from = new ByteReader(to.view());
      expect(readAddress(from)).toBe(address);
      expect(from.left).toBe(0);
    }),
  );
});

test.each([
  ['family', [5, 1, 2, 3, 4, 0, 80]],
  ['port', [4, 1, 2, 3, 4, 0, 0]],
  ['length', [4, 1, 2, 3, 4, 0]],
])('a bad %s fails the reader', (_name, bytes) => {
  const from = new ByteReader(Uint8Array.from(bytes));
  expect([readAddress(from), from.ok]).toEqual(['', false]);
});

test('a mapped address on the wire is the IPv4 address', () => {
  const mapped = [6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4, 0, 80];
  expect(readAddress(new ByteReader(Uint8Array.from(mapped)))).toBe('1.2.3.4:80');
});

test('loopback', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '10.0.0.1', '::', '::2', 'localhost'].some(isLoopback)).toBe(false);
});
