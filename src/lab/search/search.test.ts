import { expect, test } from 'vitest';
import { parseScenario, runScenario, type Scenario } from '../../sim/index.ts';
import { SCENARIO_DESIGNS } from '../scenario-designs.ts';
import { Coverage } from './coverage.ts';
import { randomScenario } from './random-scenario.ts';
import { EXCEPTION, firstViolation, searchSeed } from './search.ts';
import { shrink } from './shrink.ts';

const scenarioOf = (seed: number, nodes?: number): Scenario =>
  randomScenario({ seed, design: 'hearsay', build: 'test', ...(nodes !== undefined && { nodes }) });

test('a seed is a scenario, always the same, that is well formed and runs five minutes', () => {
  for (let seed = 0; seed < 300; seed++) {
    const scenario = scenarioOf(seed);
    expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    expect(scenarioOf(seed)).toEqual(scenario);
    expect(scenario.untilMs).toBeGreaterThanOrEqual(300_000);
  }
});

test('all trouble is over two minutes before the end', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { faults, untilMs } = scenarioOf(seed);
    for (const { atMs } of faults) expect(atMs).toBeLessThanOrEqual(untilMs - 120_000);
  }
});

test('clusters have the size that is wanted', () => {
  const { nodes } = scenarioOf(3, 7);
  const founders = Array.isArray(nodes) ? nodes.filter(({ name }) => /^n\d+$/.test(name)) : [];
  expect(founders.map(({ name }) => name)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
});

test('a design that nobody can search is refused', () => {
  const build = 'test';
  expect(() => randomScenario({ seed: 1, design: 'serf', build })).toThrow(
    'no design "serf" to search; there are hearsay, heartbeat',
  );
});

test('what was reached counts once for each seed', () => {
  const coverage = new Coverage();
  const results = [1, 2].map((seed) => searchSeed({ seed, design: 'hearsay', build: 'test' }));
  for (const result of results) coverage.add(result);
  for (const { seeds } of coverage.list()) expect([1, 2]).toContain(seeds);
  const marks = new Set(results.flatMap(({ outcome }) => Object.keys(outcome.marks)));
  const listed = coverage.list().filter(({ kind }) => kind === 'mark');
  expect(new Set(listed.map(({ name }) => name))).toEqual(marks);
});

test('a handler that threw broke the first of all promises', () => {
  const failure = { node: 'a', atMs: 7, text: 'wake threw' };
  const outcome = { traceHash: '', counters: {} as never, violations: [], marks: {} };
  expect(firstViolation(outcome)).toBe(undefined);
  const violation = firstViolation({ ...outcome, failure });
  expect(violation).toEqual({ checker: EXCEPTION, atMs: 7, node: 'a', text: 'wake threw' });
});

/** A promise that nobody can keep: a crash is known at once. */
function impossible(seed: number): Scenario {
  const scenario = scenarioOf(seed, 12);
  const crash = { atMs: 20_000, type: 'crash', node: 'n7' } as const;
  return {
    ...scenario,
    faults: [crash, ...scenario.faults.filter(({ atMs }) => atMs > 30_000)],
    checks: [{ type: 'completeness', boundMs: 1 }],
  };
}

test('what broke is shrunk to the fault that breaks it, and breaks the same promise', () => {
  const scenario = impossible(6);
  const { violation, outcome, ...shrunk } = shrink(scenario, 'completeness');
  expect(violation.checker).toBe('completeness');
  expect(shrunk.scenario.faults).toHaveLength(1);
  expect(shrunk.scenario.nodes).toHaveLength(2);
  expect(shrunk.scenario.untilMs).toBeLessThan(scenario.untilMs);
  expect(runScenario(shrunk.scenario, SCENARIO_DESIGNS)).toEqual(outcome);
  expect(shrink(scenario, 'completeness').scenario).toEqual(shrunk.scenario);
});

test('shrinking runs so many scenarios at most', () => {
  let runs = 0;
  shrink(impossible(6), 'completeness', { runsMax: 3, onRun: () => runs++ });
  expect(runs).toBe(3);
});

test('what breaks nothing, or something else, cannot be shrunk', () => {
  expect(() => shrink(impossible(6), 'accuracy')).toThrow('does not break "accuracy"');
});
