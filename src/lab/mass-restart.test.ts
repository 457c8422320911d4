import { expect, test } from 'vitest';
import { massRestart } from './mass-restart.ts';

test.each([1, 3])('all restart wiped at once, %i of them seeds: soon all know all', (seedNodes) => {
  for (let seed = 1; seed <= 5; seed++) {
    const result = massRestart({ design: 'hearsay', nodes: 40, seed, seedNodes });
    expect(result.agreedMs).toBeGreaterThan(0);
    expect(result.agreedMs).toBeLessThan(10_000);
    expect(result.resurrections).toBe(0);
  }
});
