import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { Command, type CommandOptions } from './command.ts';

const folder = temporaryFolder();

function run(command: string, options: Partial<CommandOptions> = {}): Command {
  const sane = { input: '', environment: {}, timeoutMs: 60_000, outputBytesMax: 1000 };
  return new Command({ command, ...sane, ...options });
}

/** Whether a process of this number lives. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('what it is told is its input and its environment; secrets are not', async () => {
  vi.stubEnv('HEARSAY_SECRET', 'precious');
  const environment = { HEARSAY_QUERY: 'a"; rm -rf $HOME `x`\0', HEARSAY_FROM: 'b' };
  const { output } = run('cat; echo "$HEARSAY_QUERY|$HEARSAY_FROM|$HEARSAY_SECRET|"', {
    input: 'to be $HOME\n',
    environment,
  });
  vi.unstubAllEnvs();
  expect(String(await output)).toBe('to be $HOME\na"; rm -rf $HOME `x`|b||\n');
});

test('it need not read what it is given', async () => {
  const { output } = run('echo done', { input: 'x'.repeat(1_000_000) });
  expect(String(await output)).toBe('done\n');
});

test('a failure says its exit code and its last words', async () => {
  await expect(run('echo first >&2; echo last >&2; exit 3').output).rejects.toMatchObject({
    why: 'exit',
    message: 'exit code 3: last',
  });
  await expect(run('no-such-program-here').output).rejects.toMatchObject({
    why: 'exit',
    message: expect.stringMatching(/^exit code 127: .*no-such-program-here/) as unknown,
  });
});

test('one that hangs is killed, with all that it has started', async () => {
  const file = join(folder, 'pid');
  const { output } = run(`sleep 600 & echo $! > ${file}; wait`, { timeoutMs: 1000 });
  await expect(output).rejects.toMatchObject({ why: 'hung', message: /1 s/ as unknown });
  const pid = Number(readFileSync(file, 'utf8'));
  await vi.waitUntil(() => !lives(pid), 10_000);
});

test('one that floods is killed', async () => {
  const marker = join(folder, 'after');
  const { output } = run(`yes; touch ${marker}`, { outputBytesMax: 10_000 });
  await expect(output).rejects.toMatchObject({ why: 'flooded', message: /10000 bytes/ as unknown });
  await expect(run('yes >&2', { timeoutMs: 300 }).output).rejects.toMatchObject({ why: 'hung' });
  expect(existsSync(marker)).toBe(false);
});

test('one whose child holds its output after it has left the group', async () => {
  const { output } = run('setsid sleep 5 & echo gone', { timeoutMs: 500 });
  await expect(output).rejects.toMatchObject({ why: 'hung' });
});

test('one that nobody wants any more', async () => {
  const command = run('sleep 600');
  command.stop();
  await expect(command.output).rejects.toMatchObject({ why: 'stopped' });
});
