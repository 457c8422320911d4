import { expect, test } from 'vitest';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { randomScenario, searchSeed } from '../../src/lab/index.ts';
import { Simulation } from '../../src/sim/index.ts';

const SEEDS = 200;
/** Ten times what it takes alone. */
const MS_MAX = 240_000;

test(
  `nothing breaks a promise in ${SEEDS} random scenarios`,
  () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violation } = searchSeed({ seed, design: 'hearsay', build: 'test' });
      expect(violation, `hearsay sim search --from ${seed} --seeds 1`).toBe(undefined);
    }
  },
  MS_MAX,
);

interface Modes {
  readonly wire?: boolean;
  readonly freeze?: boolean;
  readonly checkRoutes?: boolean;
  readonly queue?: 'heap';
}

function traceOf(seed: number, modes: Modes = {}): string {
  const { config, faults, network, nodes, untilMs } = randomScenario({
    seed,
    design: 'hearsay',
    build: 'test',
    nodes: 12,
  });
  const simulation = new Simulation({ design: hearsay, seed, network, ...modes });
  if (typeof nodes === 'number') throw new Error('nodes have names');
  for (const { name, member = name, ...place } of nodes) {
    simulation.add(name, hearsayConfig({ ...config, name: member }), { member, ...place });
  }
  for (const fault of faults) if (fault.type !== 'command') simulation.schedule(fault.atMs, fault);
  simulation.runUntil(untilMs);
  return simulation.traceHash;
}

test(
  'the trace of a random scenario is the same in every mode',
  () => {
    for (const seed of [99, 100]) {
      const trace = traceOf(seed);
      const modes: Modes[] = [{ queue: 'heap' }, { wire: true }, { freeze: true }];
      for (const mode of [...modes, { checkRoutes: true }]) {
        expect(traceOf(seed, mode)).toBe(trace);
      }
    }
  },
  MS_MAX,
);
