import { expect, test } from 'vitest';
import { starve, type StarveOptions } from './starve.ts';

const some: StarveOptions = { design: 'hearsay', seed: 1, nodes: 20, starved: 2 };

/** Plain SWIM: a fixed suspicion timeout and none of Lifeguard. */
const swim = {
  suspicionBeta: 1,
  localHealth: false,
  nacks: false,
  dynamicSuspicion: false,
  tellSuspect: false,
  refusal: false,
  lastQuestion: false,
  pauseGuard: false,
  doubt: false,
};

test('starved members of plain SWIM take the healthy for dead', () => {
  const result = starve({ ...some, tuning: { hearsay: swim } });
  expect(result.falseDeaths).toBeGreaterThan(0);
  expect(result.falseDeathViews).toBeGreaterThan(0);
  expect(result.falseSuspicionViews).toBeGreaterThanOrEqual(result.falseSuspicions);
});

test('where nobody starves, none of that; and a machine without power is found dead', () => {
  const result = starve({ ...some, starved: 0 });
  expect(result).toMatchObject({ falseSuspicions: 0, falseDeaths: 0, falseDeathViews: 0 });
  expect(result.powerOffKnownMs).toBeGreaterThan(1000);
  expect(result.powerOffKnownMs).toBeLessThan(30_000);
});

test('two healthy ones must remain: one to lose power, one to know it', () => {
  expect(() => starve({ ...some, starved: 19 })).toThrow(/^starved: /);
});
