import { World } from '../src/testing/index.ts';
import { Busy } from './busy.ts';
import { count, type BenchOptions, type Line } from './line.ts';

const NODES = 10;

/** How fast users' own tests run: programs that wake each second, and now and then restart. */
export async function* testing(options: BenchOptions): AsyncIterable<Line> {
  const seconds = options.quick ? 300 : 3_000;
  const world = new World();
  let wakes = 0;
  for (let i = 0; i < NODES; i++) {
    world.start(`n${i}`, async ({ name, joinCluster, sleep }) => {
      const cluster = await joinCluster({ name, seeds: i === 0 ? [] : ['n0'], retry: true });
      for (;;) {
        await sleep(1_000);
        if (cluster.members.size > 0) wakes++;
      }
    });
  }
  for (let at = 60; at < seconds; at += 60) {
    world.schedule({ atMs: at * 1_000, type: 'restart', node: `n${1 + ((at / 60) % 9)}` });
  }
  await world.run(1_000); // Compiled and joined.
  const busy = new Busy();
  const begun = performance.now();
  await world.run(seconds * 1_000);
  const perSecond = (seconds * 1_000) / (performance.now() - begun);
  const on = `${count(seconds)} s, ${count(wakes)} wakes`;
  yield {
    what: 'hearsay/testing: virtual seconds in a second',
    on: `${NODES} programs that wake each second, a restart a minute, ${on}; ${busy.text}`,
    measured: count(Math.round(perSecond)),
    target: '–',
    met: undefined,
  };
}
