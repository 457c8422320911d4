import { Xoshiro128, type Random } from '../core/index.ts';
import type { Fault } from '../sim/index.ts';
import type { TimedFault } from './world-error.ts';

/** What goes wrong and what ends it: faults that only make sense together. */
export type Trouble = readonly TimedFault[];

export interface TroubleOptions {
  /** How many to each run; default 5. */
  readonly count?: number;
  /** Milliseconds after the start before which nothing goes wrong; default 10,000. */
  readonly fromMs?: number;
  /** All is well again by then; default 70,000. */
  readonly untilMs?: number;
  /** Default: all of them. */
  readonly kinds?: readonly TroubleKind[];
}

export type TroubleKind = keyof typeof KINDS;

/** Draws troubles for these processes. Each seed has its own, and always the same. */
export function drawTroubles(
  processes: readonly string[],
  seed: number,
  { count = 5, fromMs = 10_000, untilMs = 70_000, kinds = ALL_KINDS }: TroubleOptions = {},
): Trouble[] {
  const chance = new Chance(new Xoshiro128(seed, 'troubles'), processes);
  return Array.from({ length: processes.length === 0 ? 0 : count }, (_, i) => {
    const begin = fromMs + chance.below(untilMs - fromMs);
    // As many short as long ones: half of what is left, again and again.
    const end = begin + Math.ceil((untilMs - begin) / 2 ** chance.below(5));
    const [first, last] = KINDS[chance.one(kinds)](chance, `trouble ${i + 1}`);
    return [
      { atMs: begin, ...first },
      { atMs: end, ...last },
    ];
  });
}

class Chance {
  readonly #random: Random;
  readonly #processes: readonly string[];

  constructor(random: Random, processes: readonly string[]) {
    this.#random = random;
    this.#processes = processes;
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  process(): string {
    return this.one(this.#processes);
  }

  /** At least one of them, and where there are two, not all. */
  some(): string[] {
    const left = [...this.#processes];
    const count = 1 + this.below(Math.max(1, left.length - 1));
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0]!);
  }
}

const KINDS = {
  crash: (chance: Chance) => outage(chance, 'crash'),
  'power-off': (chance: Chance) => outage(chance, 'power-off'),
  pause: (chance: Chance) => toggle(chance, 'pause', 'resume'),
  starve: (chance: Chance) => toggle(chance, 'starve', 'feed'),
  partition: (chance: Chance, name: string): Pair => [
    { type: 'partition', groups: [chance.some()], name },
    { type: 'heal', name },
  ],
  'one-way-cut': (chance: Chance, name: string): Pair => [
    { type: 'one-way-cut', from: [chance.process()], to: chance.some(), name },
    { type: 'heal', name },
  ],
  loss(chance: Chance): Pair {
    const node = chance.process();
    const loss = (5 + chance.below(60)) / 100;
    return [
      { type: 'loss', node, loss },
      { type: 'loss', node, loss: 0 },
    ];
  },
  slow(chance: Chance): Pair {
    const node = chance.process();
    return [
      { type: 'slow', node, byMs: 1 + chance.below(2_000) },
      { type: 'slow', node, byMs: 0 },
    ];
  },
};

const ALL_KINDS = Object.keys(KINDS) as TroubleKind[];

type Pair = readonly [begin: Fault, end: Fault];

function outage(chance: Chance, type: 'crash' | 'power-off'): Pair {
  const node = chance.process();
  const saved = chance.one(['kept', 'wiped'] as const);
  return [
    { type, node },
    { type: 'restart', node, saved },
  ];
}

function toggle(chance: Chance, begin: 'pause' | 'starve', end: 'resume' | 'feed'): Pair {
  const node = chance.process();
  return [
    { type: begin, node },
    { type: end, node },
  ];
}
