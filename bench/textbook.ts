import { converge, median, openTrial, sorted, type DesignName } from '../src/lab/index.ts';
import { seeds, type BenchOptions, type Line } from './line.ts';

export function* textbook(options: BenchOptions): Iterable<Line> {
  yield rounds('push', 3, 7, options);
  yield rounds('push-pull', 2, 4, options);
  yield staysOut('heartbeat', options);
  yield staysOut('hearsay', options);
}

function rounds(
  mode: 'push' | 'push-pull',
  low: number,
  high: number,
  options: BenchOptions,
): Line {
  const taken = sorted(
    seeds(20, options).map((seed) => {
      const result = converge({ design: 'heartbeat', mode, nodes: 100, fanout: 3, loss: 0, seed });
      return result.rounds ?? Infinity;
    }),
  );
  const [least, most] = [taken[0]!, taken.at(-1)!];
  return {
    what: `heartbeat, ${mode}: gossip rounds of the median node until every view is complete`,
    on: `N = 100, fanout 3, no loss, ${taken.length} seeds`,
    measured: `${least}–${most}, median ${median(taken)}`,
    target: `${low}–${high} on every seed`,
    met: least >= low && most <= high,
  };
}

/** A crashed node leaves every view, and nobody takes it for alive in the five minutes after. */
function staysOut(design: DesignName, options: BenchOptions): Line {
  const runs = seeds(20, options);
  let left = 0;
  let returns = 0;
  for (const seed of runs) {
    const trial = openTrial({ design, nodes: 100, seed, loss: 0.05, start: 'converged' });
    const name = trial.nameOf(seed);
    const others = Array.from({ length: trial.size }, (_, node) => node).filter(
      (node) => node !== seed,
    );
    const isHeld = (node: number): boolean =>
      [...trial.members(node)].some(
        (member) =>
          member.name === name && (member.status === 'alive' || member.status === 'suspect'),
      );
    trial.runUntil(30_000);
    trial.apply({ type: 'crash', node: name });
    trial.runUntil(90_000);
    if (!others.some((node) => isHeld(node))) left++;
    trial.watch((_viewer, belief) => {
      if (belief?.name === name && belief.verdict === 'alive') returns++;
    });
    trial.runUntil(390_000);
  }
  return {
    what: `${design}: a crashed node leaves every view and never returns`,
    on: `N = 100, 5 % loss, ${runs.length} runs, 5 min after`,
    measured: `left in ${left} of ${runs.length}, ${returns} returns`,
    target: 'all, 0',
    met: left === runs.length && returns === 0,
  };
}
