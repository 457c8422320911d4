import { expect, test } from 'vitest';
import { spreadEvents } from './events.ts';
import { eventsHealing } from './events-healing.ts';
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

test('every event of the living reaches all that live, whoever crashes or is cut off', () => {
  const of = { nodes: 16, seed: 1, origins: 4, eventsPerSecond: 4 };
  const cut = eventsHealing({ ...of, trouble: 'cut', loss: 0.1 });
  const crash = eventsHealing({ ...of, trouble: 'crash', loss: 0.1 });
  for (const result of [cut, crash]) {
    const { again, disordered, gaps, halfTold, lost } = result;
    expect([lost, disordered, again, gaps, halfTold]).toEqual([0, 0, 0, 0, 0]);
  }
  // At the end of the cut nobody has what the other half published: half of sixty seconds' events.
  const held = (40 + 120) / 280;
  expect(cut.shares[60]).toBeCloseTo(held, 1);
  expect(cut.gossipShares[60]).toBeCloseTo(held, 1);
  expect(cut.caughtUpMs).toBeGreaterThan(0);
  expect(cut.shares.at(-1)).toBe(1);
  // Half of those events, to the half that did not hear: gossip forgets them.
  expect(cut.gossipLost).toBeGreaterThanOrEqual(240 * 8);
  expect(crash.gossipShares.at(-1)).toBeGreaterThan(0.9);
});
