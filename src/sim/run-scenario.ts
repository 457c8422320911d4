import {
  HearsayError,
  UsageError,
  type Address,
  type Design,
  type Env,
  type Membership,
  type Protocol,
} from '../core/index.ts';
import {
  Accuracy,
  Bounded,
  Completeness,
  Convergence,
  DataAgreement,
  Departure,
  Invariants,
  NoGhosts,
  NoResurrection,
  NoStuckSuspicion,
  OneLife,
} from './checkers/index.ts';
import type { Checker, Violation } from './checkers/index.ts';
import type { Counters } from './counters.ts';
import { RunError } from './run-error.ts';
import type { Scenario, ScenarioCheck, ScenarioNode } from './scenario.ts';
import { addressOf, Simulation, type SimulationOptions } from './simulation.ts';

/** What a scenario says of one node's configuration, all levels together. */
export type GivenConfig = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly seeds: readonly Address[];
};

/** What happened. */
export interface Outcome {
  /** Equal for equal scenarios run by equal builds. */
  readonly traceHash: string;
  readonly counters: Readonly<Counters>;
  readonly violations: readonly Violation[];
  /** How often each coverage mark was passed, and each rare check made. */
  readonly marks: Readonly<Record<string, number>>;
  /** What a handler threw; the run ended there. */
  readonly failure?: { readonly node: string; readonly atMs: number; readonly text: string };
}

/** A design that scenarios can name; made by {@link scenarioDesign}. */
export interface ScenarioDesign {
  run(scenario: Scenario): Outcome;
}

/** What a scenario can have a node do; it knows what its argument means. */
export type ScenarioCommand<P, M, E> = (
  protocol: P,
  env: Env<M, E>,
  argument: string | undefined,
) => void;

/** Designs by the name that scenarios use. */
export type ScenarioDesigns = Readonly<Record<string, ScenarioDesign>>;

/**
 * Makes a design available to scenarios. `config` turns what the scenario says into the design's
 * own configuration and refuses what it does not know; `commands` can be scheduled like faults;
 * `audit` listens to a run, and gives checkers of what only the design's events tell. A command for
 * a node that does not run, or that the node refuses, does nothing.
 */
export function scenarioDesign<C, M, E, S, P extends Protocol<M, E> & Membership>(
  design: Design<C, M, E, S, P>,
  config: (given: GivenConfig) => C,
  commands: Readonly<Record<string, ScenarioCommand<P, M, E>>> = {},
  audit: (simulation: Simulation<C, M, E, S, P>) => readonly Checker[] = () => [],
): ScenarioDesign {
  return {
    run(scenario) {
      const { seed, network, snapshotEveryMs, security = false, wire = false } = scenario;
      const options: SimulationOptions<C, M, E, S, P> = {
        design,
        seed,
        network,
        wire,
        security,
        bury: true, // Else names that only the dead know would never be free again.
        ...(snapshotEveryMs !== undefined && { snapshotEveryMs }),
      };
      const simulation = new Simulation(options);
      addNodes(simulation, scenario, config);
      for (const fault of scenario.faults) {
        if (fault.type !== 'command') {
          simulation.schedule(fault.atMs, fault);
          continue;
        }
        const command = commands[fault.command];
        if (command === undefined) {
          throw new UsageError('BAD_OPTION', `${design.name} has no command "${fault.command}"`);
        }
        simulation.at(fault.atMs, () => {
          const host = simulation.host(fault.node);
          if (host.isRunning) obey(() => host.call((...on) => command(...on, fault.argument)));
        });
      }
      const checked = new Map<string, number>();
      for (const check of scenario.checks) {
        simulation.watch(checkerOf(check, simulation.marks, checked), { collect: true });
      }
      for (const checker of audit(simulation)) simulation.watch(checker, { collect: true });
      return outcomeOf(simulation, scenario.untilMs, checked);
    },
  };
}

/** Runs a scenario to its end, or to where a handler throws. */
export function runScenario(scenario: Scenario, designs: ScenarioDesigns): Outcome {
  const design = Object.hasOwn(designs, scenario.design) ? designs[scenario.design] : undefined;
  if (design === undefined) {
    const known = Object.keys(designs).join(', ');
    throw new UsageError('BAD_OPTION', `no design "${scenario.design}"; there are ${known}`);
  }
  return design.run(scenario);
}

function addNodes<C, M, E, S, P extends Protocol<M, E> & Membership>(
  simulation: Simulation<C, M, E, S, P>,
  scenario: Scenario,
  config: (given: GivenConfig) => C,
): void {
  const nodes: readonly ScenarioNode[] =
    typeof scenario.nodes === 'number'
      ? Array.from({ length: scenario.nodes }, (_, i) => ({ name: `n${i}` }))
      : scenario.nodes;
  const seeds = nodes.length === 0 ? [] : [nodes[0]!.address ?? addressOf(0)];
  for (const { name, config: own, ...place } of nodes) {
    const given = { seeds, ...scenario.config, ...own, name: place.member ?? name };
    simulation.add(name, config(given), place);
  }
}

/** A node that is leaving, say, or has no room refuses commands: that is its right. */
function obey(command: () => void): void {
  try {
    command();
  } catch (error) {
    if (!(error instanceof HearsayError && REFUSALS.has(error.code))) throw error;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['NOT_RUNNING', 'DATA_FULL', 'QUEUE_FULL']);

function outcomeOf<C, M, E, S, P extends Protocol<M, E> & Membership>(
  simulation: Simulation<C, M, E, S, P>,
  untilMs: number,
  checked: ReadonlyMap<string, number>,
): Outcome {
  let failure: Outcome['failure'];
  try {
    simulation.runUntil(untilMs);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    failure = { node: error.node, atMs: error.elapsedMs, text: error.message };
  }
  const { traceHash, counters, violations } = simulation;
  const marks = Object.fromEntries([...simulation.marks, ...checked]);
  return { traceHash, counters, violations, marks, ...(failure && { failure }) };
}

function checkerOf(
  check: ScenarioCheck,
  marks: ReadonlyMap<string, number>,
  checked: Map<string, number>,
): Checker {
  switch (check.type) {
    case 'completeness':
      return new Completeness(check);
    case 'accuracy':
      return new Accuracy(check);
    case 'no-resurrection':
      return new NoResurrection();
    case 'convergence':
      return new Convergence(check);
    case 'bounded':
      return new Bounded(check);
    case 'one-life':
      return new OneLife(check);
    case 'invariants':
      return new Invariants(marks);
    case 'departure':
      return new Departure(check);
    case 'no-ghosts':
      return new NoGhosts(check);
    case 'no-stuck-suspicion':
      return new NoStuckSuspicion(check);
    case 'data':
      return new DataAgreement(check, (name) => checked.set(name, (checked.get(name) ?? 0) + 1));
    default:
      throw new UsageError('BAD_OPTION', `no such check: ${JSON.stringify(check)}`);
  }
}
