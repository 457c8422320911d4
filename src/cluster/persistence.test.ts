/** Nodes with a data directory, through ends of all kinds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { FakeDns } from '../../test/live/fake-dns.ts';
import { BUILD_MS_MAX, ensureBuilt, root } from '../../test/built.ts';
import { joinCluster, type Cluster, type JoinClusterOptions } from './index.ts';
import { readLog } from './log-file.ts';

const open: Cluster[] = [];
const children: ChildProcess[] = [];
let folder = '';

beforeAll(ensureBuilt, BUILD_MS_MAX);

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'hearsay-data-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map(async (cluster) => cluster.leave()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true });
});

async function start(name: string, options: Partial<JoinClusterOptions> = {}): Promise<Cluster> {
  const dataDir = join(folder, name);
  const cluster = await joinCluster({ name, bind: '127.0.0.1:0', dataDir, ...options });
  open.push(cluster);
  return cluster;
}

/** The program as users run it. */
async function agent(name: string, ...more: string[]) {
  const flags = ['--name', name, '--bind', '127.0.0.1:0', '--data-dir', join(folder, name)];
  const socket = ['--socket', join(folder, `${name}.sock`), '--json', '--insecure'];
  const main = join(root, 'dist', 'cli', 'main.js');
  const child = spawn(process.execPath, [main, 'agent', ...flags, ...socket, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { address: string; members: number; start: number }) };
}

test('a killed agent, started with its directory alone, is back in a later life', async () => {
  const a = await start('a');
  const [b, c] = [await agent('b', '--join', a.self.address), await agent('c')];
  expect(c.members).toBe(1);
  expect(b.members).toBe(2);
  const events = a.events();
  b.child.kill('SIGKILL');
  await once(b.child, 'exit');
  const again = await agent('b');
  expect(again.members).toBe(2);
  expect(again.start).toBeGreaterThan(b.start);
  for await (const event of events) {
    if (event.type !== 'member-rejoined') continue;
    expect(event).toMatchObject({ member: { name: 'b', start: again.start }, why: 'restarted' });
    break;
  }
});

test('its start is above its past, also when the clock was set back by a year', async () => {
  const a = await start('a');
  const first = a.self.start;
  await a.leave();
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 365 * 86_400_000);
  const alone = await start('a');
  expect(alone.self.start).toBe(first + 1);
  await alone.join();
  await alone.leave();
  await alone.join(); // A new life in the same process reads its directory as well.
  expect(alone.self.start).toBe(first + 2);
});

test('all restart at once, with nothing but their directories: they find each other', async () => {
  const a = await start('a');
  const b = await start('b', { seeds: [a.self.address], bind: '127.0.0.1:0' });
  const bindA = a.self.address;
  const bindB = b.self.address;
  await expect.poll(() => a.members.size).toBe(2);
  await Promise.all([a.leave(), b.leave()]);
  const both = await Promise.all([start('a', { bind: bindA }), start('b', { bind: bindB })]);
  await expect
    .poll(() => both.map(({ members }) => members.size), { timeout: 30_000 })
    .toEqual([2, 2]);
});

test('names of seeds that lead nowhere: those that its directory remembers let it in', async () => {
  const dns = await FakeDns.open();
  try {
    const a = await start('a');
    const b = await start('b', { seeds: [a.self.address] });
    await b.leave();
    const names = { seeds: ['gone.internal'], dns: [dns.server] };
    const again = await start('b', names);
    expect([...again.members].map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(dns.questions).toBeGreaterThan(0);
    const joining = start('c', { ...names, joinTimeoutMs: 200 }); // It remembers nobody.
    await expect(joining).rejects.toThrow(/gone\.internal cannot be resolved \(ENOTFOUND\)/);
  } finally {
    await dns.close();
  }
});

test('a life that cannot be saved is not announced', async () => {
  const a = await start('a');
  vi.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
    throw Object.assign(new Error('as planned'), { code: 'ENOSPC' });
  });
  const told: string[] = [];
  const logger = { debug() {}, info: (text: string) => told.push(text), warn() {}, error() {} };
  const joining = start('b', { seeds: [a.self.address], logger });
  await expect(joining).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  await expect(joining).rejects.toThrow(/disk is full; free some space/);
  expect(told.filter((text) => text.startsWith('joined'))).toEqual([]);
  expect([...a.members].map(({ name }) => name)).toEqual(['a']);
  vi.restoreAllMocks();
  await start('b', { seeds: [a.self.address] }); // It has let go of the directory.
});

test('a node that cannot open its sockets lets go of the directory', async () => {
  const a = await start('a');
  await expect(start('b', { bind: a.self.address })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  await start('b');
  await expect(start('b')).rejects.toMatchObject({ code: 'DATA_DIR_TAKEN' });
});

test('the disk fills while it runs: it goes on and says so', async () => {
  const a = await start('a');
  const events = a.events();
  const full = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('as planned'), { code: 'ENOSPC' });
  });
  const b = await joinCluster({ name: 'b', bind: '127.0.0.1:0', seeds: [a.self.address] });
  open.push(b);
  for await (const event of events) if (event.type === 'saving-blocked') break;
  full.mockRestore();
  expect(a.phase).toBe('running');
  await a.leave(); // Its end writes what is missing.
  const saved = readLog(join(folder, 'a', 'log'))?.records ?? [];
  expect(saved.map((record) => record[0])).toEqual([1, 2, 3]);
});

/** Appends numbered records, replaces all by the last one often, and says which are durable. */
const WRITER = `
  import { LogFile, readLog } from ${JSON.stringify(join(root, 'dist', 'cluster', 'log-file.js'))};
  import { encodeFrame } from ${JSON.stringify(join(root, 'dist', 'cluster', 'log-frames.js'))};
  import { writeSync } from 'node:fs';
  const path = process.argv[1];
  const found = readLog(path);
  const owner = Buffer.from('owner');
  const log = found ? LogFile.continue(path, owner, found.end) : LogFile.create(path, owner, []);
  let last = Number(Buffer.from(found?.records.at(-1) ?? '0'));
  const record = (number) => Buffer.from(String(number).padStart(400, '0'));
  for (;;) {
    last++;
    log.append([encodeFrame(record(last))]);
    if (last % 7 === 0) log.replace([record(last)]);
    if (last % 5 === 0) log.sync();
    if (last % 5 === 0) writeSync(1, last + '\\n');
  }`;

test('killed in the middle of writing, again and again: what was durable is there', async () => {
  const path = join(folder, 'log');
  let before = 0;
  for (let round = 0; round < 20; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    await once(child.stdout, 'data');
    setTimeout(() => child.kill('SIGKILL'), 100 * Math.random());
    await once(child, 'close');
    const durable = Number(told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1));
    const numbers = readLog(path)!.records.map((bytes) => Number(Buffer.from(bytes)));
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(durable);
    expect(durable).toBeGreaterThan(before);
    before = durable;
    const gaps = numbers.filter((number, i) => i > 0 && number !== numbers[i - 1]! + 1);
    expect(gaps).toEqual([]);
    expect(numbers.length).toBeLessThan(50);
  }
});

test('large values survive a restart in files of their own', async () => {
  const a = await start('a');
  const bytes = new Uint8Array(3_000_000).map((_, i) => (i * 7 + (i >> 9)) & 255);
  a.state.set('mine', bytes);
  await a.map.set('shared', bytes);
  await a.leave();
  expect(fs.readdirSync(join(folder, 'a', 'values'))).toHaveLength(1);
  expect(fs.statSync(join(folder, 'a', 'log')).size).toBeLessThan(2000);
  const again = await start('a');
  for (const value of [again.state.get('mine'), again.map.get('shared')]) {
    expect(Buffer.compare(value as Uint8Array, bytes)).toBe(0);
  }
});

/** Sets large values without end, each in the place of the one before, and says which. */
const SETTER = `
  import { joinCluster } from ${JSON.stringify(join(root, 'dist', 'cluster', 'index.js'))};
  import { writeSync } from 'node:fs';
  const [, dataDir] = process.argv;
  const cluster = await joinCluster({ name: 'a', bind: '127.0.0.1:0', dataDir });
  const found = cluster.state.get('k');
  for (let i = (found?.[0] ?? 0) + 1; ; i = (i + 1) % 200) {
    cluster.state.set('k', new Uint8Array(1_000_000).fill(i));
    writeSync(1, found === undefined ? 'set\\n' : found.every((b) => b === found[0]) + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }`;

test('killed while large values are written, again and again: what is there is whole', async () => {
  const dataDir = join(folder, 'a');
  const heard = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', SETTER, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [told] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    heard.add(told.trim());
    await new Promise((resolve) => setTimeout(resolve, round === 0 ? 1300 : 700 * Math.random()));
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  expect([...heard].toSorted()).toEqual(['set', 'true']);
});
