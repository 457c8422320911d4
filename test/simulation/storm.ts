/** Faults at random: what a run of a design must survive. */
import { Xoshiro128 } from '../../src/core/index.ts';
import type { Fault } from '../../src/sim/index.ts';

interface TimedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

export interface StormOptions {
  readonly seed: number;
  readonly nodes: readonly string[];
  readonly faults: number;
  /** Faults begin within this time … */
  readonly fromMs: number;
  readonly untilMs: number;
  /** … and each is over after this time at most. */
  readonly lengthMsMax: number;
}

/** Faults of all kinds, each with its end; at the last end all is sound again. */
export function storm(options: StormOptions): TimedFault[] {
  const random = new Xoshiro128(options.seed, 'storm');
  return Array.from({ length: options.faults }, (_, i) => {
    const atMs = options.fromMs + random.below(options.untilMs - options.fromMs);
    const endMs = atMs + 1 + random.below(options.lengthMsMax);
    const [begin, end] = trouble(random, options.nodes, `cut ${i}`);
    return [
      { atMs, fault: begin },
      { atMs: endMs, fault: end },
    ];
  }).flat();
}

function trouble(random: Xoshiro128, nodes: readonly string[], name: string): [Fault, Fault] {
  const any = (): string => nodes[random.below(nodes.length)]!;
  const node = any();
  const restart = { type: 'restart', node } as const;
  const kinds: [Fault, Fault][] = [
    [{ type: 'crash', node }, restart],
    [
      { type: 'crash', node },
      { ...restart, saved: 'wiped' },
    ],
    [{ type: 'power-off', node }, restart],
    [restart, restart],
    [
      { type: 'pause', node },
      { type: 'resume', node },
    ],
    [
      { type: 'starve', node },
      { type: 'feed', node },
    ],
    [
      { type: 'slow', node, byMs: random.below(1_000) },
      { type: 'slow', node, byMs: 0 },
    ],
    [
      { type: 'wall-jump', node, byMs: random.below(7_200_000) - 3_600_000 },
      { type: 'wall-jump', node, byMs: random.below(7_200_000) - 3_600_000 },
    ],
    [
      { type: 'loss', node, loss: random.float() },
      { type: 'loss', node, loss: 0 },
    ],
  ];
  for (const is of ['drops', 'rejects', 'accepts-and-closes'] as const) {
    kinds.push([
      { type: 'tcp-port', node, is },
      { type: 'tcp-port', node, is: 'sound' },
    ]);
  }
  for (const mode of ['drop', 'reject'] as const) {
    const groups = [[node, any()], [any()]];
    kinds.push([
      { type: 'partition', groups, mode, name },
      { type: 'heal', name },
    ]);
  }
  return kinds[random.below(kinds.length)]!;
}
