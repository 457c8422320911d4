/**
 * What each strategy costs by the number of differences, and which is the cheapest from where on.
 */
import { SyncTrial, type SyncLoad, type SyncResult, type SyncStrategy } from './sync.ts';

/** 0, then 1, 2, 5, 10, … up to as many as there are facts. */
export function differenceGrid(facts: number): number[] {
  const grid = [0];
  for (let scale = 1; scale <= facts; scale *= 10) {
    grid.push(...[scale, 2 * scale, 5 * scale].filter((differences) => differences <= facts));
  }
  return grid;
}

export function sweepSync(
  load: Omit<SyncLoad, 'differences'>,
  strategies: readonly SyncStrategy[],
  differences = differenceGrid(load.facts),
): SyncResult[] {
  return differences.flatMap((count) => {
    const trial = new SyncTrial({ ...load, differences: count });
    return strategies.map((strategy) => trial.run({ strategy }));
  });
}

/** From so many differences on, this one. */
export interface CheapestFrom {
  readonly differences: number;
  readonly strategy: SyncStrategy;
}

/** Where, of the numbers of differences that were run, the cheapest complete strategy changes. */
export function cheapestFrom(results: readonly SyncResult[]): CheapestFrom[] {
  const cheapest = new Map<number, SyncResult>();
  for (const result of results) {
    const best = cheapest.get(result.differences);
    if (result.complete && (best === undefined || result.bytes < best.bytes)) {
      cheapest.set(result.differences, result);
    }
  }
  const changes: CheapestFrom[] = [];
  for (const [differences, { strategy }] of [...cheapest].sort(([a], [b]) => a - b)) {
    if (changes.at(-1)?.strategy !== strategy) changes.push({ differences, strategy });
  }
  return changes;
}
