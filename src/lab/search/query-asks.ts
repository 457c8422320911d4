/** Members ask the others now and then, in some of the random scenarios. */
import type { Random } from '../../core/index.ts';
import type { ScenarioFault } from '../../sim/index.ts';

export interface QueryAsksOptions {
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** @param random a stream of its own: with queries or without, the rest of a seed stays the same */
export function queryAsks(random: Random, options: QueryAsksOptions): ScenarioFault[] {
  const { names, fromMs, untilMs } = options;
  if (random.float() >= SHARE) return [];
  return Array.from({ length: 1 + random.below(ASKS_MAX) }, () => ({
    atMs: fromMs + random.below(untilMs - fromMs),
    type: 'command',
    node: names[random.below(names.length)]!,
    command: 'query',
    argument: `${1 + random.below(DEADLINE_MS_MAX)}`,
  }));
}

/** Of scenarios: the others are searched for what membership does alone. */
const SHARE = 0.25;
const ASKS_MAX = 12;
const DEADLINE_MS_MAX = 20_000;
