import fc from 'fast-check';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogRecord } from '../core/index.ts';
import { DataDir } from './data-dir.ts';
import { readLog } from './log-file.ts';

let folder = '';
const open: DataDir[] = [];
let damage: string[] = [];
let blocked: string[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'hearsay-data-'));
  damage = [];
  blocked = [];
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const dir of open.splice(0)) await dir.close();
  fs.rmSync(folder, { recursive: true });
});

async function dataDir(of: { name?: string; cluster?: string; path?: string } = {}) {
  const dir = await DataDir.open({
    path: folder,
    cluster: 'red',
    name: 'a',
    onDamage: (text) => damage.push(text),
    onBlocked: (isBlocked, why) => blocked.push(isBlocked ? why : 'again'),
    ...of,
  });
  open.push(dir);
  return dir;
}

async function close(dir: DataDir): Promise<void> {
  open.splice(open.indexOf(dir), 1);
  await dir.close();
}

const record = (text: string) => new TextEncoder().encode(text);
const texts = (records: Iterable<LogRecord>) =>
  [...records].map((bytes) => new TextDecoder().decode(bytes as Uint8Array));
const onDisk = () => texts(readLog(join(folder, 'log'))?.records ?? []);
const fails = (method: 'writeSync' | 'fdatasyncSync' | 'openSync', code: string) =>
  vi.spyOn(fs, method).mockImplementation(() => {
    throw Object.assign(new Error(`${code}: as planned`), { code });
  });

test('what was saved comes back, in order', async () => {
  const dir = await dataDir({ path: join(folder, 'deep', 'er') });
  expect(dir.records).toEqual([]);
  dir.append(record('one'), true);
  dir.append(record('two'), false);
  dir.append(record(''), false);
  await close(dir);
  expect(texts((await dataDir({ path: join(folder, 'deep', 'er') })).records)).toEqual([
    'one',
    'two',
    '',
  ]);
});

test('the durable is on disk at once, with all before it; the rest soon', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const dir = await dataDir();
  dir.append(record('one'), false);
  expect(onDisk()).toEqual([]);
  dir.append(record('two'), true);
  expect(onDisk()).toEqual(['one', 'two']);
  dir.append(record('three'), false);
  vi.advanceTimersByTime(1000);
  expect(onDisk()).toEqual(['one', 'two', 'three']);
  vi.useRealTimers();
});

test('a directory is one process’s, and one node’s', async () => {
  const dir = await dataDir();
  await expect(dataDir()).rejects.toMatchObject({ code: 'DATA_DIR_TAKEN' });
  await close(dir);
  await expect(dataDir({ name: 'b' })).rejects.toMatchObject({ code: 'DATA_DIR_FOREIGN' });
  await expect(dataDir({ cluster: 'blue' })).rejects.toThrow(/node "a" of cluster "red"/);
  await dataDir(); // Refusals have left nothing locked.
});

test('what is no directory, too long, or of a later version is refused with a remedy', async () => {
  const refuses = async (path: string, text: RegExp) => {
    await expect(dataDir({ path })).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    await expect(dataDir({ path })).rejects.toThrow(text);
  };
  const file = join(folder, 'file');
  fs.writeFileSync(file, '');
  await refuses(file, /no directory; choose another/);
  await refuses(join(file, 'x'), /no directory; choose another/);
  await refuses(join(folder, 'x'.repeat(120)), /bytes.*choose a shorter/);
  if (process.platform === 'linux') await refuses('/proc/hearsay', /choose another/);
  fs.writeFileSync(join(folder, 'log'), 'hearsay log 2\nwho knows');
  await refuses(folder, /version 2: use the program that wrote it/);
  expect(fs.readFileSync(join(folder, 'log'), 'utf8')).toMatch(/who knows/);
});

test('a log damaged anywhere loads; what cannot be read is set aside, and said', async () => {
  const whole = ['one', 'two', 'three', 'four'];
  const first = await dataDir();
  for (const text of whole) first.append(record(text), false);
  await close(first);
  const file = join(folder, 'log');
  const sound = fs.readFileSync(file);
  const headBytes = sound.indexOf('one') - 8;
  const change = fc.oneof(
    fc.record({ cutAt: fc.integer({ min: headBytes, max: sound.length - 1 }) }),
    fc.record({ at: fc.nat({ max: sound.length - 1 }), xor: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ tail: fc.uint8Array({ minLength: 1, maxLength: 30 }) }),
  );
  await fc.assert(
    fc.asyncProperty(change, async (how) => {
      for (const name of fs.readdirSync(folder)) fs.rmSync(join(folder, name));
      damage = [];
      let data = Buffer.from(sound);
      if ('cutAt' in how) data = data.subarray(0, how.cutAt);
      else if ('tail' in how) data = Buffer.concat([data, how.tail]);
      else data[how.at]! ^= how.xor;
      fs.writeFileSync(file, data);
      let dir: DataDir;
      try {
        dir = await dataDir();
      } catch (error) {
        expect(String(error)).toContain('its log has version'); // A digit became another.
        return;
      }
      const read = texts(dir.records);
      expect(read).toEqual(whole.slice(0, read.length));
      const aside = fs.readdirSync(folder).filter((name) => name.startsWith('log.damaged'));
      expect(damage.length).toBe(aside.length);
      const kept = aside.map((name) => fs.readFileSync(join(folder, name)));
      // Nothing is lost: what stayed and what was set aside are what there was.
      const stayed = kept[0]?.length === data.length ? Buffer.alloc(0) : fs.readFileSync(file);
      expect(Buffer.concat([stayed, ...kept])).toEqual(data);
      dir.append(record('five'), true);
      await close(dir);
      const next = await dataDir();
      expect(texts(next.records)).toEqual([...read, 'five']);
      await close(next);
      expect(damage.length).toBe(aside.length);
    }),
    { numRuns: 60 },
  );
});

test('torn again and again it always starts, and keeps the ten newest tails', async () => {
  for (let time = 1; time <= 25; time++) {
    const dir = await dataDir();
    dir.append(record(`${time}`), true);
    await close(dir);
    fs.appendFileSync(join(folder, 'log'), `torn ${time}`);
  }
  const dir = await dataDir();
  expect(texts(dir.records)).toEqual(Array.from({ length: 25 }, (_, i) => `${i + 1}`));
  const aside = fs.readdirSync(folder).filter((name) => name.startsWith('log.damaged'));
  const kept = aside.map((name) => fs.readFileSync(join(folder, name), 'utf8')).sort();
  expect(kept).toEqual(Array.from({ length: 10 }, (_, i) => `torn ${i + 16}`));
  expect(damage).toHaveLength(25);
  expect(damage[9]).not.toContain('in place of');
  expect(damage[24]).toContain(`in place of the oldest, ${join(folder, 'log.damaged-15')};`);
});

test('a log that has grown is replaced by what it comes to', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const dir = await dataDir();
  const state = ['life', 'neighbour'];
  dir.follow(() => state.map(record));
  let bytesMax = 0;
  for (let i = 0; i < 3000; i++) {
    dir.append(new Uint8Array(100), i % 500 === 0);
    vi.advanceTimersByTime(i % 7 === 0 ? 1000 : 10);
    bytesMax = Math.max(bytesMax, fs.statSync(join(folder, 'log')).size);
  }
  expect(bytesMax).toBeLessThan(64 * 1024 + 10 * 108 * 10);
  dir.append(record('last'), true);
  expect(onDisk().slice(0, 2)).toEqual(state);
  expect(onDisk().at(-1)).toBe('last');
  expect(dir.size.logBytes).toBe(fs.statSync(join(folder, 'log')).size);
  vi.useRealTimers();
});

test('a full disk: the durable throws; the rest is made up for when there is room', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const dir = await dataDir();
  dir.follow(() => ['all', 'anew'].map(record));
  dir.append(record('one'), true);
  const full = fails('writeSync', 'ENOSPC');
  dir.append(record('two'), false);
  vi.advanceTimersByTime(1000);
  expect(blocked).toEqual([expect.stringMatching(/disk is full; free some space/)]);
  expect(dir.isBehind).toBe(true);
  dir.append(record('three'), false);
  vi.advanceTimersByTime(60_000);
  expect(blocked).toHaveLength(1); // Told once.
  expect(() => dir.append(record('life'), true)).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }),
  );
  expect(onDisk()).toEqual(['one']);
  full.mockRestore();
  vi.advanceTimersByTime(10_000);
  expect(blocked.slice(1)).toEqual(['again']);
  expect(onDisk()).toEqual(['all', 'anew']);
  dir.append(record('four'), true);
  expect(onDisk()).toEqual(['all', 'anew', 'four']);
  vi.useRealTimers();
});

test('a disk that takes half of a frame leaves no half frame behind', async () => {
  const dir = await dataDir();
  dir.append(record('one'), true);
  const { writeSync } = fs;
  let calls = 0;
  vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Uint8Array, at: number) => {
    if (++calls > 1) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    return writeSync(fd, data, at, 5, fs.fstatSync(fd).size);
  }) as typeof fs.writeSync);
  expect(() => dir.append(record('two'), true)).toThrow(/full/);
  vi.restoreAllMocks();
  expect(readLog(join(folder, 'log'))?.damaged).toHaveLength(0);
  expect(onDisk()).toEqual(['one']);
});

test('what cannot be brought to disk is not durable', async () => {
  const dir = await dataDir();
  fails('fdatasyncSync', 'EIO');
  expect(() => dir.append(record('life'), true)).toThrow(/its disk fails; replace it/);
});
