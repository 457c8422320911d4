/** Wrong flags, with values at random: one line that names the flag, exit code 2, no stack. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt, root } from '../../built.ts';

const main = join(root, 'dist', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'hearsay-test-'));
const file = join(folder, 'file');

beforeAll(ensureBuilt, BUILD_MS_MAX);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(args: readonly string[]) {
  const done = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: folder },
    timeout: 30_000,
  });
  return { code: done.status, out: done.stdout, error: done.stderr };
}

const LONG = 'x'.repeat(600);
const PLACES = ['1.2.3.4:99999', ':', '[::1', 'abc', '', '256.1.1.1:1', ' 127.0.0.1:1'];
const SOCKETS = [`/tmp/${LONG}`, ''];
const NUMBERS = ['', 'x', '-1', '1e3', 'NaN', '0x10', '99999999999999999999'];

/** Command, flag, and values that are wrong for it; none: the flag itself is. */
const GRAMMAR: readonly (readonly [string, string, readonly string[]])[] = [
  ['agent', '--name', ['', LONG]],
  ['agent', '--cluster', ['']],
  ['agent', '--bind', [...PLACES, 'localhost:1', '0.0.0.0:1', '[::]:0']],
  ['agent', '--advertise', [...PLACES, '1.2.3.4:0']],
  ['agent', '--join', ['a:b:c', ':1', 'x:99999', 'x:0', '', ' ', 'a b', '256.1.1.1:1']],
  ['agent', '--tag', ['x', '=v', '', '__proto__=1']],
  ['agent', '--preset', ['moon', '']],
  ['agent', '--join-timeout', [...NUMBERS, '0', '86401']],
  ['agent', '--log', ['loud', '']],
  ['agent', '--socket', [...SOCKETS, '/no/such/folder/a.sock', folder, file]],
  ['members', '--socket', SOCKETS],
  ['info', '--socket', SOCKETS],
  ['leave', '--socket', SOCKETS],
  ['tags', '', ['x', '=v']],
  ['demo', '--nodes', [...NUMBERS, '2', '41']],
  ['demo', '--lang', ['fr', '']],
  ['sim converge', '--design', ['zab', '']],
  ['sim converge', '--nodes', [...NUMBERS, '0']],
  ['sim converge', '--loss', ['', 'x', '1', '-0.1', '1e-3']],
  ['sim converge', '--fanout', [...NUMBERS, '0', '65']],
  ['sim converge', '--mode', ['pull']],
  ['sim converge --nodes 3', '--csv', ['/no/such/folder/x']],
  ['sim converge --nodes 3 --runs 3', '--seed', [`${Number.MAX_SAFE_INTEGER}`]],
  ['sim detect', '--crash', [...NUMBERS, '100']],
  ['sim detect', '--seed', NUMBERS],
  ['sim detect', '--runs', [...NUMBERS, '0']],
  ['sim replay', '', ['/no/such/file', folder, file]],
  ['', '--nope', []],
  ['agent', '--nope', []],
  ['sim', '--nope', []],
  ['sim detect', '--nope', []],
  ['agent', 'surplus', []],
];

/** Each line of the grammar once, with a value at random. */
const wrong = fc.tuple(
  ...GRAMMAR.map(([command, flag, values]) =>
    fc
      .constantFrom(...(values.length > 0 ? values : [undefined]))
      .map((value) => ({ command, flag, value })),
  ),
);

test('whatever is wrong is named in one line', () => {
  writeFileSync(file, '{');
  fc.assert(
    fc.property(wrong, (all) => {
      for (const { command, flag, value } of all) {
        const args = [...command.split(' '), flag, value].filter((one) => one !== undefined);
        const { code, out, error } = run(
          flag === ''
            ? args.filter((one) => one !== '')
            : args.filter((one, i) => one !== '' || i > 0),
        );
        expect({ args, code, out, error }).toMatchObject({ code: 2, out: '' });
        expect(error).toMatch(/^hearsay: [^\n]+\n$/);
        expect(error).not.toMatch(/\n\s+at /);
        expect(error).toContain(flag === 'surplus' ? 'too many arguments' : flag || value);
      }
    }),
    { numRuns: 1 },
  );
});

const SCENARIO = {
  version: 1,
  build: 'x',
  seed: 1,
  design: 'hearsay',
  config: {},
  nodes: 2,
  network: { latency: { type: 'constant', ms: 1 } },
  faults: [],
  untilMs: 1,
  checks: [],
};

test.each<[object, string]>([
  [{ design: '__proto__' }, '__proto__'],
  [{ nodes: [{ name: 'a', address: 'zzz' }] }, 'zzz'],
  [{ nodes: [{ name: 'a' }, { name: 'a' }] }, 'a'],
  [{ config: { seeds: 5 } }, 'config.seeds'],
  [{ config: { seeds: ['x'] } }, 'config.seeds'],
  [{ config: { probeIntervalMs: 'x' } }, 'config.probeIntervalMs'],
  [{ config: { nope: 1 } }, 'config.nope'],
  [{ network: { latency: { type: 'uniform', minMs: 5, maxMs: 1 } } }, 'latency'],
  [{ faults: [{ atMs: 0, type: 'crash', node: 'nope' }] }, 'nope'],
  [{ faults: [{ atMs: 0, type: 'restart', node: 'n0', address: 'x' }] }, 'address'],
  [{ faults: [{ atMs: 0, type: 'command', node: 'n0', command: 'nope' }] }, 'nope'],
])('a scenario that makes no sense: %j', (change, named) => {
  writeFileSync(
    file,
    JSON.stringify({ version: 1, scenario: { ...SCENARIO, ...change }, traceHash: 'x' }),
  );
  const { code, out, error } = run(['sim', 'replay', file]);
  expect({ code, out, error }).toMatchObject({ code: 2, out: '' });
  expect(error).toMatch(/^hearsay: [^\n]+\n$/);
  expect(error).toContain(named);
});
