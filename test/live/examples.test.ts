/** The examples do what they say, run as users run them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt, root } from '../built.ts';

const children: ChildProcess[] = [];

beforeAll(ensureBuilt, BUILD_MS_MAX);

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
  const joined = read(a.lines, /^b \(life [0-9a-f]+\) has joined at /);
  const left = read(a.lines, /^b \(life [0-9a-f]+\) has left$/);
  const b = start(['b', '127.0.0.1:0', address]);
  await read(b.lines, /^b is up at \S+, 2 in all$/);
  await joined;
  const ended = once(b.child, 'exit');
  b.child.kill('SIGINT');
  await left;
  expect(await ended).toEqual([0, null]);
});
