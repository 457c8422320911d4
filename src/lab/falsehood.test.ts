import { expect, test } from 'vitest';
import { runScenario, type Outcome } from '../sim/index.ts';
import { LIES } from './falsehood.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';

function told(lie: string): Outcome {
  const forge = {
    atMs: 10_000,
    type: 'command',
    node: 'n1',
    command: 'forge',
    argument: lie,
  } as const;
  return runScenario(
    {
      version: 1,
      build: 'test',
      seed: 1,
      design: 'hearsay',
      config: {},
      nodes: 5,
      network: { latency: { type: 'constant', ms: 5 } },
      faults: [forge],
      untilMs: 60_000,
      checks: [
        { type: 'accuracy', graceMs: 1_000 },
        { type: 'convergence', boundMs: 10_000, counters: true },
        { type: 'no-ghosts', boundMs: 10_000 },
      ],
    },
    SCENARIO_DESIGNS,
  );
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
