/** Every check of the tidy test, held against a planted violation and against its innocent twin. */
import { describe, expect, test } from 'vitest';
import { bannedNames } from './bans.ts';
import { importCycles } from './cycles.ts';
import { forbiddenImports, ownIndexImports } from './imports.ts';
import { leftovers } from './leftovers.ts';
import { deadLinks } from './links.ts';
import { lockfileHoles, machineTraces } from './machine.ts';
import { vagueNames } from './names.ts';
import { deadExports, missingRooms } from './rooms.ts';
import { longFiles, longFunctions, longLines } from './size.ts';
import { type Problem, type Source, sourceOf } from './source.ts';

type Check = (sources: readonly Source[]) => Problem[];
const whats = (problems: readonly Problem[]): string[] => problems.map(({ what }) => what);

/** What a check says of one file with this text. */
function complaints(check: Check, path: string, text: string): string[] {
  return whats(check([sourceOf(path, text)]));
}

describe('imports', () => {
  test.each([
    ['src/core/a.ts', `import type { B } from '../blocks/b.ts';`, 'core may not import blocks'],
    ['src/core/a.ts', `import { readFileSync } from 'node:fs';`, 'core may not import node:fs'],
    ['src/core/a.ts', `import 'zod';`, 'core may not import zod'],
    ['src/blocks/x/a.ts', `export * from '../../wire/b.ts';`, 'blocks may not import wire'],
    ['src/wire/a.ts', `type B = import('../sim/b.ts').B;`, 'wire may not import sim'],
    ['src/designs/x/a.ts', `export { b } from '../../sim/b.ts';`, 'designs may not import sim'],
    ['src/sim/a.ts', `const b = import('../designs/x/index.ts');`, 'sim may not import designs'],
    ['src/net/a.ts', `import { b } from '../api/b.ts';`, 'net may not import api'],
    ['src/api/a.ts', `import { b } from '../net/b.ts';`, 'api may not import net'],
    ['src/api/a.ts', `const b = await import(name);`, 'api imports what is known only at run time'],
    ['src/lab/a.ts', `import { b } from './pool/b.ts';`, 'lab may not import lab/pool'],
    ['src/lab/pool/a.ts', `import { b } from '../../net/b.ts';`, 'lab/pool may not import net'],
    ['src/cluster/a.ts', `import { b } from '../sim/b.ts';`, 'cluster may not import sim'],
    ['src/agent/a.ts', `import { b } from '../lab/b.ts';`, 'agent may not import lab'],
    ['src/cli/a.ts', `import { b } from '../../web/b.ts';`, 'cli may not import web'],
    ['src/cli/a.ts', `import { b } from '../../test/b.ts';`, '../../test/b.ts is a test'],
    ['src/core/a.ts', `import { b } from './b.test.ts';`, './b.test.ts is a test'],
    ['src/core/a.ts', `import { b } from './b.js';`, './b.js lacks its extension (.ts)'],
    ['src/other/a.ts', ``, 'folder other is not in the import table'],
    [
      'src/designs/x/a.ts',
      `import { b } from '../y/protocol.ts';`,
      'another design is imported by its index.ts, not by ../y/protocol.ts',
    ],
  ])('%s: %s', (path, text, what) => {
    expect(complaints(forbiddenImports, path, text)).toEqual([what]);
  });

  test.each([
    ['src/core/a.ts', `// import 'node:fs'\nconst b = "import '../net/b.ts'";`],
    ['src/designs/x/a.ts', `import { b } from '../y/index.ts'; import { c } from './c.ts';`],
    ['src/lab/pool/a.ts', `import { Worker } from 'node:worker_threads'; import '../b.ts';`],
    ['src/core/a.test.ts', `import { b } from '../blocks/b.ts'; import 'node:fs';`],
    ['src/cli/a.ts', `import { b } from '../lab/pool/b.ts'; await import(name);`],
  ])('innocent: %s: %s', (path, text) => {
    expect(complaints(forbiddenImports, path, text)).toEqual([]);
  });

  test('an index is not imported from inside its folder', () => {
    const check = (path: string, from: string) =>
      complaints(ownIndexImports, path, `import { b } from '${from}';`);
    expect(check('src/core/a.ts', './index.ts')).toHaveLength(1);
    expect(check('src/blocks/data/a.ts', '../index.ts')).toHaveLength(1);
    expect(check('src/designs/x/a.ts', '../y/index.ts')).toEqual([]);
    expect(check('src/blocks/data/a.ts', '../../core/index.ts')).toEqual([]);
  });
});

describe('cycles', () => {
  const tree = (files: Record<string, string>): Source[] =>
    Object.entries(files).map(([path, to]) =>
      sourceOf(path, to && `import type { B } from '${to}';`),
    );

  test('of two files, by types', () => {
    const sources = tree({ 'src/core/a.ts': './b.ts', 'src/core/b.ts': './a.ts' });
    expect(whats(importCycles(sources))).toEqual([
      'cycle: src/core/a.ts → src/core/b.ts → src/core/a.ts',
    ]);
  });

  test('of folders, though no chain of files closes', () => {
    const sources = tree({ 'src/blocks/x/a.ts': '../y/b.ts', 'src/blocks/y/c.ts': '../x/d.ts' });
    expect(whats(importCycles(sources))).toEqual([
      'cycle: src/blocks/x → src/blocks/y → src/blocks/x',
    ]);
  });

  test('of a file and a folder beside it', () => {
    const sources = tree({ 'src/x/a.ts': './in/b.ts', 'src/x/in/c.ts': '../a.ts' });
    expect(whats(importCycles(sources))).toEqual(['cycle: src/x/a.ts → src/x/in → src/x/a.ts']);
  });

  test('a diamond is none, nor is a test that imports what imports it', () => {
    const diamond = { 'src/a.ts': './b.ts', 'src/c.ts': './b.ts', 'src/b.ts': './d.ts' };
    expect(importCycles(tree({ ...diamond, 'src/a.test.ts': './a.ts' }))).toEqual([]);
  });
});

describe('bans', () => {
  test.each([
    ['Math.random()', 'Math.random'],
    ['Math.log(x)', 'Math.log'],
    ["Math['pow'](x, 2)", 'Math.pow'],
    ['Math[name](x)', 'Math.[…]'],
    ['const { hypot } = Math', 'Math as a value'],
    ['const m = Math; m.random()', 'Math as a value'],
    ['x ** y', '** whose exponent is no integer literal'],
    ['x ** 0.5', '** whose exponent is no integer literal'],
    ['x **= y', '** whose exponent is no integer literal'],
    ['new Date()', 'Date'],
    ['let when: Date', 'Date'],
    ['Date.now()', 'Date'],
    ['new Intl.Collator()', 'Intl'],
    ['a.localeCompare(b)', 'localeCompare'],
    ['n.toLocaleString()', 'toLocaleString'],
    ['new WeakRef(x)', 'WeakRef'],
    ['new FinalizationRegistry(f)', 'FinalizationRegistry'],
    ['async function f() {}', 'async'],
    ['const f = async () => 1', 'async'],
    ['class A { async f() {} }', 'async'],
    ['await x', 'await'],
    ['for await (const y of x);', 'await'],
    ['Promise.resolve(1)', 'Promise'],
    ['new Promise(f)', 'Promise'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['setInterval(f, 1)', 'setInterval'],
    ['setImmediate(f)', 'setImmediate'],
    ['queueMicrotask(f)', 'queueMicrotask'],
    ['performance.now()', 'performance'],
    ['process.env', 'process'],
    ['const { env } = process', 'process'],
    ['({ process })', 'process'],
    ['Buffer.alloc(1)', 'Buffer'],
    ['console.log(1)', 'console'],
    ["globalThis['process']", 'globalThis'],
    ['crypto.randomUUID()', 'crypto'],
  ])('%s', (text, name) => {
    expect(complaints(bannedNames, 'src/sim/a.ts', text)).toContain(`sim uses ${name}`);
  });

  test.each(['core', 'blocks', 'wire', 'designs', 'sim', 'lab'])('%s is pure', (folder) => {
    expect(complaints(bannedNames, `src/${folder}/x/a.ts`, 'Date')).toEqual([
      `${folder} uses Date`,
    ]);
  });

  test.each([
    '// Math.random() and new Date(), await process\n',
    "const text = 'Date.now() localeCompare Promise';",
    'const text = `Math.random ${1} async`;',
    'Math.abs(x) + Math.imul(x, y) + Math.sqrt(x) + Math.PI',
    'x ** 2; 2n ** 64n;',
    'class A { process() {} Date = 1; }',
    'network.process(); trace.performance; row.Date;',
    'const process = 1; use(process);',
    'function f(performance: number) { return performance; }',
    'import { console } from "./b.ts"; console.log();',
    'interface Host { stop(): Promise<void>; readonly crypto: number }',
    'const row = { Date: 1, process: 2 };',
  ])('innocent: %s', (text) => {
    expect(complaints(bannedNames, 'src/core/a.ts', text)).toEqual([]);
  });

  test('api and testing may be async, but take time and chance from a host', () => {
    const text = 'async function f() { await Promise.all([]); Math.log(2); }';
    expect(complaints(bannedNames, 'src/api/a.ts', text)).toEqual([]);
    expect(complaints(bannedNames, 'src/api/a.ts', 'setTimeout(f)')).toHaveLength(1);
    expect(complaints(bannedNames, 'src/api/a.ts', 'Math.random()')).toHaveLength(1);
    expect(complaints(bannedNames, 'src/api/a.ts', 'setImmediate(f)')).toHaveLength(1);
    expect(complaints(bannedNames, 'src/testing/a.ts', 'setImmediate(f)')).toEqual([]);
  });

  test('folders that see Node, the pool and tests are free', () => {
    for (const path of ['src/net/a.ts', 'src/lab/pool/a.ts', 'src/core/a.test.ts', 'bench/a.ts']) {
      expect(complaints(bannedNames, path, 'await Promise.all([Date.now()])')).toEqual([]);
    }
  });
});

describe('size', () => {
  const lines = (count: number) => 'f();\n'.repeat(count);
  const body = (count: number) => `function f() {\n${lines(count - 2)}}\n`;

  test('of files', () => {
    const check = (path: string, text: string) => longFiles([sourceOf(path, text)], 600);
    expect(check('src/a.ts', body(2) + lines(599))).toHaveLength(1);
    expect(check('src/a.ts', body(2) + lines(598))).toEqual([]);
    expect(check('src/a.test.ts', body(2) + lines(900))).toEqual([]);
    expect(check('src/a.ts', `export const table = [\n${'1,\n'.repeat(900)}];\n`)).toEqual([]);
  });

  test('of functions', () => {
    expect(complaints(longFunctions, 'src/a.ts', body(71))).toHaveLength(1);
    expect(complaints(longFunctions, 'src/a.ts', body(70))).toEqual([]);
    expect(complaints(longFunctions, 'src/a.ts', `const f = () => {\n${lines(70)}}`)).toHaveLength(
      1,
    );
    expect(complaints(longFunctions, 'src/a.ts', `class A { f() {\n${lines(70)}} }`)).toHaveLength(
      1,
    );
  });

  test('of lines', () => {
    expect(complaints(longLines, 'src/a.ts', `// ${'x'.repeat(98)}`)).toHaveLength(1);
    expect(complaints(longLines, 'src/a.ts', `// ${'…'.repeat(97)}`)).toEqual([]);
    expect(complaints(longLines, 'src/a.ts', `// https://a.example/${'x'.repeat(98)}`)).toEqual([]);
  });
});

test('names that say nothing', () => {
  for (const name of ['utils', 'types', 'helpers', 'constants', 'misc', 'common', 'PhiAccrual']) {
    expect(complaints(vagueNames, `src/core/${name}.ts`, '')).toHaveLength(1);
  }
  expect(complaints(vagueNames, 'src/core/utils/a.ts', '')).toHaveLength(1);
  expect(complaints(vagueNames, 'src/core/phi-accrual.test.ts', '')).toEqual([]);
});

describe('leftovers', () => {
  test.each([
    'enum A { B }',
    'const enum A { B }',
    'test.skip("a", f)',
    'it.only("a", f)',
    'describe.todo("a")',
    'describe.concurrent.only("a", f)',
    'test.each([]).skip("a", f)',
  ])('%s', (text) => {
    expect(complaints(leftovers, 'src/a.test.ts', text)).toHaveLength(1);
  });

  test.each(['reader.skip(4)', '// test.only', 'context.skip("no serf")', 'test.each([])("a", f)'])(
    'innocent: %s',
    (text) => {
      expect(complaints(leftovers, 'src/a.test.ts', text)).toEqual([]);
    },
  );
});

test('designs that lack rooms', () => {
  const rooms = ['messages.ts', 'config.ts', 'protocol.ts', 'codec.ts', 'index.ts', 'README.md'];
  const whole = rooms.map((room) => `src/designs/x/${room}`);
  expect(missingRooms([...whole, 'src/designs/catalogue.ts'])).toEqual([]);
  for (const room of whole) {
    expect(missingRooms(whole.filter((path) => path !== room))).toHaveLength(1);
  }
});

test('exports without a source', () => {
  const manifest = {
    exports: {
      '.': { types: './dist/a/index.d.ts' },
      './b/*': './dist/b/*/index.js',
      './c': './c',
    },
    bin: { a: 'dist/cli/main.js' },
  };
  expect(whats(deadExports(manifest, []))).toEqual([
    './dist/a/index.d.ts has no source',
    './dist/b/*/index.js has no source',
    './c has no source',
    'dist/cli/main.js has no source',
  ]);
  const paths = ['src/a/index.ts', 'src/b/x/index.ts', 'c', 'src/cli/main.ts'];
  expect(deadExports(manifest, paths)).toEqual([]);
});

test('links that lead nowhere', () => {
  const exists = (path: string) => path === 'docs/here.md';
  const check = (text: string) => whats(deadLinks([{ ...sourceOf('docs/a.md', text) }], exists));
  expect(check('[a](gone.md) and\n[b](../gone.md#x "t")\n\n[c]: gone.md')).toHaveLength(3);
  expect(check('[a](here.md#x), [b](#top), [c](https://a.example/), `[d](gone.md)`')).toEqual([]);
  expect(check('```\n[a](gone.md)\n```\n')).toEqual([]);
});

test('traces of a machine', () => {
  const check = (text: string) => whats(machineTraces([sourceOf('a.md', text)], 'mirror.example'));
  const slash = '/'; // Or this file would find itself.
  for (const folder of ['work', 'root', 'home']) {
    expect(check(`see ${slash}${folder}/x`)).toHaveLength(1);
    expect(check(`src${slash}${folder}/x`)).toEqual([]);
  }
  expect(check(`https:${slash}/${['registry', 'npmjs', 'org'].join('.')}/a`)).toHaveLength(1);
  expect(check('from mirror.example:80')).toHaveLength(1);
  expect(check('https://github.com/a/b and registry.register(x)')).toEqual([]);
});

test('holes in the lockfile', () => {
  const parent = { optionalDependencies: { b: '1' } };
  expect(lockfileHoles({ packages: { 'node_modules/a': parent } })).toHaveLength(1);
  expect(lockfileHoles({ packages: { a: parent, 'node_modules/b': {} } })).toEqual([]);
  expect(lockfileHoles({ packages: { a: { resolved: 'x' } } })).toHaveLength(1);
});
