/** The examples do what they say, run as users run them. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const children: ChildProcess[] = [];

beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (build.status !== 0) throw new Error(`the build failed: ${String(build.stdout)}`);
}, 300_000);

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'examples', 'members.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface(child.stdout) };
}

/** The match of the first line that matches. */
async function read(lines: Interface, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      const match = pattern.exec(line);
      if (match !== null) resolve(match);
    });
  });
}

test('members: two processes meet, one leaves', async () => {
  const a = start(['a', '127.0.0.1:0']);
  const [, address = ''] = await read(a.lines, /^a is up at (\S+), 1 in all$/);
  const joined = read(a.lines, /^b has joined at /);
  const left = read(a.lines, /^b has left$/);
  const b = start(['b', '127.0.0.1:0', address]);
  await read(b.lines, /^b is up at \S+, 2 in all$/);
  await joined;
  const ended = once(b.child, 'exit');
  b.child.kill('SIGINT');
  await left;
  expect(await ended).toEqual([0, null]);
});
