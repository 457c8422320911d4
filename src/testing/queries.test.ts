/** Queries of programs in a simulated world: the same calls, in its time. */
import { expect, test } from 'vitest';
import type { Answer } from '../api/index.ts';
import { World, type Cluster } from './index.ts';

async function asked(seed: number) {
  const world = new World({ seed });
  const names = ['a', 'b', 'c', 'd'];
  const clusters = new Map<string, Cluster>();
  for (const name of names) {
    world.start(name, async ({ joinCluster, sleep }) => {
      const seeds = name === 'a' ? [] : ['a'];
      const cluster = await joinCluster({ name, seeds, retry: true });
      cluster.answer('nap', async ({ payload }) => {
        await sleep(Number(payload) * names.indexOf(name));
        return name;
      });
      clusters.set(name, cluster);
    });
  }
  await world.until(() => clusters.size === 4 && clusters.get('a')!.members.size === 4);
  await world.run(2000);
  const answers: Answer[] = [];
  const begunMs = world.elapsedMs;
  const query = clusters.get('a')!.query('nap', 400, { timeoutMs: 3000 });
  world.crash('d');
  const reading = (async () => {
    for await (const answer of query) answers.push(answer);
    return (await query.result).why;
  })();
  let why: string | undefined;
  void reading.then((one) => (why = one));
  await world.until(() => why !== undefined, 10_000);
  return { answers, why, tookMs: world.elapsedMs - begunMs };
}

test('answers come in the time that handlers take, and the dead do not answer', async () => {
  const { answers, why, tookMs } = await asked(1);
  expect(answers.map(({ from }) => from)).toEqual(['a', 'b', 'c']);
  expect(why).toMatch(/complete|deadline/); // As soon as it is known to be dead.
  expect(tookMs).toBeGreaterThan(800);
  expect(tookMs).toBeLessThanOrEqual(3100);
});

test('the same seed, the same answers at the same time', async () => {
  expect(await asked(2)).toEqual(await asked(2));
});
