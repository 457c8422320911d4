/** Events in whole clusters, on bad days. */
import { expect, test } from 'vitest';
import { numbered, publish, TopicWorld, type Node } from '../../../../test/topic-world.ts';
import type { HearsayEvent } from '../index.ts';

test('where a fifth of all packets is lost, every node gets all, in order, once', () => {
  const world = new TopicWorld(1, 0.2);
  const nodes = world.grow(12);
  for (let i = 1; i <= 50; i++) {
    publish(nodes[0]!, `${i}`);
    publish(nodes[7]!, `${i}`);
    world.simulation.run(20);
  }
  world.simulation.run(10_000);
  for (const node of nodes) {
    for (const origin of [nodes[0]!, nodes[7]!]) {
      const own = world.of(node).filter((text) => text.startsWith(`${origin.name} `));
      expect(own).toEqual(numbered(origin, 1, 50));
    }
  }
});

test('an event published before any link exists arrives, and one at the moment of joining', () => {
  const world = new TopicWorld(2);
  const nodes = world.grow(10);
  publish(nodes[3]!, '1');
  const [newcomer] = world.add(1) as [Node];
  world.simulation.runUntil(() => newcomer.protocol.live > 1, 10_000);
  publish(newcomer, '1');
  publish(nodes[5]!, '1');
  world.simulation.run(1000); // Too soon for what mends the rest.
  for (const node of nodes) {
    expect(world.of(node).toSorted()).toEqual(['n10 1', 'n3 1', 'n5 1']);
  }
  expect(
    world
      .of(newcomer)
      .map((text) => text.replace(' (replayed)', ''))
      .toSorted(),
  ).toEqual(['n10 1', 'n3 1', 'n5 1']);
});

test('what was published before there were links goes over each as it opens', () => {
  const world = new TopicWorld(11);
  const nodes = world.grow(10);
  publish(nodes[3]!, '1');
  expect(nodes[3]!.protocol.topics.degree).toBe(0);
  world.simulation.run(300);
  for (const node of nodes) expect(world.of(node)).toEqual(['n3 1']);
});

test('a late joiner gets the replay, marked, and then the present, in order', () => {
  const world = new TopicWorld(3);
  const nodes = world.grow(5);
  for (let i = 1; i <= 300; i++) publish(nodes[1]!, `${i}`);
  world.simulation.run(5000);
  const [late] = world.add(1) as [Node];
  world.simulation.run(5000);
  publish(nodes[1]!, '301');
  world.simulation.run(2000);
  expect(world.of(late)).toEqual([
    ...numbered(nodes[1]!, 1, 300).map((text) => `${text} (replayed)`),
    'n1 301',
  ]);
});

test('what a newcomer keeps has a publisher with a name, at any moment', () => {
  const world = new TopicWorld(3);
  const nodes = world.grow(3);
  for (let i = 1; i <= 4100; i++) {
    publish(nodes[1]!, `${i}`);
    if (i % 500 === 0) world.simulation.run(500);
  }
  world.simulation.run(2000);
  const [late] = world.add(1) as [Node];
  const names = new Set<string>();
  while (world.of(late).length === 0) {
    for (const { origin } of late.protocol.topics.kept('t')) names.add(origin.name);
    world.simulation.run(0.5);
  }
  for (const { origin } of late.protocol.topics.kept('t')) names.add(origin.name);
  expect([...names]).toEqual(['n1']);
  expect(world.of(late)[0]).toBe('n1 gap 1-4');
});

test('a fifth of the nodes crash at once: the rest get every event of those that live', () => {
  const world = new TopicWorld(4);
  const nodes = world.grow(20);
  const published = [nodes[0]!, nodes[6]!];
  for (let i = 1; i <= 100; i++) {
    if (i === 30) {
      for (const node of [1, 5, 9, 13]) world.simulation.apply({ type: 'crash', node: `n${node}` });
    }
    for (const node of published) publish(node, `${i}`);
    world.simulation.run(50);
  }
  world.simulation.run(20_000);
  for (const node of nodes.filter(({ isUp }) => isUp)) {
    for (const origin of published) {
      const own = world.of(node).filter((text) => text.startsWith(`${origin.name} `));
      expect(own).toEqual(numbered(origin, 1, 100));
    }
  }
});

test('a partition of a minute heals: both halves get what the other has published', () => {
  const world = new TopicWorld(5);
  const nodes = world.grow(16);
  publish(nodes[0]!, '1');
  world.simulation.run(2000);
  const names = nodes.map(({ name }) => name);
  const groups = [names.slice(0, 8), names.slice(8)];
  world.simulation.apply({ type: 'partition', groups });
  for (let i = 1; i <= 60; i++) {
    publish(nodes[0]!, `${i + 1}`);
    publish(nodes[12]!, `${i}`);
    world.simulation.run(1000);
  }
  world.simulation.apply({ type: 'heal' });
  const before = payloads(nodes);
  world.simulation.run(60_000);
  // Each node lacks 60 events: what is missed is asked for, not poured over all links.
  expect(payloads(nodes) - before).toBeLessThan(16 * 60 * 1.1);
  for (const node of nodes) {
    expect(world.of(node).filter((text) => text.startsWith('n0 '))).toEqual(
      numbered(nodes[0]!, 1, 61),
    );
    expect(world.of(node).filter((text) => text.startsWith('n12 '))).toEqual(
      numbered(nodes[12]!, 1, 60),
    );
  }
  // The halves are linked again, not only compared now and then.
  const half = new Set(nodes.slice(0, 8).map(({ self }) => self));
  const bridges = nodes
    .slice(8)
    .flatMap(({ protocol }) => protocol.topics.neighbours())
    .filter((peer) => half.has(peer));
  expect(bridges.length).toBeGreaterThan(0);
});

test('large events are named along the tree and fetched, about once for each node', () => {
  const world = new TopicWorld(6);
  const nodes = world.grow(12);
  for (let i = 1; i <= 5; i++) publish(nodes[2]!, `${i}`, { bytes: 60_000 });
  world.simulation.run(10_000);
  for (const node of nodes) expect(world.of(node)).toEqual(numbered(nodes[2]!, 1, 5));
  const sent = nodes.map(({ protocol }) => protocol.topics.counts.payloads);
  expect(sent.reduce((sum, { fetch }) => sum + fetch, 0)).toBeLessThanOrEqual(5 * 11 * 1.5);
});

test('a newer event of a key replaces those that have not been sent', () => {
  const world = new TopicWorld(7);
  const nodes = world.grow(3);
  publish(nodes[0]!, 'first', { key: 'k' });
  for (let i = 1; i <= 400; i++) publish(nodes[0]!, `${i}`, { key: 'k' });
  publish(nodes[0]!, 'other');
  world.simulation.run(10_000);
  for (const node of nodes.slice(1)) {
    const own = world.of(node);
    expect(own.slice(-2)).toEqual(['n0 400', 'n0 other']);
    expect(own.length).toBeLessThan(300);
  }
});

test('thousands of events of one key in one turn are taken, and push out no others', () => {
  const world = new TopicWorld(13);
  const nodes = world.grow(4);
  for (let i = 1; i <= 100; i++) publish(nodes[0]!, `${i}`);
  world.simulation.run(2000);
  const before = payloads(nodes);
  for (let i = 1; i <= 5000; i++) publish(nodes[0]!, `price ${i}`, { key: 'price' });
  publish(nodes[0]!, 'end');
  world.simulation.run(5000);
  const [late] = world.add(1) as [Node];
  world.simulation.run(5000);
  for (const node of nodes) expect(world.of(node).slice(-2)).toEqual(['n0 price 5000', 'n0 end']);
  expect(world.of(late)).toEqual(
    [...numbered(nodes[0]!, 1, 100), 'n0 price 5000', 'n0 end'].map((text) => `${text} (replayed)`),
  );
  expect(payloads(nodes) - before).toBeLessThan(1000);
});

test('what is published faster than it is taken up is refused, and room is told of', () => {
  const world = new TopicWorld(8);
  const nodes = world.grow(4);
  const drained: string[] = [];
  world.simulation.on((host, event) => {
    if ((event as HearsayEvent).type === 'events-drained') drained.push(host.name);
  });
  let taken = 0;
  expect(() => {
    for (; taken < 100_000; taken++) publish(nodes[0]!, `${taken + 1}`);
  }).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }));
  expect(taken).toBeGreaterThan(1000);
  world.simulation.run(20_000);
  expect(drained).toEqual(['n0']);
  for (const node of nodes) expect(world.of(node)).toEqual(numbered(nodes[0]!, 1, taken));
});

test('a server that greets twice does not make the past of what came between', () => {
  const world = new TopicWorld(14);
  const [origin, newcomer] = world.grow(2) as [Node, Node];
  for (let i = 1; i <= 5; i++) publish(origin, `${i}`);
  const { nodeId } = origin.call((protocol) => protocol.self);
  newcomer.call(({ topics }, env) => {
    for (const last of [2, 5]) {
      const spans = [{ nodeId, first: 1, last }];
      const of = { type: 'topic-digest', purpose: 'greeting', checksum: last, spans } as const;
      topics.receive(env, origin.self, of);
    }
  });
  world.simulation.run(2000);
  const past = numbered(origin, 1, 2).map((text) => `${text} (replayed)`);
  expect(world.of(newcomer)).toEqual([...past, ...numbered(origin, 3, 5)]);
});

test('a gap of a publisher that only others have heard of names it', () => {
  const world = new TopicWorld(15);
  const [node, other, origin] = world.grow(3) as [Node, Node, Node];
  const { nodeId } = origin.call((protocol) => protocol.self);
  world.simulation.apply({ type: 'crash', node: origin.name });
  node.call(({ topics }, env) => topics.begin(env));
  world.simulation.run(30_000);
  const spans = [{ nodeId, first: 5, last: 9 }];
  const of = { type: 'topic-digest', purpose: 'answer', checksum: 1, spans } as const;
  node.call(({ topics }, env) => topics.receive(env, other.self, of));
  world.simulation.run(130_000);
  expect(world.of(node)).toEqual(['n2 gap 1-4']);
});

test('whoever falls behind what is kept is told of the gap, and gets the rest', () => {
  const world = new TopicWorld(9);
  const nodes = world.grow(4);
  publish(nodes[0]!, '1');
  world.simulation.run(2000);
  world.simulation.apply({ type: 'partition', groups: [['n3'], ['n0', 'n1', 'n2']] });
  for (let i = 2; i <= 5001; i++) {
    publish(nodes[0]!, `${i}`);
    if (i % 10 === 0) world.simulation.run(50);
  }
  world.simulation.run(5000);
  world.simulation.apply({ type: 'heal' });
  world.simulation.run(60_000);
  expect(world.of(nodes[1]!)).toHaveLength(5001);
  const [first, gap, ...rest] = world.of(nodes[3]!);
  expect(first).toBe('n0 1');
  expect(gap).toBe('n0 gap 2-905');
  expect(rest).toEqual(numbered(nodes[0]!, 906, 5001));
});

test('bad topics, keys and bodies are refused at the call', () => {
  const [node] = new TopicWorld(10).grow(1) as [Node];
  const codeOf = (topic: string, key: string, bytes: number): string => {
    try {
      node.call((protocol, env) => {
        const body = new Uint8Array(bytes);
        return protocol.topics.publish(env, { topic, key, body, format: 'bytes' });
      });
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(codeOf('', '', 0)).toBe('BAD_TOPIC');
  expect(codeOf('x'.repeat(129), '', 0)).toBe('BAD_TOPIC');
  expect(codeOf('\ud800', '', 0)).toBe('BAD_TOPIC');
  expect(codeOf(undefined as never, '', 0)).toBe('BAD_TOPIC');
  expect(codeOf('t', 'x'.repeat(129), 0)).toBe('BAD_OPTION');
  expect(codeOf('t', 5 as never, 0)).toBe('BAD_OPTION');
  expect(codeOf('t', '', 64_513)).toBe('EVENT_TOO_LARGE');
  expect(codeOf('t', '', 64_512)).toBe('taken');
  expect(node.protocol.topics.counts.published).toBe(1);
});

test('many traced events in one packet: each hop has its room', () => {
  const world = new TopicWorld(12);
  const nodes = world.grow(12);
  publish(nodes[0]!, 'first');
  world.simulation.run(1000);
  for (let i = 0; i < 60; i++) publish(nodes[0]!, `${i}`, { trace: true });
  world.simulation.run(5000);
  for (const node of nodes) expect(world.of(node)).toHaveLength(61);
});

/** Bodies sent so far, whatever for. */
function payloads(nodes: readonly Node[]): number {
  const sent = nodes.flatMap(({ protocol }) => Object.values(protocol.topics.counts.payloads));
  return sent.reduce((sum, count) => sum + count, 0);
}
