import { expect, test } from 'vitest';
import { puppet, send, type PuppetHost } from '../../test/simulation/puppet.ts';
import { ANYONE } from '../core/index.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

const NETWORK = { latency: { type: 'constant', ms: 10 } } as const;

type Options = Partial<Omit<SimulationOptions<never, never, never, never, never>, 'design'>>;

function pair(options: Options = {}) {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK, ...options });
  const a = simulation.add('a', {});
  const b = simulation.add('b', {});
  simulation.run(1);
  return { simulation, a, b, anyone: simulation.book.peer(b.address, ANYONE) };
}

function received(host: PuppetHost): string[] {
  return host.protocol.texts('receive');
}

test('a packet to a known life takes one latency and names its sender', () => {
  const { simulation, a, b } = pair();
  send(a, b.self, 'hi');
  simulation.run(9.9);
  expect(received(b)).toEqual([]);
  simulation.run(0.1);
  expect(b.protocol.calls.at(-1)).toMatchObject({ text: 'hi', peer: a.self });
});

test('what goes to whoever lives there waits for the hello exchange: three latencies', () => {
  const { simulation, a, b, anyone } = pair();
  for (let i = 0; i < 10; i++) send(a, anyone, `${i}`);
  simulation.run(29.9);
  expect(received(b)).toEqual([]);
  simulation.run(0.1);
  expect(received(b)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
  expect(simulation.counters).toMatchObject({ packets: 10, packetsDropped: 2 });
});

test('hellos are repeated until somebody lives there', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK });
  const a = simulation.add('a', {});
  const b = simulation.add('b', {}, { atMs: 2_000 });
  send(a, simulation.book.peer(b.address, ANYONE), 'early bird');
  simulation.run(3_500 + 29);
  expect(received(b)).toEqual([]);
  simulation.run(1);
  expect(received(b)).toEqual(['early bird']); // Hellos at 0, 500, 1,500 and 3,500 ms.
});

test('clusters of different names do not mix, and both sides say so', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK });
  const a = simulation.add('a', {}, { cluster: 'ours' });
  const b = simulation.add('b', {}, { cluster: 'theirs' });
  const heard: unknown[] = [];
  simulation.on((host, event) => heard.push([host.name, event]));
  send(a, simulation.book.peer(b.address, ANYONE), 'hello?');
  simulation.run(20_000);
  const rejected = (source: string): unknown => ({
    type: 'rejected',
    reason: 'wrong-cluster',
    source,
    count: 1,
  });
  expect(heard).toEqual([
    ['b', rejected(a.address)],
    ['a', rejected(b.address)],
  ]);
  expect(received(b)).toEqual([]);
  expect(simulation.counters.packetsDropped).toBe(1);
});

test('a packet for an earlier life is answered gone, at most ten a second', () => {
  const { simulation, a, b } = pair();
  const former = b.self;
  b.restart();
  for (let i = 0; i < 15; i++) send(a, former, 'are you there?');
  simulation.run(19.9);
  expect(a.protocol.texts('unreachable')).toEqual([]);
  simulation.run(0.1);
  expect(a.protocol.texts('unreachable')).toEqual(Array(10).fill('gone'));
  expect(a.protocol.calls.at(-1)).toMatchObject({ peer: former, token: 0 });
  expect(received(b)).toEqual([]);
});

test('a packet to a crashed process, a dead machine or nowhere is just gone', () => {
  const { simulation, a, b } = pair();
  const nowhere = simulation.book.peer('10.9.9.9:1', '00000000000000aa');
  simulation.apply({ type: 'crash', node: 'b' });
  send(a, b.self, 'hi');
  send(a, nowhere, 'hi');
  simulation.run(10_000);
  expect(a.protocol.calls).toHaveLength(1);
  expect(simulation.counters.packetsMissed).toBe(2);
});

test('another node may take over an address, and is not taken for the one before', () => {
  const { simulation, a, b } = pair();
  const former = b.self;
  simulation.apply({ type: 'power-off', node: 'b' });
  const c = simulation.add('c', {}, { address: b.address });
  simulation.run(1);
  send(a, former, 'for b');
  simulation.run(100);
  expect(received(c)).toEqual([]);
  expect(a.protocol.texts('unreachable')).toEqual(['gone']);
});

test('loss loses its share, of everything or of one node', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'loss', loss: 0.3 });
  for (let i = 0; i < 10_000; i++) send(a, b.self, '');
  simulation.run(10);
  expect(received(b).length / 10_000).toBeCloseTo(0.7, 1);
  const before = received(b).length;
  simulation.apply({ type: 'loss', loss: 0 });
  simulation.apply({ type: 'loss', loss: 1, node: 'b' });
  send(a, b.self, 'never');
  send(a, a.self, 'to myself');
  simulation.run(10);
  expect(received(b)).toHaveLength(before);
  expect(received(a)).toEqual(['to myself']);
});

test('a partition stops packets between its groups and from the rest, until it heals', () => {
  const { simulation, a, b } = pair();
  const c = simulation.add('c', {});
  simulation.run(1);
  simulation.apply({ type: 'partition', groups: [['a']], name: 'one' });
  simulation.apply({ type: 'partition', groups: [['a', 'c']], name: 'two' });
  const shout = (): void => {
    for (const from of [a, b, c]) for (const to of [a, b, c]) send(from, to.self, from.name);
    simulation.run(10);
  };
  shout();
  expect([a, b, c].map(received)).toEqual([['a'], ['b'], ['c']]);
  simulation.apply({ type: 'heal', name: 'two' });
  shout();
  expect([a, b, c].map(received)).toEqual([
    ['a', 'a'],
    ['b', 'b', 'c'],
    ['c', 'b', 'c'],
  ]);
  simulation.apply({ type: 'heal' });
  shout();
  expect(received(a)).toEqual(['a', 'a', 'a', 'b', 'c']);
});

test('removing a fault leaves the rest of the run alike', () => {
  const arrivals = (loss: number): number[] => {
    const { simulation, a, b } = pair({
      network: { latency: { type: 'lognormal', medianMs: 20, sigma: 0.5 } },
    });
    simulation.apply({ type: 'loss', loss });
    for (let i = 0; i < 1_000; i++) send(a, b.self, '');
    simulation.run(10_000);
    return b.protocol.calls.map((call) => call.now);
  };
  const lossless = new Set(arrivals(0));
  const lossy = arrivals(0.2);
  expect(lossy.length).toBeLessThan(900);
  expect(lossy.every((now) => lossless.has(now))).toBe(true);
});

test('where one has no UDP, packets go by stream, on a connection of their own', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK });
  const a = simulation.add('a', {});
  const b = simulation.add('b', {}, { address: 'tcp://10.0.0.2:7946' });
  const c = simulation.add('c', {});
  simulation.run(1);
  send(a, b.self, 'to b');
  send(b, c.self, 'to c');
  a.call((_, env) => env.sendReliably(c.self, { text: 'by stream' }, 5));
  simulation.run(100);
  expect(received(b)).toEqual(['to b']);
  expect(received(c).toSorted()).toEqual(['by stream', 'to c']);
  expect(simulation.counters).toMatchObject({ packets: 0, dials: 3 });
  simulation.apply({ type: 'crash', node: 'b' });
  send(a, b.self, 'are you there?');
  simulation.run(100);
  expect(a.protocol.calls.at(-1)).toMatchObject({ text: 'refused', peer: b.self, token: 0 });
});
