import { quiet, type QuietResult, type ShutPorts } from '../src/lab/index.ts';
import { seeds, type BenchOptions, type Line } from './line.ts';
import { total } from './quiet.ts';

/** Closed TCP ports refuse like the dead, for members that live. */
export function* ports(options: BenchOptions): Iterable<Line> {
  yield some(options);
  yield all(options);
}

/** Suspicions at 1 % loss come once in some hours: a comparison takes many. */
const HOURS_TO_COMPARE = 60;

function hoursOf(
  hours: number,
  loss: number,
  shut: ShutPorts,
  options: BenchOptions,
): QuietResult[] {
  return seeds(hours, options).map((seed) =>
    quiet({ design: 'hearsay', nodes: 100, loss, seed, hours: 1, shut }),
  );
}

function some(options: BenchOptions): Line {
  const results = hoursOf(10, 0.05, { nodes: 5, how: 'rejects' }, options);
  const deaths = total(results, 'falseDeaths');
  const worst = Math.max(...results.map(({ falseSuspicions }) => falseSuspicions));
  return {
    what: '5 members refuse TCP: false deaths in all, most suspicions in one run',
    on: `N = 100, 5 % loss, 1 h virtual, ${results.length} seeds`,
    measured: `${deaths}, ${worst}`,
    target: '0, ≤ 20',
    met: deaths === 0 && worst <= 20,
  };
}

function all(options: BenchOptions): Line {
  const rejected = hoursOf(HOURS_TO_COMPARE, 0.01, { nodes: 100, how: 'rejects' }, options);
  const dropped = hoursOf(HOURS_TO_COMPARE, 0.01, { nodes: 100, how: 'drops' }, options);
  const [refusals, silences] = [
    total(rejected, 'falseSuspicions'),
    total(dropped, 'falseSuspicions'),
  ];
  return {
    what: 'all refuse TCP: suspicions, beside a network where TCP is dropped',
    on: `N = 100, 1 % loss, 1 h virtual, ${rejected.length} seeds each`,
    measured: `${refusals} beside ${silences}`,
    target: '≤ twice as many',
    met: refusals <= 2 * silences,
  };
}
