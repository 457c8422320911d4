import { DESIGN_NAMES, openTrial, type DesignName, type TrialOptions } from '../src/lab/index.ts';
import { seeds, type BenchOptions, type Line } from './line.ts';

export function* determinism(options: BenchOptions): Iterable<Line> {
  for (const design of DESIGN_NAMES) {
    const runs = seeds(20, options);
    let alike = 0;
    const hashes = new Set<string>();
    for (const seed of runs) {
      const hash = traceOf(design, seed, {});
      hashes.add(hash);
      const again = [{}, { wire: true }, { queue: 'heap' }, { wire: true, queue: 'heap' }] as const;
      if (again.every((how) => traceOf(design, seed, how) === hash)) alike++;
    }
    yield {
      what: `${design}: the same trace hash again, in wire mode, on a heap, and both`,
      on: `N = 50, 5 % loss, five faults, 60 s, ${runs.length} seeds`,
      measured: `${alike} of ${runs.length} alike, ${hashes.size} different between seeds`,
      target: 'all alike, all different',
      met: alike === runs.length && hashes.size === runs.length,
    };
  }
}

function traceOf(
  design: DesignName,
  seed: number,
  how: Pick<TrialOptions, 'wire' | 'queue'>,
): string {
  const trial = openTrial({ design, nodes: 50, seed, loss: 0.05, start: 'seeded', ...how });
  const node = (index: number): string => trial.nameOf(index);
  trial.runUntil(10_000);
  trial.apply({ type: 'crash', node: node(1) });
  trial.apply({ type: 'starve', node: node(2) });
  trial.apply({ type: 'pause', node: node(3) });
  trial.apply({ type: 'partition', groups: [[node(4), node(5), node(6)]] });
  trial.runUntil(40_000);
  trial.apply({ type: 'restart', node: node(1) });
  trial.apply({ type: 'feed', node: node(2) });
  trial.apply({ type: 'resume', node: node(3) });
  trial.apply({ type: 'heal' });
  trial.runUntil(60_000);
  return trial.traceHash;
}
