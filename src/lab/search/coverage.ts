/** What a search has reached: how many of its seeds met each fault and each rare branch. */
import type { Scenario, ScenarioFault } from '../../sim/index.ts';
import type { SeedResult } from './search.ts';

/** How many seeds reached one thing. */
export interface Reached {
  /** `fault`: a scenario had it. `mark`: code said that it ran. */
  readonly kind: 'fault' | 'mark';
  readonly name: string;
  readonly seeds: number;
}

export class Coverage {
  readonly #faults = new Map<string, number>();
  readonly #marks = new Map<string, number>();

  add({ scenario, outcome }: Pick<SeedResult, 'scenario' | 'outcome'>): void {
    for (const name of faultsOf(scenario)) count(this.#faults, name);
    for (const name of Object.keys(outcome.marks)) count(this.#marks, name);
  }

  /** Faults first, in each kind the rarest first. */
  list(): Reached[] {
    return [...listOf('fault', this.#faults), ...listOf('mark', this.#marks)];
  }
}

/** What goes wrong in a scenario, each once. */
function faultsOf({ faults, nodes }: Scenario): Set<string> {
  const names = new Set(faults.map((fault) => nameOf(fault)));
  if (typeof nodes === 'number') return names;
  for (const { member, atMs = 0, name } of nodes) {
    if (member !== undefined) names.add('two nodes of one name');
    else if (/^(late|guest)/.test(name) && atMs > 0) names.add('latecomer');
  }
  if (nodes.length === 2) names.add('two nodes alone');
  return names;
}

function nameOf(fault: ScenarioFault): string {
  const { type } = fault;
  if (type === 'command') return `command ${fault.command}`;
  if (type === 'partition') return `partition ${fault.mode ?? 'drop'}`;
  if (type === 'tcp-port') return `tcp-port ${fault.is}`;
  if (type === 'loss') return fault.node === undefined ? 'loss' : 'loss of one node';
  if (type !== 'restart') return type;
  const saved = fault.saved ?? 'kept';
  return fault.address === undefined ? `restart ${saved}` : `restart ${saved}, elsewhere`;
}

function count(into: Map<string, number>, name: string): void {
  into.set(name, (into.get(name) ?? 0) + 1);
}

function listOf(kind: Reached['kind'], counts: ReadonlyMap<string, number>): Reached[] {
  return [...counts]
    .map(([name, seeds]) => ({ kind, name, seeds }))
    .sort((a, b) => a.seeds - b.seeds || (a.name < b.name ? -1 : 1));
}
