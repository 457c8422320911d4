import { quiet, type QuietResult, type Tuning } from '../src/lab/index.ts';
import { seeds, type BenchOptions, type Line } from './line.ts';

/** Hours in which nobody fails. */
export function* quietHours(options: BenchOptions): Iterable<Line> {
  yield* lossless(options);
  yield lossy('with the stream probe', {}, options);
  yield lossy('without the stream probe', { hearsay: { streamProbe: false } }, options);
}

function hoursOf(loss: number, tuning: Tuning, options: BenchOptions): QuietResult[] {
  return seeds(10, options).map((seed) =>
    quiet({ design: 'hearsay', nodes: 100, loss, seed, hours: 1, tuning }),
  );
}

function* lossless(options: BenchOptions): Iterable<Line> {
  const results = hoursOf(0, {}, options);
  const suspicions = total(results, 'falseSuspicions');
  yield {
    what: 'false suspicions in an hour without loss',
    on: `N = 100, 1 h virtual, ${results.length} seeds`,
    measured: `${suspicions}`,
    target: '0',
    met: suspicions === 0,
  };
}

function lossy(name: string, tuning: Tuning, options: BenchOptions): Line {
  const results = hoursOf(0.05, tuning, options);
  const deaths = total(results, 'falseDeaths');
  return {
    what: `false deaths in an hour, ${name} (suspicions)`,
    on: `N = 100, 5 % loss, 1 h virtual, ${results.length} seeds`,
    measured: `${deaths} (${total(results, 'falseSuspicions')})`,
    target: '0',
    met: deaths === 0,
  };
}

export function total<K extends string>(results: readonly Record<K, number>[], of: K): number {
  return results.reduce((sum, result) => sum + result[of], 0);
}
