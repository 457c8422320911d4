import { expect, test } from 'vitest';
import { Puppet, puppet, type PuppetConfig } from '../../test/simulation/puppet.ts';
import { Simulation } from './simulation.ts';

class Tidy extends Puppet {
  snapshot(): Uint8Array[] {
    return [Uint8Array.of(7, 7)];
  }
}

const tidy = {
  ...puppet,
  create: (config: PuppetConfig, _: null, saved?: Iterable<Uint8Array>) => new Tidy(config, saved),
};

function writer(seed: number, snapshotEveryMs?: number) {
  const simulation = new Simulation({
    design: tidy,
    seed,
    network: { latency: { type: 'constant', ms: 10 } },
    ...(snapshotEveryMs !== undefined && { snapshotEveryMs }),
  });
  const node = simulation.add('a', {
    onStart: (env) => env.after(100, 1),
    onWake: (env) => {
      env.save(Uint8Array.of(1), true);
      env.after(100, 1);
    },
  });
  return { simulation, node };
}

test('a log is replaced by the snapshot at random moments, and goes on from there', () => {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const { simulation, node } = writer(seed, 1_000);
    simulation.run(5_050);
    simulation.apply({ type: 'crash', node: 'a' });
    simulation.apply({ type: 'restart', node: 'a' });
    const [first, ...rest] = node.protocol.saved;
    expect(first).toEqual(Uint8Array.of(7, 7));
    for (const record of rest) expect(record).toEqual(Uint8Array.of(1));
    expect(rest.length).toBeLessThanOrEqual(15);
    lengths.add(rest.length);
    expect(simulation.marks.get('log-compacted')).toBeGreaterThanOrEqual(3);
  }
  expect(lengths.size).toBeGreaterThan(5);
});

test('when is drawn apart: the run itself stays as it was', () => {
  const [without, often] = [undefined, 50].map((snapshotEveryMs) => {
    const { simulation } = writer(1, snapshotEveryMs);
    simulation.run(10_000);
    return simulation.traceHash;
  });
  expect(often).toBe(without);
});
