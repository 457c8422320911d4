import { expect, test } from 'vitest';
import type { MemberView } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { runScenario, type Observed, type ObservedNode, type Scenario } from '../sim/index.ts';
import { SCENARIO_DESIGNS } from './scenario-designs.ts';
import { TopicAudit, type Listener } from './topic-audit.ts';

const a: Listener = { node: 'a', life: 'aa' };
const b: Listener = { node: 'b', life: 'bb' };
const origin = { nodeId: a.life, name: 'a' };

type Told = readonly [Listener, HearsayEvent];

function published(seq: number, key = '', text = seq): HearsayEvent {
  const body = Uint8Array.of(text);
  const of = { topic: 't', key, format: 'bytes', body, origin, seq, replayed: false } as const;
  return { type: 'event-published', ...of };
}

function missed(from: number, to: number): HearsayEvent {
  return { type: 'events-missed', origin, from, to, replayed: false };
}

function nodeOf(name: string): ObservedNode {
  const self: MemberView = { name, peer: 1, start: 1, counter: 0, status: 'alive' };
  const node: Partial<ObservedNode> = { name, self: 1, members: () => [self], cluster: 'test' };
  return { ...node, isUp: true, healthySinceMs: 0 } as ObservedNode;
}

/** What it complains of after these events, soon or when all has been quiet for long. */
function complaints(events: readonly Told[], elapsedMs = 1000): string[] {
  const audit = new TopicAudit((name) => (name === 'a' ? 'aa' : 'bb'));
  for (const [listener, event] of events) audit.hear(listener, event, 0);
  const told: string[] = [];
  const nodes = [nodeOf('a'), nodeOf('b')];
  const run: Observed = { elapsedMs, quietSinceMs: 0, nodes, ownerOf: () => undefined };
  audit.observe(run, (node, text) => told.push(`${node}: ${text}`));
  return told;
}

const three: Told[] = [1, 2, 3].map((seq) => [a, published(seq)]);

test('events as they should be, one of a key replaced, a gap told', () => {
  const all = three.map(([, event]): Told => [b, event]);
  expect(complaints([...three, ...all], 100_000)).toEqual([]);
  const keyed: Told[] = [
    [a, published(1, 'k')],
    [a, published(2, 'k')],
  ];
  expect(complaints([...keyed, [b, published(2, 'k')]], 100_000)).toEqual([]);
  expect(complaints([...three, [b, missed(1, 2)], [b, published(3)]])).toEqual([]);
});

test.each<[string, Told[], string]>([
  [
    'order',
    [
      [b, published(1)],
      [b, published(3)],
      [b, published(2)],
    ],
    'b: event 2 of a was left out without a word;b: event 2 of a came after event 3',
  ],
  [
    'once',
    [
      [b, published(1)],
      [b, published(1)],
    ],
    'b: event 1 of a came after event 1',
  ],
  ['unchanged', [[b, published(1, '', 9)]], 'b: event 1 of a is not what was published'],
  [
    'published',
    [
      [b, published(1)],
      [b, published(4)],
    ],
    'b: event 4 of a was never published',
  ],
  ['numbered', [[a, published(5)]], 'a: it published event 5 after event 3'],
  [
    'a gap once',
    [
      [b, published(1)],
      [b, missed(1, 2)],
    ],
    'b: it misses events 1 to 2 of a after event 1',
  ],
])('each promise is held: %s', (_, events, text) => {
  expect(
    complaints([...three, ...events])
      .slice(0, 2)
      .join(';'),
  ).toContain(text);
});

test('when all has been quiet all have got all, and nothing is a gap that its origin has', () => {
  expect(complaints([...three, [b, published(1)]], 100_000)).toEqual([
    'b: it has events up to 1 of a, others up to 3',
  ]);
  expect(complaints([...three, [b, missed(1, 2)], [b, published(3)]], 100_000)).toEqual([
    'b: it misses events 1 to 2 of a, though it lives',
  ]);
});

test('a scenario that publishes runs with it', () => {
  const publish = { atMs: 20_000, type: 'command', node: 'n3', command: 'publish' } as const;
  const scenario: Scenario = {
    version: 1,
    build: 'test',
    seed: 1,
    design: 'hearsay',
    config: {},
    nodes: 12,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.1 },
    faults: [
      { ...publish, argument: '=x*3000' },
      { ...publish, argument: 'k=y*10' },
    ],
    untilMs: 90_000,
    checks: [],
  };
  const { failure, violations } = runScenario(scenario, SCENARIO_DESIGNS);
  expect({ failure, violations }).toEqual({ failure: undefined, violations: [] });
});
