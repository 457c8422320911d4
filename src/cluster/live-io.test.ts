import { expect, test } from 'vitest';
import { liveIo, type Io } from './index.ts';

test('the same program runs live', async () => {
  const alone = async ({ name, joinCluster, now, sleep, random, external }: Io) => {
    const cluster = await joinCluster({ name, bind: '127.0.0.1:0' });
    const before = now();
    await sleep(5);
    const text = await external(Promise.resolve('outside'));
    const members = [...cluster.members].map((member) => member.name);
    await cluster.leave();
    return { members, text, hasSlept: now() > before, chance: random() };
  };
  const { chance, ...rest } = await alone(liveIo('alone'));
  expect(rest).toEqual({ members: ['alone'], text: 'outside', hasSlept: true });
  expect(chance).toBeGreaterThanOrEqual(0);
  expect(chance).toBeLessThan(1);
});

test('a program is told to end by the signal it was given', () => {
  const controller = new AbortController();
  const { signal } = liveIo('a', { signal: controller.signal });
  expect(signal.aborted).toBe(false);
  controller.abort();
  expect(signal.aborted).toBe(true);
});
