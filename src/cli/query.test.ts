/** `hearsay query` as users run it. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program } from '../../test/program.ts';

const program = new Program();

test('answers as they come, a summary, and what the exit code says', async () => {
  const a = await program.agent('a', ['--on', 'two=echo 1; echo 2', '--on', 'bad=exit 3']);
  await program.agent('longer', ['--join', a.address, '--tag', 'role=x', '--on', 'bad=echo fine']);
  const query = (...args: string[]) => {
    const { code, out, error } = program.run(['query', '--name', 'a', ...args]);
    return { code, lines: out.trimEnd().split('\n'), error };
  };
  const two = query('two', '--timeout', '20');
  expect(two).toMatchObject({ code: 0, error: '' });
  expect(two.lines.slice(0, 2)).toEqual(['a       1', '        2']);
  expect(two.lines[2]).toMatch(/^1 of 2 answered in \d+\.\d\d s, 1 without a handler$/);

  const bad = query('bad', '--json');
  expect(bad.code).toBe(12);
  const notices = bad.lines.map((line) => JSON.parse(line) as { type: string; from?: string });
  expect(notices.find(({ from }) => from === 'a')).toMatchObject({ error: { why: 'failed' } });
  expect(notices.find(({ from }) => from === 'longer')).toMatchObject({ value: 'fine' });
  expect(notices.at(-1)).toMatchObject({ type: 'summary', asked: 2, acknowledged: 2, answered: 1 });

  expect(query('bad', '--tag', 'role=x')).toMatchObject({ code: 0 });
  expect(query('bad', '--node', 'a')).toMatchObject({ code: 11 });
  expect(query('nothing')).toMatchObject({ code: 11 });
  expect(query('x'.repeat(200))).toMatchObject({ code: 2, lines: [''] });
  expect(query('info', 'x'.repeat(2000))).toMatchObject({ code: 2, lines: [''] });
  expect(query('info', '--limit', '0')).toMatchObject({ code: 2 });
});

test('an agent that is killed leaves no command thinking that it was answered', async () => {
  const hang = 'hang=touch "$XDG_RUNTIME_DIR/hangs"; sleep 5';
  const a = await program.agent('killed', ['--on', hang]);
  const query = program.spawn(['query', 'hang', '--name', 'killed']);
  const ended = once(query, 'exit');
  const isAsked = () => existsSync(join(program.folder, 'hangs'));
  await expect.poll(isAsked, { timeout: 20_000 }).toBe(true);
  a.child.kill('SIGKILL');
  expect(await ended).toEqual([3, null]);
});
