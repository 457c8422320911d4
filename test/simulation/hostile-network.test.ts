/** The flagship under each kind of hostile network and clock, all checkers watching. */
import { expect, test } from 'vitest';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import {
  Accuracy,
  Bounded,
  Completeness,
  Convergence,
  NoGhosts,
  NoResurrection,
  NoStuckSuspicion,
  OneLife,
  Simulation,
  type Fault,
  type NetworkModel,
  type SimulationOptions,
} from '../../src/sim/index.ts';

const NODES = Array.from({ length: 9 }, (_, i) => `n${i}`);
/** What a cluster gets to recover in. */
const GRACE_MS = 60_000;
/** Thirty times what it takes alone. */
const MS_MAX = 60_000;
const NETWORK: NetworkModel = { latency: { type: 'uniform', minMs: 1, maxMs: 40 }, loss: 0.02 };

/** Each lasts for a minute. */
const TROUBLES: Readonly<Record<string, readonly [Fault, Fault]>> = {
  'one way': [
    { type: 'one-way-cut', from: ['n1', 'n2', 'n3'], to: ['n4', 'n5', 'n0'], name: 'mute' },
    { type: 'heal', name: 'mute' },
  ],
  'one way, rejected': [
    { type: 'one-way-cut', from: ['n1'], to: ['n4', 'n5', 'n0'], mode: 'reject' },
    { type: 'heal' },
  ],
  'between two': [{ type: 'pair-cut', pairs: [['n1', 'n2']], name: 'pair' }, { type: 'heal' }],
  duplicated: [
    { type: 'duplication', fraction: 0.8 },
    { type: 'duplication', fraction: 0 },
  ],
  reordered: [
    { type: 'reordering', fraction: 0.5, byMs: 2_000, node: 'n3' },
    { type: 'reordering', fraction: 0, byMs: 0, node: 'n3' },
  ],
  narrow: [
    { type: 'bandwidth', bitsPerSecond: 4_000, node: 'n3' },
    { type: 'bandwidth', bitsPerSecond: 0, node: 'n3' },
  ],
  'narrow everywhere': [
    { type: 'bandwidth', bitsPerSecond: 8_000, queueBytesMax: 4_000 },
    { type: 'bandwidth', bitsPerSecond: 0 },
  ],
  fast: [
    { type: 'drift', node: 'n3', rate: 5 },
    { type: 'drift', node: 'n3', rate: 1 },
  ],
  late: [
    { type: 'drift', node: 'n3', rate: 0.1 },
    { type: 'drift', node: 'n3', rate: 1 },
  ],
  'no descriptors': [
    { type: 'descriptors', node: 'n3', are: 'short' },
    { type: 'descriptors', node: 'n3', are: 'enough' },
  ],
  'full book': [
    { type: 'book', node: 'n3', is: 'full' },
    { type: 'book', node: 'n3', is: 'roomy' },
  ],
  'listener restarts': [
    { type: 'listener-restart', node: 'n0', forMs: 30_000 },
    { type: 'tcp-port', node: 'n0', is: 'sound' },
  ],
  moved: [
    { type: 'move', node: 'n5', address: '10.9.9.9:7946' },
    { type: 'move', node: 'n5', address: '10.0.0.6:7946' },
  ],
  'moved, the seed': [
    { type: 'move', node: 'n0', address: '10.9.9.8:7946' },
    { type: 'move', node: 'n0', address: '10.0.0.1:7946' },
  ],
};

type Modes = Partial<Pick<SimulationOptions<never, never, never, never, never>, ModeName>>;
type ModeName = 'wire' | 'freeze' | 'checkRoutes' | 'queue';

/** A crash and a newcomer come on top, so that there is something to tell of. */
function world(troubles: readonly (readonly [Fault, Fault])[], modes: Modes = {}) {
  const simulation = new Simulation({
    design: hearsay,
    seed: 1,
    network: NETWORK,
    snapshotEveryMs: 20_000,
    ...modes,
  });
  for (const [i, name] of NODES.entries()) {
    const atMs = i === NODES.length - 1 ? 40_000 : i * 10;
    simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }), { atMs });
  }
  for (const [begin, end] of troubles) {
    simulation.schedule(20_000, begin);
    simulation.schedule(80_000, end);
  }
  simulation.schedule(30_000, { type: 'crash', node: 'n6' });
  simulation.schedule(60_000, { type: 'restart', node: 'n6' });
  return simulation;
}

test.each(Object.keys(TROUBLES))('%s: every promise holds', { timeout: MS_MAX }, (name) => {
  const simulation = world([TROUBLES[name]!]);
  const promises = [
    new Completeness({ boundMs: GRACE_MS }),
    new Accuracy({ graceMs: GRACE_MS }),
    new NoResurrection(),
    new Convergence({ boundMs: GRACE_MS, counters: true }),
    new OneLife({ boundMs: GRACE_MS }),
    new NoGhosts(),
    new NoStuckSuspicion({ boundMs: GRACE_MS }),
    // Some thirty of its own, and for each member a verdict, a question and a probe or two.
    new Bounded({ timersMax: 30 + 4 * NODES.length }),
  ];
  for (const promise of promises) simulation.watch(promise);
  simulation.runUntil(80_000 + GRACE_MS + 20_000);
  for (const host of simulation.hosts) expect([...host.protocol.members()]).toHaveLength(9);
});

test('the trace is the same in every mode, with all at once', { timeout: MS_MAX }, () => {
  const all = Object.values(TROUBLES);
  const trace = (modes?: Modes): string => {
    const simulation = world(all, modes);
    simulation.runUntil(120_000);
    return simulation.traceHash;
  };
  const plain = trace();
  const modes: Modes[] = [{ queue: 'heap' }, { wire: true }, { freeze: true }];
  for (const mode of [...modes, { checkRoutes: true }]) expect(trace(mode)).toBe(plain);
});
