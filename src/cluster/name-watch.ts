/**
 * Asks again and again what names stand for, while a node runs.
 *
 * Names are asked one after another, so that a resolver that hangs holds one thread of the process
 * and no more. A name that fails keeps the addresses it had. Every interval is drawn within a
 * quarter of its length, so that nodes started together do not ask together; after failures it is
 * doubled, up to sixteen times.
 */
import type { Address } from '../core/index.ts';
import type { Seeds } from './seeds.ts';

/** What DNS records usually live for, where hosts come and go. */
const INTERVAL_MS = 30_000;

const DOUBLINGS_MAX = 4;

export interface NameWatchOptions {
  /** They remember what each meant. */
  readonly seeds: Seeds;
  /** What is to be asked now, as people write it. */
  readonly wanted: () => readonly string[];
  /** All addresses, when they are not what they were. Never called with none. */
  readonly found: (addresses: readonly Address[]) => void;
  /** Default 30 s. */
  readonly intervalMs?: number | undefined;
  /** Ends it. */
  readonly isOver: () => boolean;
}

export function watchNames(options: NameWatchOptions): void {
  const { found, intervalMs = INTERVAL_MS, isOver, seeds, wanted } = options;
  let told = keyOf(seeds.known(wanted()));
  let failures = 0;
  const schedule = (): void => {
    const waitMs = intervalMs * 2 ** Math.min(failures, DOUBLINGS_MAX);
    setTimeout(() => void ask(), waitMs * (0.75 + Math.random() / 2)).unref();
  };
  const ask = async (): Promise<void> => {
    const texts = wanted();
    let failed = false;
    for (const text of texts) {
      if (isOver()) return;
      const { why } = await seeds.resolveOne(text);
      if (why !== undefined) failed = true;
    }
    if (isOver()) return;
    failures = failed ? failures + 1 : 0;
    const addresses = seeds.known(texts);
    const key = keyOf(addresses);
    if (addresses.length > 0 && key !== told) {
      told = key;
      found(addresses);
    }
    schedule();
  };
  schedule();
}

function keyOf(addresses: readonly Address[]): string {
  return [...addresses].sort().join(' ');
}
