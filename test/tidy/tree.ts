/** Reads the project's files; git is not needed, so that `npm test` works without it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Source, sourceOf } from './source.ts';

const root = join(import.meta.dirname, '..', '..');
const foreign = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage']);
const binary = /\.(bin|pcap|png|ico|woff2|gz|tgz|tsbuildinfo)$/;

export function readTree(folder = ''): Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (foreign.has(entry.name)) return [];
    if (entry.isDirectory()) return readTree(path);
    if (!entry.isFile() || binary.test(path)) return [];
    return [sourceOf(path, readFileSync(join(root, path), 'utf8'))];
  });
}

export function exists(path: string): boolean {
  return existsSync(join(root, path));
}
