import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { searchSeed } from '../../src/lab/index.ts';
import { BUILD_MS_MAX, ensureBuilt, root } from '../built.ts';
import { compiled, occurrences, PlantedCopy } from './plant.ts';
import { PLANTS } from './plants.ts';

beforeAll(ensureBuilt, BUILD_MS_MAX);

test.each(PLANTS)('$id still applies, to source and build', ({ file, text }) => {
  expect(occurrences(readFileSync(join(root, 'src', file), 'utf8'), text)).toBe(1);
  expect(occurrences(readFileSync(join(root, 'dist', compiled(file)), 'utf8'), text)).toBe(1);
});

test.each(PLANTS.filter(({ seed }) => seed !== undefined))(
  '$id: the search finds it at seed $seed, where the true build breaks nothing',
  { timeout: 60_000 },
  (plant) => {
    const seed = plant.seed!;
    expect(searchSeed({ seed, design: 'hearsay', build: 'test' }).violation).toBe(undefined);
    const copy = new PlantedCopy(root, plant);
    try {
      expect(copy.search(seed, 1)).toMatchObject({ seed });
    } finally {
      copy.remove();
    }
  },
);
