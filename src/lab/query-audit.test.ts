import { expect, test } from 'vitest';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import type { Observed, ObservedNode } from '../sim/index.ts';
import { runScenario, type Scenario } from '../sim/index.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';
import { QueryAudit, type Teller } from './query-audit.ts';

const a: Teller = { node: 'a', member: 'a', life: 1 };
const b: Teller = { node: 'b', member: 'b', life: 2 };
const id = 'aa';
const counts = {
  asked: 2,
  acknowledged: 0,
  answered: 0,
  refused: { failed: 0, 'no-handler': 0, busy: 0, 'too-large': 0 },
};
const payload = new Uint8Array();
const received: HearsayEvent = {
  type: 'query-received',
  id,
  name: 'x',
  payload,
  from: 'a',
  leftMs: 1000,
};
const answered: HearsayEvent = { type: 'query-answered', id, by: 'b', value: payload };
const ended: HearsayEvent = { type: 'query-ended', id, why: 'deadline', counts };
const complete: HearsayEvent = { type: 'query-ended', id, why: 'complete', counts };

function observed(elapsedMs: number): Observed {
  const node = { name: 'a', self: 1, isUp: true, healthySinceMs: 0 } as ObservedNode;
  return { elapsedMs, quietSinceMs: 0, nodes: [node], ownerOf: () => undefined };
}

/** What it complains of after these events, each told at a millisecond of its own. */
function complaints(events: readonly (readonly [Teller, HearsayEvent])[], untilMs = 100): string[] {
  const audit = new QueryAudit();
  for (const [i, [teller, event]] of events.entries()) audit.hear(teller, event, i);
  const told: string[] = [];
  audit.observe(observed(untilMs), (node, text) => told.push(`${node}: ${text}`));
  return told;
}

test('a query as it should be', () => {
  expect(
    complaints([
      [a, received],
      [b, received],
      [a, answered],
      [a, ended],
    ]),
  ).toEqual([]);
});

test('each promise is held', () => {
  const cases: [(readonly [Teller, HearsayEvent])[], string, number?][] = [
    [
      [
        [a, received],
        [b, received],
        [b, received],
      ],
      'b: it was told of a query twice',
    ],
    [
      [
        [a, received],
        [a, answered],
      ],
      'a: b answered what it was never asked',
    ],
    [
      [
        [a, received],
        [b, received],
        [a, answered],
        [a, answered],
      ],
      'a: b answered twice',
    ],
    [
      [
        [a, received],
        [b, received],
        [a, ended],
        [a, answered],
      ],
      'a: an answer was told after the end of its query',
    ],
    [
      [
        [a, received],
        [a, ended],
        [a, ended],
      ],
      'a: a query ended twice',
    ],
    [[[a, received]], 'a: a query has not ended at its deadline', 7000],
  ];
  for (const [events, text, untilMs] of cases) expect(complaints(events, untilMs)).toEqual([text]);
});

test('a query is complete when all of its members have answered or live no more', () => {
  const begun = [
    [a, received],
    [b, received],
    [a, { ...answered, by: 'a' }],
  ] as const;
  expect(complaints([...begun, [a, complete]])).toEqual(['a: a query of 2 was complete with 1']);
  expect(complaints([...begun, [a, answered], [a, complete]])).toEqual([]);
  expect(complaints([...begun, [a, ended]])).toEqual([]);
  const left = { type: 'member-left', member: { name: 'b' } } as HearsayEvent;
  expect(complaints([...begun, [a, complete], [a, left]])).toEqual([]);
});

test('another life may be told again', () => {
  expect(
    complaints([
      [a, received],
      [b, received],
      [{ ...b, life: 3 }, received],
      [a, ended],
    ]),
  ).toEqual([]);
});

test('a scenario that asks runs with it', () => {
  const scenario: Scenario = {
    version: 1,
    build: 'test',
    seed: 1,
    design: 'hearsay',
    config: {},
    nodes: 12,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.1 },
    faults: [{ atMs: 20_000, type: 'command', node: 'n3', command: 'query', argument: '3000' }],
    untilMs: 40_000,
    checks: [],
  };
  const { failure, marks, violations } = runScenario(scenario, SCENARIO_DESIGNS);
  expect({ failure, violations }).toEqual({ failure: undefined, violations: [] });
  expect(marks['query-passed-on']).toBeGreaterThan(0);
});
