import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LockSocket } from './lock-socket.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearsay-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('one holds a folder, the next gets it when the first has let go', async () => {
  const first = await LockSocket.hold(folder);
  expect(first).toBeDefined();
  expect(await LockSocket.hold(folder)).toBe(undefined);
  expect(readdirSync(folder)).toHaveLength(1);
  await first?.release();
  expect(readdirSync(folder)).toEqual([]);
  const next = await LockSocket.hold(folder);
  expect(next).toBeDefined();
  await next?.release();
});

test('of many at once one at most gets it, again and again', async () => {
  let won = 0;
  for (let round = 0; round < 5; round++) {
    const all = await Promise.all(Array.from({ length: 4 }, async () => LockSocket.hold(folder)));
    const held = all.filter((one) => one !== undefined);
    expect(held.length).toBeLessThanOrEqual(1);
    won += held.length;
    for (const one of held) await one.release();
  }
  expect(won).toBeGreaterThan(0);
});

test('a killed process does not keep it', async () => {
  const path = join(folder, 'lock-00c0ffee');
  const script = `require('net').createServer().listen(process.argv[1], () => console.log(1))`;
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(await LockSocket.hold(folder)).toBe(undefined);
  child.kill('SIGSTOP'); // It stands still, and has it all the same.
  expect(await LockSocket.hold(folder)).toBe(undefined);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await LockSocket.hold(folder);
  expect(lock).toBeDefined();
  expect(readdirSync(folder)).not.toContain('lock-00c0ffee');
  await lock?.release();
});
