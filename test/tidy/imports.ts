/** Who imports what, and the table of who may, types counted. */
import { posix } from 'node:path';
import { isNode, isTest, type Node, type Problem, problemAt, type Source, walk } from './source.ts';

const designsAndBelow = ['core', 'blocks', 'wire', 'designs'];
const live = ['net', 'api', 'cluster', 'agent'];

/** Folder → the folders it may import, itself apart. The tsconfig references repeat this. */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  core: [],
  blocks: ['core'],
  wire: ['core'],
  designs: ['core', 'blocks', 'wire'],
  sim: ['core', 'wire', 'blocks'],
  net: ['core', 'wire', 'blocks'],
  api: designsAndBelow,
  lab: ['sim', ...designsAndBelow],
  'lab/pool': ['lab', 'sim', ...designsAndBelow],
  cluster: ['api', 'net', ...designsAndBelow],
  testing: ['api', 'sim', ...designsAndBelow],
  agent: ['cluster', 'api', 'net', ...designsAndBelow],
  cli: [...live, 'testing', 'lab', 'lab/pool', 'sim', ...designsAndBelow],
  web: ['sim', 'designs', 'lab'],
};

/** Folders that may import packages and `node:` modules. */
const withPackages = new Set(['net', 'cluster', 'agent', 'cli', 'lab/pool', 'web']);

export interface Import {
  readonly node: Node;
  /** Undefined when it is computed at run time. */
  readonly specifier: string | undefined;
  /** The imported file from the project's root, for a relative import. */
  readonly target: string | undefined;
}

export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source.program, (node) => {
    const named = moduleName(node);
    if (named === undefined) return;
    const specifier = typeof named.value === 'string' ? named.value : undefined;
    const relative = specifier !== undefined && /^\.{1,2}(\/|$)/.test(specifier);
    const target = relative ? posix.join(posix.dirname(source.path), specifier) : undefined;
    found.push({ node, specifier, target });
  });
  return found;
}

/** The node that names the module, for each of the ways to import one. */
function moduleName(node: Node): Node | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return isNode(node['source']) ? node['source'] : undefined;
    case 'TSExternalModuleReference':
      return isNode(node['expression']) ? node['expression'] : undefined;
    default:
      return undefined;
  }
}

/** The row of the table a path belongs to; undefined outside it (tests, benchmarks, scripts). */
export function folderOf(path: string): string | undefined {
  if (isTest(path)) return undefined;
  if (path.startsWith('src/lab/pool/')) return 'lab/pool';
  return path.match(/^(?:src\/)?([^/]+)\//)?.[1];
}

export function forbiddenImports(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => {
    const from = folderOf(source.path);
    if (from === undefined || !/^(src|web)\//.test(source.path)) return [];
    if (importTable[from] === undefined) {
      return [{ path: source.path, line: 1, what: `folder ${from} is not in the import table` }];
    }
    return importsOf(source).flatMap((imported) => {
      const what = objection(source.path, from, imported);
      return what === undefined ? [] : [problemAt(source, imported.node, what)];
    });
  });
}

function objection(path: string, from: string, imported: Import): string | undefined {
  const { specifier, target } = imported;
  if (specifier === undefined) {
    return withPackages.has(from) ? undefined : `${from} imports what is known only at run time`;
  }
  if (target === undefined) {
    return withPackages.has(from) ? undefined : `${from} may not import ${specifier}`;
  }
  if (!/\.(ts|tsx|json|mjs|css)$/.test(target)) return `${specifier} lacks its extension (.ts)`;
  if (isTest(target)) return `${specifier} is a test`;
  const to = folderOf(target) ?? target;
  if (to !== from) {
    return importTable[from]?.includes(to) === true ? undefined : `${from} may not import ${to}`;
  }
  const [mine, theirs] = [designOf(path), designOf(target)];
  if (mine !== undefined && theirs !== undefined && mine !== theirs) {
    return target.endsWith(`/${theirs}/index.ts`)
      ? undefined
      : `another design is imported by its index.ts, not by ${specifier}`;
  }
  return undefined;
}

function designOf(path: string): string | undefined {
  return path.match(/^src\/designs\/([^/]+)\//)?.[1];
}

/** A folder's `index.ts` is for those outside; inside, it would tie all its files into one knot. */
export function ownIndexImports(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => {
    if (!source.path.startsWith('src/') || isTest(source.path)) return [];
    return importsOf(source).flatMap(({ node, specifier, target }) => {
      const folder = target?.match(/^(.*\/)index\.ts$/)?.[1];
      if (folder === undefined || !source.path.startsWith(folder)) return [];
      return [problemAt(source, node, `imports ${specifier}, the index of its own folder`)];
    });
  });
}
