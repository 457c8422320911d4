import { median, sorted, storm } from '../src/lab/index.ts';
import { seconds, seeds, type BenchOptions, type Line } from './line.ts';

export function* joinStorm(options: BenchOptions): Iterable<Line> {
  yield joins(200, 5000, options);
  yield joins(500, 8000, options);
}

function joins(nodes: number, limitMs: number, options: BenchOptions): Line {
  const times = sorted(
    seeds(10, options).map(
      (seed) => storm({ design: 'hearsay', nodes, seed }).agreedMs ?? Infinity,
    ),
  );
  const worst = times.at(-1)!;
  return {
    what: `${nodes} nodes join within 10 ms through one seed: all checksums agree, worst`,
    on: `virtual time, ${times.length} seeds`,
    measured: `${seconds(worst)}, median ${seconds(median(times))}`,
    target: `≤ ${seconds(limitMs, 0)}`,
    met: worst <= limitMs,
  };
}
