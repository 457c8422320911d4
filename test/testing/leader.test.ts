/** The example: a fault test finds the bug of its first version, and nothing in the second. */
import { expect, test } from 'vitest';
import { hastyLeader, leader } from '../../examples/leader.ts';
import { explore, ExploreError, type Exploration, type World } from '../../src/testing/index.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** In the end, when all has been quiet for half a minute, one leads. */
function choosing(program: typeof leader): Exploration['test'] {
  return async (world: World) => {
    const choices = new Map<string, string>();
    for (const name of NAMES) {
      const seeds = name === 'a' ? [] : ['a'];
      const chosen = (choice: string) => choices.set(name, choice);
      world.start(name, async (io) => program(io, { seeds, chosen }));
    }
    await world.run(100_000);
    expect(NAMES.filter((name) => choices.get(name) === name)).toEqual(['a']);
  };
}

const SEEDS = 30;

test('the first version: two lead, and the seed is printed', async () => {
  const error: unknown = await explore({ seeds: SEEDS, test: choosing(hastyLeader) }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ExploreError);
  const { seed, faults, message } = error as ExploreError;
  expect(message).toContain(`seeds: [${seed}],`);
  expect(message).toContain("deeply equal [ 'a' ]");
  expect(faults.length).toBeLessThanOrEqual(4); // Two troubles: the beginning and end of each.
  const replay = explore({ seeds: [seed], faults, test: choosing(hastyLeader) });
  await expect(replay).rejects.toThrow(`seed ${seed} fails`);
  await explore({ seeds: [seed], faults, test: choosing(leader) });
});

test('the second version passes the same seeds', async () => {
  const explored = await explore({ seeds: SEEDS, test: choosing(leader) });
  expect(explored).toEqual({ runs: SEEDS, elapsedMs: expect.closeTo(SEEDS * 100_000, 0) });
});
