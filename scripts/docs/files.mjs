// The project's files as the documentation's scripts see them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../house.mjs';

const foreign = /(^|\/)(node_modules|dist|\.git|\.cache|coverage)(\/|$)/;

export const read = (path) => readFileSync(join(root, path), 'utf8');

export const exists = (path) => existsSync(join(root, path));

/** Whether a folder of code has any. */
export function hasSources(path) {
  const names = exists(path) ? readdirSync(join(root, path), { recursive: true }) : [];
  return names.some((name) => /\.tsx?$/.test(name));
}

/** A module of the build: `compiled('blocks/membership')` or `compiled('cli/exit-codes.js')`. */
export function compiled(path) {
  const file = path.endsWith('.js') ? path : `${path}/index.js`;
  return import(pathToFileURL(join(root, 'dist', file)).href);
}

/** All Markdown files, in order. */
export function markdownFiles(folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (foreign.test(path)) return [];
      if (entry.isDirectory()) return markdownFiles(path);
      return path.endsWith('.md') ? [path] : [];
    })
    .toSorted();
}

/** The text of all sources of src/ but tests. */
export function allSources(folder = 'src') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return allSources(path);
    return /(?<!\.test)\.ts$/.test(path) ? [read(path)] : [];
  });
}
