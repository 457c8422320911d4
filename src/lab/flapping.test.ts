import { expect, test } from 'vitest';
import { flapping } from './flapping.ts';

test('halves that are cut off again and again agree soon after the last heal', () => {
  const half = { nodes: 20, everyMs: 40_000, forMs: 200_000 } as const;
  const options = { design: 'hearsay', seed: 1, ...half } as const;
  const result = flapping(options);
  expect(result.cuts).toBe(4);
  expect(result.agreedMs).toBeGreaterThan(0);
  expect(result.agreedMs).toBeLessThan(30_000);
  expect([result.resurrections, result.stuck]).toEqual([0, 0]);
  expect(flapping(options)).toEqual(result);
});

test('the textbook removes the other half and has no way back', () => {
  const result = flapping({
    design: 'heartbeat',
    nodes: 20,
    seed: 1,
    everyMs: 60_000,
    forMs: 61_000,
  });
  expect(result.agreedMs).toBeNull();
});
