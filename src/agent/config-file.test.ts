import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../test/built.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { UsageError } from '../core/index.ts';
import { ConfigFile } from './config-file.ts';

const folder = temporaryFolder();
const path = join(folder, 'agent.yaml');

function read(text: string): ConfigFile {
  writeFileSync(path, text);
  return new ConfigFile(path);
}

/** The error's text, without the path. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_OPTION' });
    return (error as Error).message.replace(`${path}:`, '');
  }
  return 'none';
}

test('options by their own names; paths are relative to the file', () => {
  const text = 'name: a\nseeds: [b:1]\ntags: {zone: "1"}\ndataDir: data\nsocket: /run/x\n';
  expect(read(text).config).toEqual({
    name: 'a',
    seeds: ['b:1'],
    tags: { zone: '1' },
    dataDir: join(folder, 'data'),
    socket: '/run/x',
  });
  expect(read('').config).toEqual({});
  expect(read('# nothing\n').config).toEqual({});
});

test('the example is one', () => {
  const { config } = new ConfigFile(join(root, 'examples', 'agent.yaml'));
  expect(config).toMatchObject({ name: 'api-1', tuning: { helpers: 3 }, log: 'info' });
  expect(config.dataDir).toBe(join(root, 'examples', 'api-1.data'));
});

test('what is wrong has a line, a column and a remedy', () => {
  expect(refusal('name: a\nnmae: b\n')).toMatch(/^2:1: options: there is no `nmae`; .*name, cl/);
  expect(refusal('name: a\ntuning:\n  helpers: 3\n  helper: 3\n')).toMatch(
    /^4:3: tuning: there is no `helper`/,
  );
  expect(refusal('name: 7\n')).toBe('1:7: name: give a text, in quotes if it looks like a number');
  expect(refusal('tags:\n  role: x\n  zone: 1\n')).toMatch(/^3:9: tags\.zone: give a text, in quo/);
  expect(refusal('seeds:\n  - a:1\n  - x:y:z\n')).toMatch(/^3:5: seeds\.1: give host:port.*x:y:z/);
  expect(refusal('bind: 127.0.0.1:99999\n')).toMatch(/^1:7: bind: /);
  expect(refusal('log: loud\n')).toMatch(/^1:6: log: .*debug/);
  expect(refusal('joinTimeoutMs: soon\n')).toMatch(/^1:16: joinTimeoutMs: .*number/);
  expect(refusal('signal: {}\n')).toMatch(/^1:1: options: there is no `signal`/);
  expect(refusal('- a\n')).toMatch(/^1:1: give options, each as `name: value`/);
  expect(refusal('name: a\nname: b\n')).toMatch(/^2:1: .*unique/);
  expect(refusal('name: a\n bind: b\n')).toMatch(/^1:7: Nested/);
  expect(refusal('name: "a\n')).toMatch(/^\d+:\d+: .*quote/);
  expect(refusal('name: &a x\ncluster: *b\n')).toMatch(/^1:1: .*alias/);
  expect(() => new ConfigFile(join(folder, 'none'))).toThrow(/none cannot be read: ENOENT/);
});

test('what another check finds is told with the place in the file', () => {
  const file = read('name: a\ntuning:\n  helpers: -1\ntags: {}\n');
  const at = (message: string) =>
    (file.locate(new UsageError('BAD_OPTION', message)) as Error).message;
  expect(at('helpers: give 0 or more')).toBe(`${path}:3:12: helpers: give 0 or more`);
  expect(at('tags: too large')).toBe(`${path}:4:7: tags: too large`);
  expect(at('bind: not in the file')).toBe('bind: not in the file');
  expect(at('something else')).toBe('something else');
  const other = new Error('name: of another kind');
  expect(file.locate(other)).toBe(other);
});
