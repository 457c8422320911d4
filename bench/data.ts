import { dataHealing, type DataHealingOptions, type DataHealingResult } from '../src/lab/index.ts';
import { count, seconds, seeds, type BenchOptions, type Line } from './line.ts';

/** State and map: how soon all agree after trouble, what a write costs, whether the pace helps. */
export function* data(options: BenchOptions): Iterable<Line> {
  const cut = resultsOf({ trouble: 'cut' }, options);
  yield agreement('a cut of 60 s between halves that both write', cut, 30_000);
  yield agreement('20 % crash at once while all write', resultsOf({ trouble: 'crash' }, options));
  yield agreement(
    'the same with 10 % loss',
    resultsOf({ trouble: 'crash', loss: 0.1 }, options),
    60_000,
  );
  yield writeCost(resultsOf({ trouble: 'calm' }, options));
  yield pace('comparing at a pace that adapts', cut);
  const slow = { adaptivePace: false };
  yield pace('comparing every 30 s', resultsOf({ trouble: 'cut', hearsay: slow }, options));
  const quick = { adaptivePace: false, compareIntervalMs: 1000 };
  yield pace('comparing every second', resultsOf({ trouble: 'cut', hearsay: quick }, options));
}

function resultsOf(
  of: Pick<DataHealingOptions, 'trouble' | 'loss' | 'hearsay'>,
  options: BenchOptions,
): DataHealingResult[] {
  return seeds(5, options).map((seed) =>
    dataHealing({ ...of, nodes: NODES, writes: WRITES, seed }),
  );
}

function agreement(what: string, results: DataHealingResult[], boundMs = 10_000): Line {
  const worst = worstOf(results);
  return {
    what: `all states and maps agree after ${what}: the worst`,
    on: on(results),
    measured: worst === null ? 'not in 10 min' : seconds(worst),
    target: `≤ ${boundMs / 1000} s`,
    met: worst !== null && worst <= boundMs,
  };
}

function writeCost(results: DataHealingResult[]): Line {
  const bytes = results.reduce((sum, one) => sum + one.bytes, 0) / results.length;
  return {
    what: 'bytes that each node gets of one write of 32 B, envelopes included',
    on: on(results),
    measured: count(bytes / WRITES / NODES),
    target: '–',
  };
}

function pace(what: string, results: DataHealingResult[]): Line {
  const worst = worstOf(results);
  const healing = results.reduce((sum, one) => sum + one.bytesHealing, 0) / results.length;
  const calm = results.reduce((sum, one) => sum + one.bytesCalmPerSecond!, 0) / results.length;
  return {
    what: `${what}: after that cut, bytes a node to agree; bytes a second in calm`,
    on: on(results),
    measured:
      `${worst === null ? '–' : seconds(worst)}, ${count(healing / NODES)} B; ` +
      `${calm.toFixed(1)} B/s`,
    target: '–',
  };
}

/** Null: one of them never came to agree. */
function worstOf(results: readonly DataHealingResult[]): number | null {
  const times = results.map(({ agreedMs }) => agreedMs);
  return times.some((time) => time === null) ? null : Math.max(...(times as number[]));
}

function on(results: readonly DataHealingResult[]): string {
  return `N = ${NODES}, ${WRITES} writes in a minute, ${results.length} seeds`;
}

const NODES = 100;
const WRITES = 200;
