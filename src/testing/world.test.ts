import { expect, test } from 'vitest';
import type { Cluster, Io } from './index.ts';
import { World } from './index.ts';

/** Joins by the name of the first machine, keeps the cluster where the test sees it. */
function members(world: World, names: readonly string[]): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  for (const name of names) {
    world.start(name, async (io: Io) => {
      const seeds = name === names[0] ? [] : [names[0]!];
      clusters.set(name, await io.joinCluster({ name, seeds, retry: true }));
    });
  }
  return clusters;
}

test('programs find each other by name, and a crash is seen', async () => {
  const world = new World();
  const clusters = members(world, ['a', 'b', 'c']);
  await world.until(() => clusters.get('a')?.members.size === 3);
  const failed: string[] = [];
  clusters.get('a')!.on('member-failed', ({ member }) => failed.push(member.name));
  world.crash('c');
  await world.until(() => failed.length > 0, 30_000);
  expect(failed).toEqual(['c']);
  await expect(clusters.get('a')!.leave()).rejects.toMatchObject({ code: 'TIME_STANDS_STILL' });
});
