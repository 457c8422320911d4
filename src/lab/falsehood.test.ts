import { expect, test } from 'vitest';
import { runScenario, type Outcome, type Scenario } from '../sim/index.ts';
import { LIES } from './falsehood.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';

const SCENARIO: Scenario = {
  version: 1,
  build: 'test',
  seed: 1,
  design: 'hearsay',
  config: {},
  nodes: 5,
  network: { latency: { type: 'constant', ms: 5 } },
  faults: [],
  untilMs: 60_000,
  checks: [
    { type: 'accuracy', graceMs: 1_000 },
    { type: 'convergence', boundMs: 10_000, counters: true },
    { type: 'no-ghosts', boundMs: 10_000 },
  ],
};

function told(lie: string): Outcome {
  const forge = {
    atMs: 10_000,
    type: 'command',
    node: 'n1',
    command: 'forge',
    argument: lie,
  } as const;
  return runScenario({ ...SCENARIO, faults: [forge] }, SCENARIO_DESIGNS);
}

test.each([
  ['facts', 'forgery'],
  ['life', 'start-raised'],
  ['name', 'disowned'],
  ['state', 'data-not-mine'],
])('a lie about %s is answered (%s), and all agree', (lie, mark) => {
  const { marks, violations, failure } = told(lie);
  expect({ violations, failure }).toEqual({ violations: [], failure: undefined });
  expect(marks[mark]).toBeGreaterThan(0);
});

test('each lie is known, and no other', () => {
  expect(Object.keys(LIES)).toEqual(['facts', 'life', 'name', 'state', 'chunks']);
  expect(() => told('time')).toThrow('no lie "time"; there are facts, life, name, state, chunks');
});

test('claims of events that are not there are found false, and nobody misses any', () => {
  const publish = { type: 'command', node: 'n0', command: 'publish', argument: '=a*1' } as const;
  const claim = { type: 'command', command: 'claim', argument: 'n0' } as const;
  const { marks, violations, failure } = runScenario(
    {
      ...SCENARIO,
      faults: [
        { atMs: 10_000, ...publish },
        { atMs: 20_000, node: 'n1', ...claim },
        { atMs: 20_000, node: 'n2', ...claim },
        { atMs: 30_000, ...publish },
      ],
      untilMs: 120_000,
    },
    SCENARIO_DESIGNS,
  );
  expect({ violations, failure }).toEqual({ violations: [], failure: undefined });
  expect(marks['claim-false']).toBeGreaterThan(3);
  expect(marks['events-missed']).toBeUndefined();
});
