import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeDns } from '../../test/live/fake-dns.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { watchNames } from './name-watch.ts';
import { names } from './names.ts';
import { parseSeed } from './seed.ts';
import { Seeds } from './seeds.ts';

const folder = temporaryFolder();
let dns: FakeDns;
let isOver = false;

beforeEach(async () => {
  dns = await FakeDns.open();
  isOver = false;
});
afterEach(async () => {
  isOver = true;
  await dns.close();
});

function seeds(families: readonly (4 | 6)[] = [4]): Seeds {
  return new Seeds({ names: names([dns.server]), families });
}

test.each([
  ['10.0.0.4', { type: 'host', host: '10.0.0.4', port: 7946, isStreamed: false }],
  ['[::1]:5', { type: 'host', host: '::1', port: 5, isStreamed: false }],
  ['db.internal:1', { type: 'host', host: 'db.internal', port: 1, isStreamed: false }],
  ['tcp://db.internal', { type: 'host', host: 'db.internal', port: 7946, isStreamed: true }],
  ['srv:_gossip._tcp.example', { type: 'service', name: '_gossip._tcp.example' }],
  ['file:/etc/seeds', { type: 'file', path: '/etc/seeds' }],
  ['file:', undefined],
  ['srv:', undefined],
  ['srv:a b', undefined],
  ['db.internal:0', undefined],
  ['udp://db.internal', undefined],
])('%s', (text, seed) => {
  expect(parseSeed(text)).toEqual(seed);
});

test('a host name is all its addresses, of the families spoken', async () => {
  dns.records.set('db.internal A', ['10.0.0.1', '10.0.0.2']);
  dns.records.set('db.internal AAAA', ['::1']);
  const wanted = ['db.internal:5', 'tcp://db.internal:6'];
  const [four, six, both] = [seeds([4]), seeds([6]), seeds([4, 6])];
  expect((await four.resolve(wanted)).addresses).toEqual([
    '10.0.0.1:5',
    '10.0.0.2:5',
    'tcp://10.0.0.1:6',
    'tcp://10.0.0.2:6',
  ]);
  expect((await six.resolve(['db.internal:5'])).addresses).toEqual(['[::1]:5']);
  expect((await both.resolve(['db.internal:5'])).addresses).toHaveLength(3);
  expect(await six.resolve(['10.0.0.1:5'])).toEqual({
    addresses: [],
    unresolved: [{ seed: '10.0.0.1:5', why: 'has no IPv6 address' }],
  });
});

test('a service is all hosts and ports of its record', async () => {
  dns.records.set('_gossip._tcp.example SRV', ['a.example:5', 'b.example:6', 'gone.example:7']);
  dns.records.set('a.example A', ['10.0.0.1']);
  dns.records.set('b.example A', ['10.0.0.2']);
  expect(await seeds().resolve(['srv:_gossip._tcp.example'])).toEqual({
    addresses: ['10.0.0.1:5', '10.0.0.2:6'],
    unresolved: [],
  });
});

test('a file has a seed on each line, and is read again', async () => {
  const path = join(folder, 'seeds');
  await writeFile(path, '# ours\n10.0.0.1\n\ndb.internal:5 # the old one\nfile:/etc/passwd\n');
  dns.records.set('db.internal A', ['10.0.0.2']);
  const own = seeds();
  const addresses = ['10.0.0.1:7946', '10.0.0.2:5'];
  expect(await own.resolve([`file:${path}`])).toEqual({ addresses, unresolved: [] });
  await writeFile(path, 'nowhere.internal\n10.0.0.9\n');
  expect(await own.resolve([`file:${path}`])).toEqual({
    addresses: ['10.0.0.9:7946'],
    unresolved: [{ seed: `file:${path}`, why: 'nowhere.internal cannot be resolved (ENOTFOUND)' }],
  });
  await writeFile(path, '# none\n');
  expect((await own.resolve([`file:${path}`])).unresolved[0]?.why).toBe('names no seed');
  expect((await own.resolve([`file:${path}.missing`])).unresolved[0]?.why).toMatch(/ENOENT/);
  expect(own.known([`file:${path}`])).toEqual(['10.0.0.9:7946']);
});

test('what changes is found, what fails stays as it was', async () => {
  dns.records.set('db.internal A', ['10.0.0.1']);
  dns.records.set('other.internal A', ['10.0.0.9']);
  const own = seeds();
  const wanted = ['db.internal:5', 'other.internal:5', 'never.internal:5', '10.0.0.7:5'];
  await own.resolve(wanted);
  const found: (readonly string[])[] = [];
  let heard = (): void => {};
  watchNames({
    seeds: own,
    wanted: () => wanted,
    found: (addresses) => {
      found.push(addresses);
      heard();
    },
    intervalMs: 10,
    isOver: () => isOver,
  });
  dns.records.delete('other.internal A');
  dns.records.set('db.internal A', ['10.0.0.2', '10.0.0.3']);
  await new Promise<void>((resolve) => {
    heard = resolve;
  });
  const asked = dns.questions;
  while (dns.questions < asked + 6) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(found).toEqual([['10.0.0.2:5', '10.0.0.3:5', '10.0.0.9:5', '10.0.0.7:5']]);
});
