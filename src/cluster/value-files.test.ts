/** Large values in a data directory: whole or not there, whatever comes between. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bytesOf, contentOf, type Content } from '../blocks/data/index.ts';
import { isContent, type LogRecord } from '../core/index.ts';
import { nodeCrypto } from '../net/index.ts';
import { DataDir } from './data-dir.ts';

let folder = '';
let damage: string[] = [];
let blocked: string[] = [];
const open = new Set<DataDir>();

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'hearsay-values-'));
  damage = [];
  blocked = [];
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const dir of open) await close(dir);
  fs.rmSync(folder, { recursive: true });
});

async function openDir(path = join(folder, 'node')): Promise<DataDir> {
  const dir = await DataDir.open({
    path,
    cluster: 'red',
    name: 'a',
    onDamage: (text) => damage.push(text),
    onBlocked: (isBlocked, why) => blocked.push(isBlocked ? why : 'again'),
  });
  open.add(dir);
  return dir;
}

async function close(dir: DataDir): Promise<void> {
  open.delete(dir);
  await dir.close();
}

const text = (of: string) => new TextEncoder().encode(of);

function value(salt: number, length = 150_000): Content {
  const bytes = new Uint8Array(length).map((_, i) => (i * 7 + (i >> 8) + salt) & 255);
  return contentOf(bytes, nodeCrypto);
}

/** Records as words: texts, and `V<n>` for values of that salt. */
function words(records: Iterable<LogRecord>, known: readonly Content[] = []): string[] {
  return [...records].map((record) => {
    if (!isContent(record)) return new TextDecoder().decode(record).slice(0, 10);
    const { hash } = record.reference;
    const bytes = bytesOf({ kind: 'bytes', ...record.reference, content: record });
    expect(contentOf(bytes, nodeCrypto).reference).toEqual(record.reference);
    return `V${known.findIndex(({ reference }) => reference.hash === hash)}`;
  });
}

const files = (path = join(folder, 'node')) => {
  const values = join(path, 'values');
  return fs.existsSync(values) ? fs.readdirSync(values).toSorted() : [];
};
const fails = (method: 'writeSync' | 'fdatasyncSync' | 'rmSync', code: string) =>
  vi.spyOn(fs, method).mockImplementation(() => {
    throw Object.assign(new Error(`${code}: as planned`), { code });
  });

test('a value comes back from a file of its own; the log has its name', async () => {
  const [a, b] = [value(0), value(1)];
  const dir = await openDir();
  for (const record of [text('one'), a, text('two'), b, a, text('three')])
    dir.append(record, false);
  await close(dir);
  expect(files()).toEqual([a, b].map(({ reference }) => reference.hash).toSorted());
  expect(fs.statSync(join(folder, 'node', 'log')).size).toBeLessThan(400);
  const again = await openDir();
  expect(words(again.records, [a, b])).toEqual(['one', 'two', 'three', 'V0', 'V1']);
  expect(again.size).toMatchObject({ values: 2, valueBytes: 2 * 151_552 });
  again.follow(() => []);
  expect(again.records).toEqual([]);
});

test('what is durable is on disk at once with the values before it', async () => {
  const dir = await openDir();
  dir.append(value(0), false);
  dir.append(text('life'), true);
  fs.cpSync(join(folder, 'node'), join(folder, 'copy'), { recursive: true, filter: isNoSocket });
  const copy = await openDir(join(folder, 'copy'));
  expect(words(copy.records, [value(0)])).toEqual(['life', 'V0']);
});

test('a log written anew writes no value again, and what it does not name goes', async () => {
  const values = Array.from({ length: 20 }, (_, i) => value(i, 1_000_000));
  const dir = await openDir();
  let held = values.slice(0, 1);
  dir.follow(() => [...held, text('x')]);
  for (const one of values) dir.append(one, false);
  await close(dir); // 20 MB exceed what one value may leave behind.
  expect(files()).toEqual([held[0]!.reference.hash]);

  const next = await openDir();
  held = values.slice(0, 2);
  next.follow(() => [...held, text('x')]);
  next.append(values[1]!, false);
  const written: number[] = [];
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation(((...given: [number, Uint8Array]) => {
    written.push(given[1].length);
    return writeSync(...given);
  }) as typeof fs.writeSync);
  for (let i = 0; i < 10; i++) next.append(new Uint8Array(20_000), false);
  await close(next);
  const bytes = written.reduce((sum, one) => sum + one, 0);
  expect(bytes).toBeLessThan(1_000_000 + 10 * 20_008 + 1000); // The new value, what came, a log.
  expect(fs.statSync(join(folder, 'node', 'log')).size).toBeLessThan(300);
  expect(files()).toHaveLength(2);
});

test('what a file holds is not what it is named for: set aside, said', async () => {
  const values = Array.from({ length: 14 }, (_, i) => value(i, 1000));
  const dir = await openDir();
  for (const one of values) dir.append(one, false);
  dir.append(text('x'), false);
  await close(dir);
  for (const { reference } of values.slice(1, 13)) {
    const path = join(folder, 'node', 'values', reference.hash);
    const bytes = fs.readFileSync(path);
    bytes[500]! ^= 1;
    fs.writeFileSync(path, bytes);
  }
  fs.rmSync(join(folder, 'node', 'values', values[13]!.reference.hash));
  const again = await openDir();
  expect(words(again.records, values)).toEqual(['x', 'V0']);
  expect(damage).toHaveLength(13);
  expect(damage[0]).toMatch(/large value values\/[0-9a-f]{64} is damaged and was set aside/);
  expect(damage.at(-1)).toMatch(/is missing; members that have it give it again/);
  expect(files().filter((name) => name.endsWith('.damaged'))).toHaveLength(10);
  again.append(values[1]!, false); // It is fetched again.
  await close(again);
  damage = [];
  expect(words((await openDir()).records, values)).toContain('V1');
});

test('values that no log names go at the start, unless a part of the log was lost', async () => {
  const dir = await openDir();
  dir.append(value(0, 1000), false);
  dir.append(value(1, 1000), false);
  await close(dir);
  const log = join(folder, 'node', 'log');
  fs.truncateSync(log, fs.statSync(log).size - 5); // A torn name.
  await close(await openDir());
  expect(damage).toHaveLength(1);
  expect(files()).toHaveLength(2);
  fs.writeFileSync(join(folder, 'node', 'values', `${'0'.repeat(64)}-1.new`), 'half');
  await close(await openDir());
  expect(files()).toEqual([value(0, 1000).reference.hash]);
});

test('a full disk: no half file, no name; all is made up for when there is room', async () => {
  const dir = await openDir();
  dir.append(text('life'), true);
  dir.follow(() => [value(0), text('k')]);
  const { writeSync } = fs;
  const full = vi.spyOn(fs, 'writeSync').mockImplementation(((...given: [number, Uint8Array]) => {
    if (given[1].length < 30_000) return writeSync(...given);
    throw Object.assign(new Error('as planned'), { code: 'ENOSPC' });
  }) as typeof fs.writeSync);
  dir.append(value(0), false);
  dir.append(text('k'), false);
  expect(() => dir.append(text('life 2'), true)).toThrow(/disk is full; free some space/);
  expect(files()).toEqual([]);
  await vi.waitFor(() => expect(blocked).toHaveLength(1), 3000);
  full.mockRestore();
  dir.append(text('life 3'), true);
  expect(blocked.at(-1)).toBe('again');
  await close(dir);
  expect(words((await openDir()).records, [value(0)])).toEqual(['k', 'V0']);
});

test('a file where the folder should be is refused; one that cannot go stays', async () => {
  fs.mkdirSync(join(folder, 'node'));
  fs.writeFileSync(join(folder, 'node', 'values'), '');
  await expect(openDir()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
  fs.rmSync(join(folder, 'node', 'values'));
  const dir = await openDir();
  dir.follow(() => []);
  dir.append(value(0), false);
  dir.append(new Uint8Array(70_000), false);
  const refusing = fails('rmSync', 'EACCES');
  await close(dir);
  refusing.mockRestore();
  expect(files()).toHaveLength(1);
  expect(blocked).toEqual([]);
});

test('thousands of values, each replaced again and again, leave few files behind', async () => {
  vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {});
  vi.spyOn(fs, 'fsync').mockImplementation(((_: number, done: () => void) => {
    setImmediate(done);
  }) as typeof fs.fsync);
  const dir = await openDir();
  const held = new Map<number, Content>();
  dir.follow(() => held.values());
  let most = 0;
  for (let i = 0; i < 6000; i++) {
    const bytes = new Uint8Array(1000);
    new DataView(bytes.buffer).setUint32(0, i);
    const own = contentOf(bytes, nodeCrypto);
    held.set(i % 1000, own);
    dir.append(own, i % 300 === 0);
    most = Math.max(most, dir.size.values);
  }
  await close(dir);
  expect(most).toBeLessThan(2 * 4096 + 2 * 1000);
  const again = await openDir();
  expect([...again.records].filter(isContent).length).toBeGreaterThanOrEqual(1000);
  expect(damage).toEqual([]);
});

describe('killed at each call to the file system', () => {
  const values = [value(0), value(1), value(2)];
  const junk = new Uint8Array(30_000).fill(120);

  /** Three lives: a value, another in its place with a log written anew, and one made durable. */
  async function lives(path: string): Promise<void> {
    const first = await openDir(path);
    first.append(text('s1'), true);
    first.append(values[0]!, false);
    first.append(text('k=V0'), false);
    await close(first);
    const second = await openDir(path);
    second.follow(() => [text('s2'), values[1]!, text('k=V1')]);
    second.append(text('s2'), true);
    second.append(values[1]!, false);
    second.append(text('k=V1'), false);
    for (let i = 0; i < 3; i++) second.append(junk, false);
    await close(second);
    const third = await openDir(path);
    third.append(values[2]!, false);
    third.append(text('k=V2'), false);
    third.append(text('s3'), true);
    await close(third);
  }

  const METHODS = [
    'mkdirSync',
    'openSync',
    'writeSync',
    'fsync',
    'fsyncSync',
    'fdatasyncSync',
    'ftruncateSync',
    'renameSync',
    'rmSync',
  ] as const;

  const originals = new Map(METHODS.map((method) => [method, fs[method]]));
  const revive = () => Object.assign(fs, Object.fromEntries(originals));
  afterEach(revive);

  /** Ends all that reaches the disk at one call, before it or when it is half done. */
  function kill(at: number, isHalf: boolean, onKill: () => void): () => number {
    let calls = 0;
    for (const [method, original] of originals) {
      const call = original as (...given: unknown[]) => unknown;
      const mortal = (...given: unknown[]): unknown => {
        const number = calls++;
        if (number < at) return call(...given);
        if (number === at) {
          const [fd, data, from, length, position] = given;
          const half = Math.floor(Number(length) / 2);
          try {
            if (isHalf && method === 'writeSync') call(fd, data, from, half, position);
            else if (isHalf && method !== 'fsync') call(...given);
          } catch {
            // It fails by itself: what it would have done is not done.
          }
          revive();
          onKill();
          kill(0, false, () => {});
        }
        const error = new Error('killed');
        if (method !== 'fsync') throw error;
        (given.at(-1) as (error: Error) => void)(error);
        return undefined;
      };
      Object.assign(fs, { [method]: mortal });
    }
    return () => calls;
  }

  test.each([false, true])('half done: %s', { timeout: 30_000 }, async (isHalf) => {
    const counting = kill(Infinity, false, () => {});
    await lives(join(folder, 'whole'));
    const total = counting();
    revive();
    expect(total).toBeGreaterThan(40);
    for (let at = 0; at < total; at++) {
      const [path, copy] = [join(folder, `${at}`), join(folder, `${at} after`)];
      let isKilled = false;
      kill(at, isHalf, () => {
        isKilled = true;
        if (fs.existsSync(path)) fs.cpSync(path, copy, { recursive: true, filter: isNoSocket });
      });
      await lives(path).catch(() => {});
      revive();
      expect(isKilled).toBe(true);
      for (const dir of open) await close(dir);
      damage = [];
      const dir = await openDir(copy);
      const found = words(dir.records, values).filter((word) => !word.startsWith('x'));
      const named = found.filter((word) => word.startsWith('k='));
      for (const word of named) expect(found).toContain(word.slice(2)); // Whole, or unnamed.
      expect(damage.filter((said) => said.includes('large value'))).toEqual([]);
      await close(dir);
      await close(await openDir(copy)); // Now that its end is sound:
      const has = found.filter((word) => word.startsWith('V')).map((word) => Number(word.slice(1)));
      expect(files(copy)).toEqual(has.map((salt) => values[salt]!.reference.hash).toSorted());
      for (const used of [path, copy]) fs.rmSync(used, { recursive: true, force: true });
    }
  });
});

function isNoSocket(path: string): boolean {
  return !fs.lstatSync(path).isSocket();
}
