/** A short form of what `npm run bench -- --only security` does ten million times. */
import { expect, test } from 'vitest';
import { flood } from '../flood.ts';

test('broken packets and frames: refused and counted, and nothing changes', async () => {
  const result = await flood({ packets: 60_000, frames: 1500, seed: 1 });
  expect(result.told).toEqual([]);
  expect(result.isUnchanged).toBe(true);
  expect(result.routesMore).toBeLessThan(8);
  expect(result.taken).toBeLessThanOrEqual(result.sentByPeer);
  const { auth = 0, header = 0, key = 0, kind = 0, length = 0, version = 0 } = result.rejected;
  expect(Math.min(auth, header, key, kind, length, version)).toBeGreaterThan(0);
  const all = Object.values(result.rejected).reduce((sum, count) => sum + count, 0);
  // The first tenth of the packets is a trial; a few mutants are what they were made from.
  expect(all).toBeGreaterThan(66_000 * 0.95);
  expect(result.heapGrowthMegabytes).toBeLessThan(16);
});
