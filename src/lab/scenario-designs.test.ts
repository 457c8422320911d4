import { expect, test } from 'vitest';
import { runScenario, type Scenario } from '../sim/index.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';

const scenario: Scenario = {
  version: 1,
  build: 'test',
  seed: 1,
  design: 'hearsay',
  config: {},
  nodes: 5,
  network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.05 },
  faults: [
    { atMs: 10_000, type: 'crash', node: 'n1' },
    { atMs: 20_000, type: 'command', node: 'n2', command: 'leave' },
  ],
  untilMs: 120_000,
  checks: [
    { type: 'completeness', boundMs: 60_000 },
    { type: 'no-resurrection' },
    { type: 'convergence', boundMs: 60_000 },
  ],
};

test.each(Object.keys(SCENARIO_DESIGNS))('%s runs a scenario and keeps its promises', (design) => {
  const outcome = runScenario({ ...scenario, design }, SCENARIO_DESIGNS);
  expect(outcome.violations).toEqual([]);
  expect(outcome.failure).toBeUndefined();
  expect(runScenario({ ...scenario, design, wire: true }, SCENARIO_DESIGNS).traceHash).toBe(
    outcome.traceHash,
  );
});

test.each([
  ['heartbeat', { fanout: 2, mode: 'push' }, undefined],
  ['heartbeat', { gossipFanout: 2 }, 'config.gossipFanout: '],
  ['heartbeat', { fanout: '2' }, 'config.fanout: give a number, not string'],
  ['heartbeat', { fanout: 0 }, 'fanout: '],
  ['hearsay', { streamProbe: false }, undefined],
  ['hearsay', { mode: 'push' }, 'config.mode: '],
])('%s with %j', (design, config, refusal) => {
  const run = (): unknown => runScenario({ ...scenario, design, config }, SCENARIO_DESIGNS);
  if (refusal === undefined) expect(run).not.toThrow();
  else expect(run).toThrow(refusal);
});
