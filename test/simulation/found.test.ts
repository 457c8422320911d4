/**
 * Bugs that the search has found: each scenario in `found/` broke a promise once, and must never do
 * so again. `found/README.md` says what each was.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCENARIO_DESIGNS } from '../../src/lab/index.ts';
import { parseReplay, runScenario } from '../../src/sim/index.ts';

const folder = new URL('found/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

test.each(files)('%s: fixed', (file) => {
  const { scenario } = parseReplay(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  const { failure, violations } = runScenario(scenario, SCENARIO_DESIGNS);
  expect({ failure, violations }).toEqual({ failure: undefined, violations: [] });
});
