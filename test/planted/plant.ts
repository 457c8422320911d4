/** Plants a bug in a copy of the compiled product, and lets the search look for it there. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plant } from './plants.ts';

/** A copy of the product in which a bug is planted. Dispose of it by `remove`. */
export class PlantedCopy {
  readonly folder: string;

  /** @param root of the project, which must be built */
  constructor(root: string, { file, text, instead }: Plant) {
    this.folder = mkdtempSync(join(tmpdir(), 'hearsay-planted-'));
    for (const name of ['dist', 'package.json']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    const path = join(this.folder, 'dist', compiled(file));
    writeFileSync(path, replaced(readFileSync(path, 'utf8'), text, instead));
  }

  /** The first of these seeds at which a promise breaks, if any does. */
  search(from: number, seeds: number): Finding | undefined {
    const range = ['--from', `${from}`, '--seeds', `${seeds}`];
    const flags = ['--first', '--shrink-runs', '0', '--json', '--out', this.folder];
    const main = join(this.folder, 'dist', 'cli', 'main.js');
    const run = spawnSync(process.execPath, [main, 'sim', 'search', ...range, ...flags], {
      encoding: 'utf8',
      maxBuffer: 64_000_000,
    });
    if (run.status !== 0 && run.status !== 1) throw new Error(`the search failed: ${run.stderr}`);
    const { found } = JSON.parse(run.stdout) as { readonly found: readonly Finding[] };
    return found[0];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export interface Finding {
  readonly seed: number;
  readonly violation: { readonly checker: string; readonly text: string };
}

/** How often a text stands in another, spaces and line breaks aside. */
export function occurrences(whole: string, text: string): number {
  return [...whole.matchAll(patternOf(text))].length;
}

export function compiled(file: string): string {
  return file.replace(/\.ts$/, '.js');
}

function replaced(whole: string, text: string, instead: string): string {
  if (occurrences(whole, text) !== 1) throw new Error(`this text must stand once: ${text}`);
  return whole.replace(patternOf(text), () => instead);
}

function patternOf(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(
    words.map((word) => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('\\s+'),
    'gu',
  );
}
