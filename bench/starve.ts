import { starve, type StarveResult, type Tuning } from '../src/lab/index.ts';
import { total } from './quiet.ts';
import { count, seconds, seeds, type BenchOptions, type Line } from './line.ts';

/** The same for all: α = 5, and no help from a pause guard. */
const STARVED: Tuning['hearsay'] = { suspicionAlpha: 5, pauseGuard: false };

/** Lifeguard (2017): β = 6, and nothing that this project adds. */
const LIFEGUARD: Tuning['hearsay'] = {
  ...STARVED,
  suspicionBeta: 6,
  lastQuestion: false,
  refusal: false,
  doubt: false,
};

/** SWIM (2002): a fixed suspicion timeout, packets only. */
const SWIM: Tuning['hearsay'] = {
  ...LIFEGUARD,
  localHealth: false,
  nacks: false,
  dynamicSuspicion: false,
  tellSuspect: false,
  streamProbe: false,
};

/** What a prototype counted, where one was made: a guide, not a bound. */
const VARIANTS: readonly [name: string, tuning: Tuning['hearsay'], prototype: string][] = [
  ['plain SWIM, Min fixed', SWIM, 'prototype 7,229'],
  ['Lifeguard', LIFEGUARD, 'prototype 35 (85)'],
  ['Lifeguard less health score', { ...LIFEGUARD, localHealth: false }, '–'],
  ['Lifeguard less NACK', { ...LIFEGUARD, nacks: false }, '–'],
  ['Lifeguard less confirmations', { ...LIFEGUARD, dynamicSuspicion: false }, '–'],
  ['Lifeguard less tell-the-suspect', { ...LIFEGUARD, tellSuspect: false }, '–'],
  ['hearsay whole', STARVED, 'prototype 9 (0)'],
];

export function* starvation(options: BenchOptions): Iterable<Line> {
  const all = new Map<string, readonly StarveResult[]>();
  for (const [name, hearsay = {}, target] of VARIANTS) {
    const results = seeds(10, options).map((seed) =>
      starve({ design: 'hearsay', seed, tuning: { hearsay } }),
    );
    all.set(name, results);
    yield alarms(name, target, results);
  }
  yield comparison(all);
  yield powerOff(all.get('hearsay whole')!, all.get('plain SWIM, Min fixed')!);
}

/** What each part is worth: deaths beside deaths. */
function comparison(all: ReadonlyMap<string, readonly StarveResult[]>): Line {
  const deaths = (name: string): number => total(all.get(name)!, 'falseDeaths');
  const lifeguard = deaths('Lifeguard');
  const plain = deaths('plain SWIM, Min fixed') / lifeguard;
  const health = deaths('Lifeguard less health score') / lifeguard;
  const confirmations = deaths('Lifeguard less confirmations') / lifeguard;
  const whole = deaths('hearsay whole');
  const believed = total(all.get('hearsay whole')!, 'falseDeathViews');
  const factors = [plain, health, confirmations].map((factor) => factor.toFixed(0));
  return {
    what:
      'false deaths, times Lifeguard’s: plain SWIM, Lifeguard less health score, less ' +
      'confirmations; and in all: hearsay whole (healthy views that believed one)',
    on: 'the same runs',
    measured: `× ${factors.join(', × ')}; ${whole} (${believed})`,
    target: `≥ 100, ≥ 10, ≥ 10; ≤ ${lifeguard} (0)`,
    met:
      plain >= 100 && health >= 10 && confirmations >= 10 && whole <= lifeguard && believed === 0,
  };
}

function alarms(name: string, target: string, results: readonly StarveResult[]): Line {
  const deaths = total(results, 'falseDeaths');
  const views = total(results, 'falseDeathViews');
  return {
    what: `${name}: false deaths (healthy views that believed one)`,
    on: `N = 100, 10 starved 32 s of 32.5, 300 s, ${results.length} seeds`,
    measured: `${count(deaths)} (${count(views)})`,
    target,
  };
}

function powerOff(whole: readonly StarveResult[], plain: readonly StarveResult[]): Line {
  const [ours, theirs] = [worst(whole), worst(plain)];
  return {
    what:
      'a healthy machine without power is dead in all healthy views, worst: ' +
      'hearsay whole, plain SWIM',
    on: `the same runs, power-off at 150 s`,
    measured: `${seconds(ours)}, ${seconds(theirs)}`,
    target: '≤ 1.5 times plain',
    met: ours <= 1.5 * theirs && ours < Infinity,
  };
}

function worst(results: readonly StarveResult[]): number {
  return Math.max(...results.map(({ powerOffKnownMs }) => powerOffKnownMs ?? Infinity));
}
