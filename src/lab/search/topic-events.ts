/**
 * What programs publish in a random scenario, while its troubles go on: few origins, some events
 * with a key, bursts of several at a time; and some just before their node crashes. In some two
 * members lie about what there is.
 */
import type { Random } from '../../core/index.ts';
import type { ScenarioFault } from '../../sim/index.ts';

export interface TopicEventsOptions {
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** What else happens. */
  readonly faults: readonly ScenarioFault[];
}

/** @param random a stream of its own: with events or without, the rest of a seed stays the same */
export function topicEvents(random: Random, options: TopicEventsOptions): ScenarioFault[] {
  const { faults, fromMs, names, untilMs } = options;
  if (random.float() >= SHARE) return [];
  const origins = Array.from({ length: 1 + random.below(ORIGINS_MAX) }, () => {
    return names[random.below(names.length)]!;
  });
  const events: ScenarioFault[] = [];
  const burst = (node: string, atMs: number): void => {
    const count = random.below(3) === 0 ? 1 + random.below(BURST_MAX) : 1;
    for (let i = 0; i < count; i++) {
      const key = random.below(3) === 0 ? `k${random.below(KEYS)}` : '';
      const bytes = SIZES[random.below(SIZES.length)]!;
      const argument = `${key}=${events.length}*${bytes}`;
      events.push({ atMs, type: 'command', node, command: 'publish', argument });
    }
  };
  for (let left = 1 + random.below(BURSTS_MAX); left > 0; left--) {
    const atMs = fromMs + random.below(untilMs - fromMs);
    burst(origins[random.below(origins.length)]!, atMs);
  }
  for (const fault of faults) {
    if (fault.type !== 'crash' && fault.type !== 'power-off') continue;
    if (random.below(2) === 0) burst(fault.node, Math.max(fromMs, fault.atMs - random.below(50)));
  }
  return random.float() < LIES_SHARE ? [...events, ...claims(random, options, origins)] : events;
}

/** Two members claim later events of an origin than there are, a few times. */
function claims(
  random: Random,
  { fromMs, names, untilMs }: TopicEventsOptions,
  origins: readonly string[],
): ScenarioFault[] {
  const argument = origins[random.below(origins.length)]!;
  const others = names.filter((name) => name !== argument);
  const liars = others.splice(random.below(Math.max(1, others.length - 1)), 2);
  const atMs = fromMs + random.below(untilMs - fromMs);
  return Array.from({ length: ROUNDS }, (_, i) => atMs + i * ROUND_MS).flatMap((ms) =>
    liars.map((node) => ({ atMs: ms, type: 'command', node, command: 'claim', argument }) as const),
  );
}

/** Of scenarios: the others are searched for what membership does alone. */
const SHARE = 0.3;
const LIES_SHARE = 0.5;
const ROUNDS = 3;
const ROUND_MS = 2000;
const ORIGINS_MAX = 4;
const BURSTS_MAX = 30;
const BURST_MAX = 20;
const KEYS = 3;
/** Times that a number of one to three digits is repeated; the last takes more than a packet. */
const SIZES = [1, 1, 10, 100, 300, 1500];
