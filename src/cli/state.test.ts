/** State and map as operators use them: agents as processes, the compiled program beside. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program } from '../../test/program.ts';

const program = new Program();
const run = program.run.bind(program);

async function pair() {
  const a = await program.agent('a');
  const b = await program.agent('b', ['--join', a.address]);
  return { a, b };
}

const said = (args: readonly string[]) => () => run(args).out;

test('state: written at one agent, read at another, as it is', async () => {
  await pair();
  const file = join(program.folder, 'file');
  writeFileSync(file, Uint8Array.of(0, 255, 10));
  expect(run(['set', 'load', '0.7', '--name', 'a'])).toEqual({ code: 0, out: '', error: '' });
  expect(run(['set', 'raw', '--file', file, '--name', 'a']).code).toBe(0);
  const piped = run(['set', 'note', '--file', '-', '--name', 'a', '--json'], { input: 'x' });
  expect(JSON.parse(piped.out)).toEqual({ key: 'note', base64: 'eA==' });
  expect(run(['set', 'note', 'two words', '--name', 'a']).code).toBe(0);
  const get = ['get', '--of', 'a', '--name', 'b'];
  await expect
    .poll(said(get), { timeout: 20_000 })
    .toBe('load  0.7\nnote  "two words"\nraw  (3 bytes)\n');
  expect(run(['get', 'note', '--of', 'a', '--name', 'b']).out).toBe('two words\n');
  expect(run(['set', 'load', '0.9', '--name', 'b']).code).toBe(0);
  const loads = ['a  load  0.7', 'b  load  0.9'];
  expect(run(['get', 'load', '--all', '--name', 'b']).out.trimEnd().split('\n')).toEqual(loads);
  expect(run(['get', '--all', '--of', 'a', '--name', 'b'])).toMatchObject({ code: 2 });
  expect(JSON.parse(run(['get', 'raw', '--of', 'a', '--name', 'b', '--json']).out)).toEqual({
    key: 'raw',
    base64: 'AP8K',
  });
  expect(run(['get', 'none', '--name', 'a'])).toMatchObject({
    code: 1,
    error: 'hearsay: none: there is no such key\n',
  });
  expect(run(['get', '--of', 'c', '--name', 'a'])).toMatchObject({ code: 1 });
  expect(run(['set', 'x'.repeat(300), '1', '--name', 'a'])).toMatchObject({ code: 2 });
  expect(run(['set', 'x', '--name', 'a'])).toMatchObject({ code: 2 });
  const error = 'hearsay: key: an agent cannot be asked for ".."; name another\n';
  expect(run(['set', '..', '1', '--name', 'a'])).toEqual({ code: 2, out: '', error });
  expect(run(['set', 'x', '--file', '/no/such', '--name', 'a'])).toMatchObject({ code: 2 });
  expect(run(['set', 'x', '1', '--file', file, '--name', 'a'])).toMatchObject({ code: 2 });
  expect(run(['delete', 'load', '--name', 'a']).code).toBe(0);
  expect(run(['delete', 'load', '--name', 'a']).code).toBe(1);
});

test('the map: watched at one agent, written at both', async () => {
  await pair();
  expect(run(['map', 'set', 'k/1', 'true', '--name', 'b']).code).toBe(0);
  const watch = program.spawn(['map', 'watch', 'k/', '--json', '--name', 'a']);
  let told = '';
  watch.stdout.on('data', (chunk: Buffer) => (told += String(chunk)));
  const seen = () =>
    told
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { key: string; value?: unknown })
      .map(({ key, value }) => [key, value]);
  await expect.poll(seen, { timeout: 20_000 }).toEqual([['k/1', true]]);
  run(['map', 'set', 'other', '1', '--name', 'a']);
  run(['map', 'set', 'k/2', '{"x":1}', '--name', 'a']);
  run(['map', 'delete', 'k/1', '--name', 'b']);
  const all = [
    ['k/1', true],
    ['k/2', { x: 1 }],
    ['k/1', undefined],
  ];
  await expect.poll(seen, { timeout: 20_000 }).toEqual(all);
  await expect
    .poll(said(['map', 'get', '--name', 'b']), { timeout: 20_000 })
    .toBe('k/2  {"x":1}\nother  1\n');
});
