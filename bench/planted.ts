import { PlantedCopy } from '../test/planted/plant.ts';
import { PLANTS } from '../test/planted/plants.ts';
import type { BenchOptions, Line } from './line.ts';

const SEEDS = 500;

/** Bugs planted in copies of the build: the first seed at which the search finds each. */
export function* plantedBugs({ quick }: BenchOptions): Iterable<Line> {
  const seeds = quick ? SEEDS / 10 : SEEDS;
  for (const plant of PLANTS) {
    const copy = new PlantedCopy(process.cwd(), plant);
    try {
      const found = copy.search(seeds);
      yield {
        what: plant.what,
        on: `seeds 1–${seeds} of the search`,
        measured:
          found === undefined ? 'not found' : `seed ${found.seed}: ${found.violation.checker}`,
        target: `within ${SEEDS} seeds`,
        met: found !== undefined,
      };
    } finally {
      copy.remove();
    }
  }
}
