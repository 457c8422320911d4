/** `hearsay event` and `hearsay trace` as users run them. */
import { expect, test } from 'vitest';
import { Program } from '../../test/program.ts';

const program = new Program();

test('published at one agent, followed and traced at another', async () => {
  const a = await program.agent('a');
  expect(program.run(['trace', '--list'])).toEqual({ code: 0, out: '', error: '' }); // The only.
  await program.agent('b', ['--join', a.address]);
  const event = (...args: string[]) => program.run(['event', ...args, '--name', 'a']);
  expect(event('deploy', '{"sha":"1"}', '--trace')).toEqual({ code: 0, out: '', error: '' });
  const follow = program.spawn([
    'event',
    'deploy',
    '--follow',
    '--replay',
    '--json',
    '--name',
    'b',
  ]);
  let told = '';
  follow.stdout.on('data', (chunk: Buffer) => (told += String(chunk)));
  const seen = () =>
    told
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { origin: string; value?: unknown; key?: string })
      .map(({ key, origin, value }) => ({ key, origin, value }));
  const first = { key: undefined, origin: 'a', value: { sha: '1' } };
  await expect.poll(seen, { timeout: 20_000 }).toEqual([first]);
  expect(event('deploy', 'text', '--key', 'k').code).toBe(0);
  const second = { key: 'k', origin: 'a', value: 'text' };
  await expect.poll(seen, { timeout: 20_000 }).toEqual([first, second]);

  const trace = program.run(['trace', '--name', 'b']);
  expect(trace.code).toBe(0);
  expect(trace.out).toMatch(/^event 1 of a on deploy\na {2}published\n└─ b {2}\+-?\d+ ms {2}/);
  expect(program.run(['trace', 'a', '2', '--name', 'b'])).toMatchObject({ code: 1, out: '' });
  for (const topic of ['', '..']) {
    expect(event(topic, 'x')).toMatchObject({ code: 2, error: expect.stringContaining('topic') });
  }
  expect(event('deploy', 'x', '--replay')).toMatchObject({ code: 2, out: '' });
  expect(event('deploy')).toMatchObject({ code: 2 });
  expect(event('deploy', 'x'.repeat(70_000))).toMatchObject({ code: 2 });
});
