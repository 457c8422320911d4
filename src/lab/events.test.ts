import { expect, test } from 'vitest';
import { spreadEvents } from './events.ts';
import { transmitLimited } from './transmit-limited.ts';

test('every byte for events is counted for something, whatever is lost', () => {
  const result = spreadEvents({ nodes: 12, loss: 0.1, events: 20, seed: 3, payloadBytes: 300 });
  const { bodies, headers, announcements, acknowledgements, envelopes, fetches } = result.bytes;
  expect(bodies).toBeCloseTo(result.copiesPerNode * 300);
  const apart = result.announcementsPerDelivery + result.acksPerDelivery;
  const together = result.eagerPerDelivery + result.againPerDelivery;
  expect(envelopes).toBeGreaterThan(40 * apart);
  expect(envelopes).toBeLessThanOrEqual(
    40 * (apart + together + 2 * result.fetchesPerDelivery + 1),
  );
  expect(Math.min(headers, announcements, acknowledgements)).toBeGreaterThan(0);
  expect(fetches > 0).toBe(result.fetchesPerDelivery > 0);
  expect([result.lost, result.disordered, result.gaps]).toEqual([0, 0, 0]);
});

test('transmit-limited gossip tells so many times, and loss keeps some from hearing it', () => {
  const run = { nodes: 100, loss: 0, latencyMs: 20, seed: 1 };
  // 4 · ⌈log10(101)⌉ copies from each node that knows.
  expect(transmitLimited(run)).toMatchObject({ copies: 1200, missed: 0 });
  const { copies, missed } = transmitLimited({ ...run, loss: 0.9 });
  expect(missed).toBeGreaterThan(0);
  expect(copies).toBe((100 - missed) * 12);
});
