import {
  mean,
  median,
  sorted,
  SyncTrial,
  type SyncResult,
  type SyncWay,
} from '../src/lab/index.ts';
import { count, seeds, type BenchOptions, type Line } from './line.ts';

const FACTS = 10_000;

/** What it costs two nodes to come to hold the same facts. */
export function* sync(options: BenchOptions): Iterable<Line> {
  yield equal(options);
  yield fewDifferences(options);
  yield freeTrips(options);
  yield fewTrips(options);
  yield cpu(options);
  for (const differences of [0, 10, 1000]) {
    yield system('memberlist', differences);
    yield system('chitchat', differences);
  }
}

function trials(differences: number, way: SyncWay, options: BenchOptions): SyncResult[] {
  return seeds(20, options).map((seed) =>
    new SyncTrial({ facts: FACTS, differences, seed }).run(way),
  );
}

function equal(options: BenchOptions): Line {
  const results = trials(0, { strategy: 'rateless' }, options);
  const most = Math.max(...results.map(({ bytes }) => bytes));
  return {
    what: 'two nodes that hold the same find that out, both ways',
    on: on(results),
    measured: `${most} B`,
    target: '≤ 104 B',
    met: most <= 104,
  };
}

function fewDifferences(options: BenchOptions): Line {
  const results = trials(10, { strategy: 'rateless' }, options);
  const bytes = sorted(results.map((result) => result.bytes));
  const within = bytes.filter((one) => one <= 1000).length;
  return {
    what: 'ten differences: bytes before the facts, both ways; median',
    on: on(results),
    measured: `${count(median(bytes))} B, ${within} of ${bytes.length} ≤ 1 kB`,
    target: '≤ 1 kB',
    met: median(bytes) <= 1000 && allComplete(results),
  };
}

function freeTrips(options: BenchOptions): Line {
  const results = trials(1000, { strategy: 'rateless', isTripFree: true }, options);
  const perDifference = results.map(({ symbols }) => symbols / 1000);
  const most = Math.max(...perDifference);
  return {
    what: '1,000 differences: symbols for each, where round trips are free; worst',
    on: on(results),
    measured: `${most.toFixed(2)}, mean ${mean(perDifference).toFixed(2)}`,
    target: '≤ 1.6',
    met: most <= 1.6 && allComplete(results),
  };
}

function fewTrips(options: BenchOptions): Line {
  const results = trials(1000, { strategy: 'rateless' }, options);
  const perDifference = results.map(({ symbols }) => symbols / 1000);
  const most = Math.max(...perDifference);
  const trips = Math.max(...results.map(({ roundTrips }) => roundTrips));
  return {
    what: '1,000 differences: symbols for each; round trips, that of the facts included; worst',
    on: on(results),
    measured: `${most.toFixed(2)}, mean ${mean(perDifference).toFixed(2)}; ${trips} trips`,
    target: '≤ 2.2 within 6',
    met: most <= 2.2 && trips <= 6 && allComplete(results),
  };
}

/** Both sides on this machine; digests are there, compiled code is not until some have run. */
function cpu(options: BenchOptions): Line {
  const times: number[] = [];
  const results = seeds(20, options).map((seed) =>
    new SyncTrial({ facts: FACTS, differences: 10, seed }).run(
      { strategy: 'rateless' },
      (session) => {
        const before = process.cpuUsage();
        session();
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1000);
      },
    ),
  );
  const middle = median(sorted(times));
  return {
    what: 'ten differences: CPU time of both sides, digests cached; median',
    on: on(results),
    measured: `${middle.toFixed(1)} ms`,
    target: '≤ 10 ms',
    met: middle <= 10,
  };
}

function system(strategy: 'memberlist' | 'chitchat', differences: number): Line {
  const result = new SyncTrial({ facts: FACTS, differences, seed: 1 }).run({ strategy });
  return {
    what: `${strategy} on the same facts, modelled: bytes before the facts, both ways`,
    on: `${count(FACTS)} facts, ${count(differences)} differences, ${result.owners} owners`,
    measured: `${count(result.bytes)} B`,
    target: '',
  };
}

function on(results: readonly SyncResult[]): string {
  return `${count(FACTS)} facts on each side, ${results.length} seeds`;
}

function allComplete(results: readonly SyncResult[]): boolean {
  return results.every(({ complete }) => complete);
}
