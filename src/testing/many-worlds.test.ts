import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { World } from './index.ts';

async function smallWorld(seed: number): Promise<World> {
  const world = new World({ seed });
  for (const name of ['a', 'b', 'c']) {
    const seeds = name === 'a' ? [] : ['a'];
    world.start(name, async (io) => io.joinCluster({ name, seeds, retry: true }));
  }
  await world.run(10_000);
  world.crash('b');
  await world.run(10_000);
  return world;
}

test('fifty worlds in one test', { timeout: 30_000 }, async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 50; seed++) traces.add((await smallWorld(seed)).trace());
  expect(traces.size).toBe(50);
});

test('a world that nobody holds is collected, pending promises and all', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const worlds: WeakRef<World>[] = [];
  for (let seed = 1; seed <= 5; seed++) worlds.push(new WeakRef(await smallWorld(seed)));
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(worlds.filter((world) => world.deref() !== undefined).length).toBeLessThanOrEqual(1);
});
