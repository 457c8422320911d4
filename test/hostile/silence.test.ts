/**
 * Members that lie about the events of one who publishes: each true event still reaches each honest
 * node, in order, once, and what was false is counted.
 */
import { expect, test } from 'vitest';
import { numbered, publish, TopicWorld, type Node } from '../topic-world.ts';
import { FORGED, Liar } from './liar.ts';

const NODES = 20;
const LAST = 2 ** 52;

interface Scene {
  readonly world: TopicWorld;
  readonly origin: Node;
  readonly honest: readonly Node[];
  readonly liars: readonly Liar[];
  /** Publishes so many more, one each tenth of a second. */
  publish(count: number): void;
  /** How many there are. */
  published(): number;
}

function scene(seed: number, liars: number): Scene {
  const world = new TopicWorld(seed, 0.02);
  const nodes = world.grow(NODES);
  const [origin] = nodes as [Node];
  const honest = nodes.slice(0, NODES - liars);
  let published = 0;
  return {
    world,
    origin,
    honest,
    liars: nodes.slice(NODES - liars).map((node) => new Liar(node, origin)),
    publish(count) {
      for (let i = 0; i < count; i++) {
        publish(origin, `${++published}`);
        world.simulation.run(100);
      }
    },
    published: () => published,
  };
}

/** What a node was told of the origin and that this published, or said to be missing. */
function heard({ origin, world }: Scene, node: Node): string[] {
  return world
    .of(node)
    .filter((text) => text.startsWith(`${origin.name} `) && !text.includes(FORGED));
}

function expectAll(of: Scene): void {
  const { honest, origin } = of;
  for (const node of honest) {
    expect({ node: node.name, told: heard(of, node) }).toEqual({
      node: node.name,
      told: numbered(origin, 1, of.published()),
    });
    const over = node.protocol.holdings().filter(({ count, countMax }) => count > countMax);
    expect(over).toEqual([]);
  }
}

function sum(nodes: readonly Node[], of: (node: Node) => number): number {
  return nodes.reduce((total, node) => total + of(node), 0);
}

const counts = (node: Node) => node.protocol.topics.counts;

test.each([
  ['one', 1, 500, 600],
  ['two', 2, 500, 600],
  ['two', 2, 2, 5000],
  ['two', 2, LAST, LAST],
])(
  '%s who claim events that are not there, from %#: %i liars, %i to %i',
  (_, liars, first, last) => {
    const of = scene(1, liars);
    of.publish(10);
    for (let round = 0; round < 10; round++) {
      for (const liar of of.liars) {
        const [from, to] = [first, last].map((seq) => Math.min(seq, LAST - 1000) + of.published());
        liar.claim(of.honest, from!, to!);
        liar.announce(of.honest, from!, to!);
      }
      of.publish(10);
    }
    of.world.simulation.run(10_000);
    of.publish(10);
    of.world.simulation.run(5000);
    expectAll(of);
    expect(sum(of.honest, (node) => counts(node).falseClaims)).toBeGreaterThan(0);
    expect(sum(of.honest, (node) => counts(node).gaps)).toBe(0);
    // Each node asks the origin a few times in such a second, not once for each lie.
    expect(sum(of.honest, (node) => counts(node).doubts)).toBeLessThan(20 * 2.5 * NODES);
  },
);

test('forged events far above the last: they go, and the true ones come', () => {
  const of = scene(2, 2);
  of.publish(10);
  for (let round = 0; round < 10; round++) {
    const next = of.origin.protocol.topics.published + 1;
    for (const liar of of.liars) liar.forge(of.honest.slice(1), next + 20, 30);
    of.publish(10);
  }
  of.world.simulation.run(10_000);
  of.publish(50);
  of.world.simulation.run(5000);
  expectAll(of);
  expect(sum(of.honest, (node) => counts(node).rejected)).toBeGreaterThan(10 * NODES);
});

test('forged events right after the last: the origin goes on after them', () => {
  const of = scene(3, 2);
  of.publish(10);
  for (let round = 0; round < 5; round++) {
    const next = of.origin.protocol.topics.published + 1;
    of.liars[round % 2]!.forge(of.honest.slice(5, 9), next, 4);
    of.world.simulation.run(8000);
    expect(of.origin.protocol.topics.published).toBe(next + 3);
    of.publish(10);
    of.world.simulation.run(2000);
    expectAll(of);
  }
});

test('events in the name of one who has published nothing yet', () => {
  const of = scene(4, 1);
  of.liars[0]!.forge(of.honest.slice(3), 1, 5);
  of.world.simulation.run(10_000);
  of.publish(10);
  of.world.simulation.run(5000);
  expectAll(of);
});

test('a newcomer who is told another past: it gets the present', () => {
  const of = scene(5, 2);
  of.publish(10);
  const misled = [
    { first: 1_000_000, last: 1_000_010, forge: 0 },
    { first: 1, last: 500, forge: 0 },
    { first: 8, last: 2000, forge: 30 },
    { first: 1_000_000, last: 1_000_010, forge: 11 },
  ];
  for (const { first, last, forge } of misled) {
    const before = of.published();
    const [newcomer] = of.world.add(1) as [Node];
    of.world.simulation.runUntil(() => newcomer.protocol.live > 1, 10_000);
    for (const liar of of.liars) {
      liar.greet([newcomer], first, last);
      if (forge > 0) liar.forge([newcomer], Math.max(first, before + 1), forge);
    }
    of.world.simulation.run(15_000);
    of.publish(20);
    of.world.simulation.run(15_000);
    of.publish(10);
    of.world.simulation.run(5000);
    const told = heard(of, newcomer).filter((text) => !text.includes('replayed'));
    expect(told.slice(-10)).toEqual(numbered(of.origin, of.published() - 9, of.published()));
    expect(new Set(told).size).toBe(told.length);
    if (forge === 0) expect(told).toEqual(numbered(of.origin, before + 1, of.published()));
  }
  expectAll(of);
});

test('lies told while the origin cannot be reached are undone when it is back', () => {
  const of = scene(6, 2);
  of.publish(10);
  const others = [...of.honest.slice(1), ...of.liars.map(({ node }) => node)];
  const groups = [[of.origin.name], others.map(({ name }) => name)];
  of.world.simulation.apply({ type: 'partition', groups });
  of.world.simulation.run(30_000);
  expect(of.honest[1]!.protocol.live).toBe(NODES - 1);
  for (const liar of of.liars) liar.claim(of.honest.slice(1), 3000, 4000);
  of.publish(10);
  of.world.simulation.run(5000);
  const misled = of.honest.slice(1).filter((node) => counts(node).gaps > 0);
  expect(misled.length).toBeGreaterThan(NODES / 2); // Nobody was there to ask.
  of.world.simulation.apply({ type: 'heal' });
  of.world.simulation.run(60_000);
  of.publish(20);
  of.world.simulation.run(60_000);
  for (const node of of.honest) {
    const told = heard(of, node).filter((text) => !text.includes('gap'));
    expect({ node: node.name, told }).toEqual({
      node: node.name,
      told: numbered(of.origin, 1, of.published()),
    });
  }
});

test('an origin that has let go of what is missing says so, and the gap is told at once', () => {
  const of = scene(7, 1);
  of.publish(1);
  const [, , , late] = of.honest as Node[];
  const rest = [...of.honest, of.liars[0]!.node].filter((node) => node !== late);
  const groups = [[late!.name], rest.map(({ name }) => name)];
  of.world.simulation.apply({ type: 'partition', groups });
  of.world.simulation.run(20_000);
  for (let i = 0; i < 500; i++) {
    for (let j = 0; j < 10; j++) publish(of.origin, `${2 + 10 * i + j}`);
    of.world.simulation.run(50);
  }
  of.world.simulation.run(5000);
  of.world.simulation.apply({ type: 'heal' });
  // That it has them all, and it never gives any.
  of.world.simulation.runUntil(() => late!.protocol.live > NODES - 3, 60_000);
  of.liars[0]!.claim([late!], 1, 5001);
  of.world.simulation.run(60_000);
  const [first, gap, ...told] = heard(of, late!);
  expect([first, gap]).toEqual(['n0 1', 'n0 gap 2-905']);
  expect(told).toEqual(numbered(of.origin, 906, 5001));
});

test('a word that was not asked for, or with another number, counts for nothing', () => {
  const of = scene(8, 2);
  of.publish(20);
  for (const liar of of.liars) {
    for (let nonce = 0; nonce < 50; nonce++) liar.vouch(of.honest, nonce, 1, 3);
  }
  of.publish(20);
  of.world.simulation.run(5000);
  expectAll(of);
  expect(sum(of.honest, (node) => counts(node).strayWords)).toBeGreaterThan(80 * of.honest.length);
});

test('origins that nobody is do not keep out those who live', () => {
  const of = scene(9, 1);
  const [liar] = of.liars as [Liar];
  const victims = of.honest.slice(0, 6);
  for (let page = 0; page < 84; page++) {
    const spans = Array.from({ length: 50 }, (_, i) => {
      return { nodeId: `${1 + page * 50 + i}`.padStart(16, '0'), first: 1, last: 5 };
    });
    liar.tell(victims, { type: 'topic-digest', purpose: 'answer', checksum: 1, spans });
    of.world.simulation.run(20);
  }
  const isFull = (node: Node) =>
    node.protocol.holdings().some(({ count, countMax }) => countMax === 4096 && count === countMax);
  expect(victims.filter(isFull).length).toBeGreaterThan(3);
  of.publish(10);
  of.world.simulation.run(10_000);
  expectAll(of);
});

test('claims and events in its own name, told to the origin alone', () => {
  const of = scene(10, 2);
  of.publish(10);
  for (let round = 0; round < 10; round++) {
    for (const liar of of.liars) {
      liar.claim([of.origin], 1, LAST);
      liar.claim([of.origin], of.published() + 50, of.published() + 60);
      liar.forge([of.origin], of.origin.protocol.topics.published + 3, 1);
    }
    of.publish(5);
  }
  of.world.simulation.run(5000);
  expectAll(of);
  expect(counts(of.origin).falseClaims).toBeGreaterThan(0);
});

test('a forged key does not keep back true events of that key', () => {
  const of = scene(11, 1);
  of.publish(5);
  of.liars[0]!.forge(of.honest.slice(1), 100, 1, 'k');
  of.world.simulation.run(5000);
  for (let i = 6; i <= 8; i++) {
    publish(of.origin, `${i}`, { key: 'k' });
    of.world.simulation.run(2000);
  }
  const [newcomer] = of.world.add(1) as [Node];
  of.world.simulation.run(10_000);
  expect(heard(of, newcomer).at(-1)).toBe('n0 8 (replayed)');
  for (const node of of.honest) expect(heard(of, node)).toEqual(numbered(of.origin, 1, 8));
});
