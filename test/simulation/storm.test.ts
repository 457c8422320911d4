import { expect, test } from 'vitest';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import {
  Accuracy,
  Completeness,
  Convergence,
  NoResurrection,
  Simulation,
  type Violation,
} from '../../src/sim/index.ts';
import { storm } from './storm.ts';

const NODES = Array.from({ length: 12 }, (_, i) => `n${i}`);
const SEEDS = ['10.0.0.1:7946', '10.0.0.2:7946'];
/** What a cluster gets to recover in, after the last of all trouble. */
const GRACE_MS = 60_000;

interface Modes {
  readonly wire?: boolean;
  readonly freeze?: boolean;
  readonly checkRoutes?: boolean;
  readonly queue?: 'heap';
}

function run(
  seed: number,
  modes: Modes = {},
): { readonly traceHash: string; readonly violations: readonly Violation[] } {
  const network = {
    latency: { type: 'lognormal', medianMs: 10, sigma: 0.6 },
    loss: 0.02,
  } as const;
  const simulation = new Simulation({ design: hearsay, seed, network, ...modes });
  for (const [i, name] of NODES.entries()) {
    simulation.add(name, hearsayConfig({ name, seeds: SEEDS }), { atMs: i * 10 });
  }
  const promises = [
    new Completeness({ boundMs: GRACE_MS }),
    new Accuracy({ graceMs: GRACE_MS }),
    new NoResurrection(),
    new Convergence({ boundMs: GRACE_MS }),
  ];
  for (const promise of promises) simulation.watch(promise, { collect: true });
  const weather = { seed, nodes: NODES, faults: 20, fromMs: 20_000, untilMs: 120_000 };
  for (const { atMs, fault } of storm({ ...weather, lengthMsMax: 40_000 })) {
    simulation.schedule(atMs, fault);
  }
  simulation.run(160_000 + GRACE_MS + 10_000);
  return simulation;
}

test('after any storm the flagship keeps its promises', () => {
  for (let seed = 1; seed <= 12; seed++) expect(run(seed).violations).toEqual([]);
});

test('the trace of a storm is the same in every mode', () => {
  const { traceHash } = run(99);
  const modes: Modes[] = [{ queue: 'heap' }, { wire: true }, { freeze: true }];
  for (const mode of [...modes, { checkRoutes: true }]) {
    expect(run(99, mode).traceHash).toBe(traceHash);
  }
});
