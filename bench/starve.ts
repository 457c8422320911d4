import { starve, type StarveResult, type Tuning } from '../src/lab/index.ts';
import { count, seconds, seeds, type BenchOptions, type Line } from './line.ts';

/** Lifeguard (2017): β = 6, α = 5, and nothing that this project adds. */
const LIFEGUARD: Tuning['hearsay'] = {
  suspicionAlpha: 5,
  suspicionBeta: 6,
  lastQuestion: false,
  refusal: false,
  pauseGuard: false,
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

/** What the prototype counted, where DESIGN gives it: a guide, not a bound. */
const VARIANTS: readonly [name: string, tuning: Tuning['hearsay'], prototype: string][] = [
  ['plain SWIM, Min fixed', SWIM, 'prototype 7,229'],
  ['Lifeguard', LIFEGUARD, 'prototype 35 (85)'],
  ['Lifeguard less health score', { ...LIFEGUARD, localHealth: false }, '–'],
  ['Lifeguard less NACK', { ...LIFEGUARD, nacks: false }, '–'],
  ['Lifeguard less confirmations', { ...LIFEGUARD, dynamicSuspicion: false }, '–'],
  ['Lifeguard less tell-the-suspect', { ...LIFEGUARD, tellSuspect: false }, '–'],
  ['hearsay whole', {}, 'prototype 9 (0)'],
];

export function* starvation(options: BenchOptions): Iterable<Line> {
  for (const [name, hearsay = {}, target] of VARIANTS) {
    const results = seeds(10, options).map((seed) =>
      starve({ design: 'hearsay', seed, tuning: { hearsay } }),
    );
    yield alarms(name, target, results);
    if (name === 'hearsay whole') yield powerOff(results);
  }
}

function alarms(name: string, target: string, results: readonly StarveResult[]): Line {
  const deaths = results.reduce((sum, { falseDeaths }) => sum + falseDeaths, 0);
  const views = results.reduce((sum, { falseDeathViews }) => sum + falseDeathViews, 0);
  return {
    what: `${name}: false deaths (healthy views that believed one)`,
    on: `N = 100, 10 starved 32 s of 32.5, 300 s, ${results.length} seeds`,
    measured: `${count(deaths)} (${count(views)})`,
    target,
  };
}

function powerOff(results: readonly StarveResult[]): Line {
  const times = results.map(({ powerOffKnownMs }) => powerOffKnownMs ?? Infinity);
  const worst = Math.max(...times);
  return {
    what: 'hearsay whole: a healthy machine without power is dead in all healthy views, worst',
    on: `the same runs, power-off at 150 s`,
    measured: seconds(worst),
    target: 'known in every run',
    met: worst < Infinity,
  };
}
