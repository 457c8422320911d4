/** Plants a bug in a copy of the compiled product, and lets the search look for it there. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Violation } from '../../src/sim/index.ts';
import type { Plant } from './plants.ts';

/** A copy of the product in which a bug is planted. Dispose of it by `remove`. */
export class PlantedCopy {
  readonly folder: string;

  /** @param root of the project, which must be built */
  constructor(root: string, { file, text, instead }: Plant) {
    this.folder = mkdtempSync(join(tmpdir(), 'hearsay-planted-'));
    for (const name of ['dist', 'package.json']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true, filter: isNeeded });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    const path = join(this.folder, 'dist', compiled(file));
    writeFileSync(path, replaced(readFileSync(path, 'utf8'), text, instead));
  }

  /** The first of these seeds at which a promise breaks, if any does. */
  search(seeds: number, shrinkRuns = 0): Finding | undefined {
    const flags = ['--seeds', `${seeds}`, '--shrink-runs', `${shrinkRuns}`, '--first'];
    const report = this.#sim('search', ...flags, '--out', this.folder);
    return (report as { readonly found: readonly Finding[] }).found[0];
  }

  /** The promises that a recorded scenario breaks here. */
  replay(file: string): readonly Violation[] {
    const report = this.#sim('replay', file);
    return (report as { readonly outcome: Outcome }).outcome.violations;
  }

  #sim(...words: string[]): unknown {
    const main = join(this.folder, 'dist', 'cli', 'main.js');
    const run = spawnSync(process.execPath, [main, 'sim', ...words, '--json'], {
      encoding: 'utf8',
      maxBuffer: 64_000_000,
    });
    if (run.status !== 0 && run.status !== 1) throw new Error(`sim failed: ${run.stderr}`);
    return JSON.parse(run.stdout);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export interface Finding {
  readonly seed: number;
  readonly violation: Violation;
  /** The replay, in the folder of the copy. */
  readonly file: string;
}

/** How often a text stands in another, spaces and line breaks aside. */
export function occurrences(whole: string, text: string): number {
  return [...whole.matchAll(patternOf(text))].length;
}

/** Programs, and nothing that only tells of them. */
function isNeeded(path: string): boolean {
  return !/\.(d\.ts|map|tsbuildinfo)$/.test(path);
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
