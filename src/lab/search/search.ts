/** Runs random scenarios and tells which promises broke, and what each run has reached. */
import { runScenario, type Outcome, type Scenario, type Violation } from '../../sim/index.ts';
import { SCENARIO_DESIGNS } from '../scenario-designs.ts';
import { randomScenario, type RandomScenarioOptions } from './random-scenario.ts';

/** How one seed went. */
export interface SeedResult {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  /** The first promise that broke. */
  readonly violation: Violation | undefined;
}

export function searchSeed(options: RandomScenarioOptions): SeedResult {
  const scenario = randomScenario(options);
  const outcome = runScenario(scenario, SCENARIO_DESIGNS);
  return { seed: options.seed, scenario, outcome, violation: firstViolation(outcome) };
}

/** The first promise that broke; a handler that threw broke the first of all. */
export function firstViolation({ failure, violations }: Outcome): Violation | undefined {
  if (failure === undefined) return violations[0];
  const { atMs, node, text } = failure;
  return { checker: EXCEPTION, atMs, node, text };
}

/** Stands for a checker where a handler threw. */
export const EXCEPTION = 'no-exception';
