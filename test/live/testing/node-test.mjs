// A user's own test, for Node's own runner: run by runners.test.ts from what is built.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { explore, World } from 'hearsay/testing';

test('a world under node:test', async () => {
  const world = new World({ seed: 2 });
  const failed = [];
  world.start('a', async ({ joinCluster }) => {
    const cluster = await joinCluster({ name: 'a' });
    cluster.on('member-failed', ({ member }) => failed.push(member.name));
  });
  world.start('b', async ({ joinCluster }) =>
    joinCluster({ name: 'b', seeds: ['a'], retry: true }),
  );
  await world.run(5_000);
  world.crash('b');
  await world.until(() => failed.length > 0, 30_000);
  assert.deepEqual(failed, ['b']);
});

test('fake timers do not stop a world', async () => {
  mock.timers.enable();
  const world = new World();
  world.start('a', async ({ joinCluster }) => joinCluster({ name: 'a' }));
  await world.run(1_000);
  mock.timers.reset();
});

test('a failing seed', async () => {
  const fails = explore({
    seeds: 3,
    async test(world) {
      world.start('a', async ({ sleep }) => {
        await sleep(500);
        if (world.seed === 2) throw new Error('of seed two');
      });
      await world.run(1_000);
    },
  });
  await assert.rejects(fails, /^ExploreError: seed 2 fails after 1 that did not/);
});
