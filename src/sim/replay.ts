import { fields, oneOf, text } from './json-shape.ts';
import { runScenario, type Outcome, type ScenarioDesigns } from './run-scenario.ts';
import { parseScenario, type Scenario } from './scenario.ts';

/** A scenario with the trace it had, as JSON data. */
export interface Replay {
  readonly version: 1;
  readonly scenario: Scenario;
  readonly traceHash: string;
}

/** How a replay went. */
export interface ReplayResult {
  /** The trace was that of the file. */
  readonly isSame: boolean;
  /** The builds, where they differ: then another trace proves nothing. */
  readonly builds?: { readonly recorded: string; readonly running: string };
  readonly outcome: Outcome;
}

/** What to keep of a run, to see it again. */
export function recordReplay(scenario: Scenario, outcome: Outcome): Replay {
  return { version: 1, scenario, traceHash: outcome.traceHash };
}

/** Checks data that claims to be a replay; throws a UsageError that names what is wrong. */
export function parseReplay(value: unknown): Replay {
  const scenario = (data: unknown): void => void parseScenario(data);
  fields({ version: oneOf(1), scenario, traceHash: text })(value, 'replay');
  return value as Replay;
}

/** Runs a recorded scenario again; `build` names the program that does it. */
export function runReplay(replay: Replay, designs: ScenarioDesigns, build: string): ReplayResult {
  const { scenario, traceHash } = replay;
  const outcome = runScenario(scenario, designs);
  const builds =
    scenario.build === build ? {} : { builds: { recorded: scenario.build, running: build } };
  return { isSame: outcome.traceHash === traceHash, ...builds, outcome };
}
