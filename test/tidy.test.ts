/** The house rules, held against the whole tree. Each check is itself tested in `tidy/`. */
import { expect, test } from 'vitest';
import { bannedNames } from './tidy/bans.ts';
import { importCycles } from './tidy/cycles.ts';
import { forbiddenImports, ownIndexImports } from './tidy/imports.ts';
import { leftovers } from './tidy/leftovers.ts';
import { deadLinks } from './tidy/links.ts';
import { lockfileHoles, machineTraces } from './tidy/machine.ts';
import { vagueNames } from './tidy/names.ts';
import { deadExports, missingRooms } from './tidy/rooms.ts';
import { fileLinesMax, fileLinesNoted, longFiles, longFunctions, longLines } from './tidy/size.ts';
import type { Problem } from './tidy/source.ts';
import { exists, readTree } from './tidy/tree.ts';

const tree = readTree();
const paths = tree.map(({ path }) => path);
const json = (path: string) => JSON.parse(tree.find((one) => one.path === path)?.text ?? '{}');
const registryUrl = process.env['npm_config_registry']; // Set by npm.
const registry = registryUrl === undefined ? undefined : new URL(registryUrl).host;

const checks: Record<string, () => Problem[]> = {
  'imports keep to the table': () => forbiddenImports(tree),
  'no import of an own index': () => ownIndexImports(tree),
  'no import cycles': () => importCycles(tree),
  'pure folders are pure': () => bannedNames(tree),
  'files are short': () => longFiles(tree, fileLinesMax),
  'functions are short': () => longFunctions(tree),
  'lines are short': () => longLines(tree),
  'names say something': () => vagueNames(tree),
  'no enum, no test switched off': () => leftovers(tree),
  'designs have all rooms': () => missingRooms(paths),
  'exports have sources': () => deadExports(json('package.json'), paths),
  'links lead somewhere': () => deadLinks(tree, exists),
  'no trace of a machine': () => machineTraces(tree, registry),
  'the lockfile is whole': () => lockfileHoles(json('package-lock.json')),
};

test.each(Object.keys(checks))('%s', (name) => {
  const problems = checks[name]?.() ?? [];
  const lines = problems.map(({ path, line, what }) => `${path}:${line}: ${what}`);
  if (lines.length > 0) expect.fail(`\n${lines.join('\n')}\n`);
});

const long = longFiles(tree, fileLinesNoted);
for (const { path, what } of long) console.warn(`tidy: ${path}: ${what}`);
