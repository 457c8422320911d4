/**
 * What was measured when: `bench/history.jsonl`, a line for each group of each recorded run. The
 * documentation shows the latest of each group, and a new run is printed beside it.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { compare, lineLike, type Comparison } from './comparison.ts';
import type { Entry } from './entry.ts';
import type { Line } from './line.ts';

export class History {
  readonly #entries: Entry[];

  constructor() {
    const text = readFileSync(FILE, 'utf8').trim();
    this.#entries = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Entry);
  }

  /** What a line said when its group was last recorded. */
  before(group: string, line: Line): string | undefined {
    const entry = this.#entries.findLast((one) => one.group === group);
    return lineLike(line, entry?.lines ?? [])?.measured;
  }

  /** What was there before nodes had data, events and queries: as it was, and as it is. */
  comparison(): Comparison {
    return compare(this.#entries);
  }

  /** @param seconds how long it took */
  record(group: string, machine: string, lines: readonly Line[], seconds: number): void {
    const date = new Date().toISOString().slice(0, 10);
    const entry: Entry = { group, commit: commit(), date, machine, seconds, lines };
    appendFileSync(FILE, `${JSON.stringify(entry)}\n`);
  }
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', `:!${FILE}`);
  return git('rev-parse', '--short', 'HEAD') + (changes === '' ? '' : '+');
}

/** Of the checkout that the benchmark runs in. */
const FILE = 'bench/history.jsonl';
