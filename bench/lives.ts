import { flapping, massRestart, median, sorted } from '../src/lab/index.ts';
import { seconds, seeds, type BenchOptions, type Line } from './line.ts';
import { total } from './quiet.ts';

/** After a flapping partition. */
export function* flaps(options: BenchOptions): Iterable<Line> {
  yield flap('15 s of every 30 s', 30_000, options);
  yield flap('30 s of every 60 s', 60_000, options);
}

function flap(how: string, everyMs: number, options: BenchOptions): Line {
  const forMs = options.quick ? HOUR_MS / 10 : HOUR_MS;
  const results = seeds(10, options).map((seed) =>
    flapping({ design: 'hearsay', nodes: 50, seed, everyMs, forMs }),
  );
  const worst = Math.max(...results.map(({ agreedMs }) => agreedMs ?? Infinity));
  const resurrections = total(results, 'resurrections');
  const stuck = total(results, 'stuck');
  return {
    what: 'after the last heal all agree, worst; resurrections, members stuck',
    on: `N = 50, another half cut off for ${how}, 1 h virtual, ${results.length} seeds`,
    measured: `${seconds(worst)}, ${resurrections}, ${stuck}`,
    target: '≤ 30 s, 0, 0',
    met: worst <= 30_000 && resurrections === 0 && stuck === 0,
  };
}

/** After all machines have restarted. */
export function* restarts(options: BenchOptions): Iterable<Line> {
  for (const seedNodes of [1, 3]) yield massRestarts(seedNodes, options);
}

function massRestarts(seedNodes: number, options: BenchOptions): Line {
  const results = seeds(50, options).map((seed) =>
    massRestart({ design: 'hearsay', nodes: 100, seed, seedNodes }),
  );
  const times = sorted(results.map(({ agreedMs }) => agreedMs ?? Infinity));
  const worst = times.at(-1)!;
  const resurrections = total(results, 'resurrections');
  const how = seedNodes === 1 ? 'one seed' : `${seedNodes} seeds`;
  return {
    what: 'all restart wiped, clocks ± 10 s: all views hold all new lives, worst; resurrections',
    on: `N = 100 within 1 s, ${how}, ${times.length} runs`,
    measured: `${seconds(worst)}, median ${seconds(median(times))}, ${resurrections}`,
    target: '≤ 30 s, 0',
    met: worst <= 30_000 && resurrections === 0,
  };
}

const HOUR_MS = 3_600_000;
