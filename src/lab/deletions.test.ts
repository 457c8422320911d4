/** Deletions, by how long those were away who did not hear of them: the bound is 90 s here. */
import { expect, test } from 'vitest';
import { runScenario, type ScenarioFault } from '../sim/index.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';

const CERTIFICATE_MS = 90_000;
const FROM_MS = 200_000;

type Away = (untilMs: number) => readonly ScenarioFault[];

/**
 * A map of small and large values, of which one side deletes some while the other is away: what
 * broke, and how strictly it was looked at.
 */
function checked(away: Away, share: number) {
  const awayMs = share * CERTIFICATE_MS;
  const untilMs = FROM_MS + awayMs;
  const command = (atMs: number, name: string, argument: string): ScenarioFault => {
    return { atMs, type: 'command', node: 'n1', command: name, argument };
  };
  const { failure, marks, violations } = runScenario(
    {
      version: 1,
      build: 'test',
      seed: 1,
      design: 'hearsay',
      config: { certificateMs: CERTIFICATE_MS },
      nodes: 6,
      network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.02 },
      faults: [
        command(20_000, 'map-set', 'small=1'),
        command(20_000, 'map-set-large', 'large=1*100000'),
        command(20_000, 'map-set', 'kept=1'),
        ...away(untilMs),
        command(FROM_MS + 1_000, 'map-delete', 'small'),
        command(FROM_MS + 1_000, 'map-delete', 'large'),
      ].sort((a, b) => a.atMs - b.atMs),
      untilMs: untilMs + 120_000,
      checks: [{ type: 'data', boundMs: 60_000, rememberedMs: CERTIFICATE_MS }],
    },
    SCENARIO_DESIGNS,
  );
  const checks = Object.keys(marks).filter((mark) => mark.startsWith('checked'));
  return { failure, violations, checks };
}

const well = { failure: undefined, violations: [] };

const cut = (node: string[]) => (untilMs: number) =>
  [
    { atMs: FROM_MS, type: 'partition', groups: [node] },
    { atMs: untilMs, type: 'heal' },
  ] as const;
const down = (untilMs: number) =>
  [
    { atMs: FROM_MS, type: 'crash', node: 'n4' },
    { atMs: untilMs, type: 'restart', node: 'n4', saved: 'kept' },
  ] as const;
const asleep = (untilMs: number) =>
  [
    { atMs: FROM_MS, type: 'pause', node: 'n4' },
    { atMs: untilMs, type: 'resume', node: 'n4' },
  ] as const;

test.each([
  ['cut off alone', cut(['n4'])],
  ['cut in halves', cut(['n3', 'n4', 'n5'])],
  ['down', down],
  ['asleep', asleep],
])('nothing deleted is back, %s for nearly as long as deletions are remembered', (_, away) => {
  for (const share of [0.6, 0.8, 0.95]) {
    const checks = expect.arrayContaining(['checked: deletions near the bound']);
    expect(checked(away, share)).toEqual({ ...well, checks });
  }
});

test.each([
  ['down', down],
  ['asleep', asleep],
])('nor where one was %s for longer, and others were there', (_, away) => {
  for (const share of [1.2, 2]) {
    const checks = expect.arrayContaining(['checked: deletions beyond the bound']);
    expect(checked(away, share)).toEqual({ ...well, checks });
  }
});

test('after a longer cut into halves all agree, whatever comes back', () => {
  expect(checked(cut(['n3', 'n4', 'n5']), 2)).toEqual({ ...well, checks: [] });
});
