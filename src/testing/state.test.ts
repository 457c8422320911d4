/** State and map of programs in a simulated world: full, and after crashes. */
import { expect, test } from 'vitest';
import { World, type Cluster } from './index.ts';

const codeOf = async (run: () => Promise<void> | void): Promise<string> => {
  try {
    await run();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('no room: a write is refused, whether it waited or not, and nothing has changed', async () => {
  const world = new World({ seed: 1 });
  const clusters = new Map<string, Cluster>();
  const codes: string[] = [];
  const tuning = { mapEntriesMax: 3, stateEntriesMax: 2 };
  world.start('a', async ({ joinCluster }) => {
    const cluster = await joinCluster({ name: 'a', tuning });
    for (const key of ['1', '2', '3']) await cluster.map.set(key, 1);
    clusters.set('a', cluster);
  });
  await world.until(() => clusters.size === 1);
  world.start('b', async ({ joinCluster }) => {
    const { map, state, ...rest } = await joinCluster({ name: 'b', seeds: ['a'], tuning });
    void rest;
    codes.push(await codeOf(async () => map.set('4', 1))); // It waits, and finds no room.
    codes.push(await codeOf(async () => map.set('5', 1)));
    codes.push(await codeOf(async () => map.set('6', new Uint8Array(1000))));
    codes.push(await codeOf(async () => map.set('3', 2)));
    for (const key of ['1', '2', '3', '2']) codes.push(await codeOf(() => state.set(key, 1)));
  });
  await world.until(() => codes.length === 8);
  await world.run(5000);
  const full = 'DATA_FULL';
  expect(codes).toEqual([full, full, full, 'done', 'done', 'done', full, 'done']);
  const a = clusters.get('a')!;
  expect(Object.fromEntries(a.map.entries())).toEqual({ '1': 1, '2': 1, '3': 2 });
  expect(Object.fromEntries(a.stateOf('b').entries())).toEqual({ '1': 1, '2': 1 });
});

test('with a data directory large values are there after crashes, each whole', async () => {
  const world = new World({ seed: 2 });
  const found: number[] = [];
  const written: number[] = [];
  world.start('a', async ({ joinCluster, sleep }) => {
    const { state } = await joinCluster({ name: 'a', dataDir: '/data' });
    const before = state.get('k') as Uint8Array | undefined;
    if (before !== undefined) {
      expect(before).toHaveLength(100_000);
      expect(new Set(before).size).toBe(1);
      found.push(before[0]!);
    }
    for (let i = written.at(-1) ?? 0; ; i++) {
      state.set('k', new Uint8Array(100_000).fill(i + 1));
      written.push(i + 1);
      await sleep(100);
    }
  });
  for (let i = 0; i < 12; i++) {
    await world.run(1000);
    const last = written.at(-1)!;
    world.crash('a');
    world.restart('a');
    await world.run(50);
    expect(found).toHaveLength(i + 1);
    expect(last - found.at(-1)!).toBeLessThanOrEqual(1); // Of the last record some may be lost.
  }
});
