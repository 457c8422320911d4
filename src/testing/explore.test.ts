import { expect, test } from 'vitest';
import { drawTroubles, type TroubleKind } from './troubles.ts';
import { explore, ExploreError, type World } from './index.ts';

const NAMES = ['a', 'b', 'c'];

async function failure(exploring: Promise<unknown>): Promise<ExploreError> {
  const error: unknown = await exploring.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExploreError);
  return error as ExploreError;
}

test('each seed has its troubles, always the same; all of them end', () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 50; seed++) {
    const troubles = drawTroubles(NAMES, seed, { count: 4, fromMs: 1_000, untilMs: 9_000 });
    expect(drawTroubles(NAMES, seed, { count: 4, fromMs: 1_000, untilMs: 9_000 })).toEqual(
      troubles,
    );
    expect(troubles).toHaveLength(4);
    for (const [begin, end, ...more] of troubles) {
      expect(more).toEqual([]);
      expect(begin!.atMs).toBeGreaterThanOrEqual(1_000);
      expect(end!.atMs).toBeGreaterThan(begin!.atMs);
      expect(end!.atMs).toBeLessThanOrEqual(9_000);
      kinds.add(begin!.type);
    }
  }
  expect(kinds.size).toBe(8);
  expect(drawTroubles(NAMES, 1)).not.toEqual(drawTroubles(NAMES, 2));
});

test('only the kinds that are asked for', () => {
  const kinds: TroubleKind[] = ['pause', 'crash'];
  const troubles = drawTroubles(NAMES, 1, { count: 30, kinds });
  expect(new Set(troubles.map(([begin]) => begin!.type))).toEqual(new Set(kinds));
  expect(drawTroubles([], 1)).toEqual([]);
  expect(drawTroubles(['alone'], 1, { count: 30 })).toHaveLength(30);
});

/** Fails when `b` has been down while a partition held. */
async function together(world: World): Promise<void> {
  for (const name of NAMES) world.start(name, async ({ sleep }) => sleep(100_000));
  let isCut = false;
  world.always('b runs while the network is cut', () => {
    isCut = world.faults.at(-1)?.type === 'partition' || isCut;
    return !(isCut && world.processes[1]!.state === 'down');
  });
  for (let atMs = 0; atMs < 70_000; atMs += 500) world.at(atMs, () => {});
  await world.run(70_000);
}

test('a failing seed is shrunk to the faults that it takes, which fail again', async () => {
  const kinds: TroubleKind[] = ['crash', 'partition', 'pause', 'loss'];
  const faults = { count: 8, fromMs: 0, untilMs: 60_000, kinds };
  const found = await failure(explore({ seeds: 100, faults, test: together }));
  const types = found.faults.map(({ type }) => type).sort();
  expect(types).toEqual(['crash', 'heal', 'partition', 'restart']);
  expect(found.message).toMatch(/with 2 of its 8 troubles/);
  expect(found.message).toContain('"b runs while the network is cut" does not hold');
  const replay = { seeds: [found.seed], faults: found.faults, test: together };
  const again = await failure(explore(replay));
  expect(again.seed).toBe(found.seed);
  expect(again.faults).toEqual(found.faults);
  const some = found.faults.filter(({ type }) => type === 'crash' || type === 'restart');
  await explore({ ...replay, faults: some });
});

test('without a failure, what was looked at', async () => {
  const explored = await explore({ seeds: [3, 5], test: async (world) => world.run(1_000) });
  expect(explored.runs).toBe(2);
  expect(explored.elapsedMs).toBeCloseTo(2_000, 3);
  await expect(explore({ seeds: 0, test: () => {} })).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

test('a test that depends on more than its world is told so', async () => {
  let calls = 0;
  const found = await failure(
    explore({
      seeds: 3,
      async test(world) {
        const pauseMs = 100 + calls++;
        world.start('a', async ({ sleep, log }) => {
          await sleep(pauseMs);
          log('a line');
        });
        await world.run(1_000);
        throw new Error('always');
      },
    }),
  );
  expect(found.message).toContain('not the same way every time');
  expect(found.message).toContain('Date, Math.random, real timers');
});
