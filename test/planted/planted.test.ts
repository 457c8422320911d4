import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SCENARIO_DESIGNS } from '../../src/lab/index.ts';
import { parseReplay, runScenario } from '../../src/sim/index.ts';
import { BUILD_MS_MAX, ensureBuilt, root } from '../built.ts';
import { compiled, occurrences, PlantedCopy } from './plant.ts';
import { PLANTS } from './plants.ts';

const SEEDS = 500;
const HUNT_MS_MAX = 1_200_000;
const found = join(root, 'test', 'planted', 'found');

beforeAll(ensureBuilt, BUILD_MS_MAX);

test.each(PLANTS)('$id still applies, to source and build', ({ file, text }) => {
  expect(occurrences(readFileSync(join(root, 'src', file), 'utf8'), text)).toBe(1);
  expect(occurrences(readFileSync(join(root, 'dist', compiled(file)), 'utf8'), text)).toBe(1);
});

test('nothing is kept of bugs that are not planted', () => {
  const known = PLANTS.map(({ id }) => `${id}.json`);
  expect(known).toEqual(expect.arrayContaining(readdirSync(found)));
});

test.each(PLANTS)(
  '$id breaks a promise, which the true build keeps',
  { timeout: HUNT_MS_MAX },
  (plant) => {
    const file = join(found, `${plant.id}.json`);
    const copy = new PlantedCopy(root, plant);
    try {
      if (!existsSync(file)) record(copy, file);
      expect(copy.replay(file)).not.toEqual([]);
    } finally {
      copy.remove();
    }
    const { scenario } = parseReplay(JSON.parse(readFileSync(file, 'utf8')));
    const { failure, violations } = runScenario(scenario, SCENARIO_DESIGNS);
    expect({ failure, violations }).toEqual({ failure: undefined, violations: [] });
  },
);

/** Whoever changes the protocol or its scenarios deletes the file, and the search looks anew. */
function record(copy: PlantedCopy, file: string): void {
  const finding = copy.search(SEEDS, 100);
  if (finding === undefined) expect.fail(`the search does not find it in ${SEEDS} seeds`);
  copyFileSync(finding.file, file);
  expect.fail(`found at seed ${finding.seed} and written to ${file}: run the test again`);
}
