import { expect, test } from 'vitest';
import {
  puppet,
  send,
  sendReliably,
  type Puppet,
  type PuppetHost,
} from '../../test/simulation/puppet.ts';
import type { NetworkModel } from '../blocks/network/index.ts';
import { Simulation } from './simulation.ts';

const NETWORK: NetworkModel = { latency: { type: 'constant', ms: 10 } };

function trio(network = NETWORK, seed = 1) {
  const simulation = new Simulation({ design: puppet, seed, network });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => simulation.add(name, {}));
  simulation.run(1);
  return { simulation, a: a!, b: b!, c: c! };
}

function sendMany(from: PuppetHost, to: PuppetHost, count: number, padding = 0): void {
  from.call((_, env) => {
    for (let i = 0; i < count; i++) env.send(to.self, { text: `${i}`, padding });
  });
}

/** When each text arrived, in milliseconds since then. */
function arrivals(protocol: Puppet, sinceMs: number): [string, number][] {
  return protocol.calls
    .filter(({ what }) => what === 'receive')
    .map(({ text, now }) => [text, Math.round(now - sinceMs)]);
}

test('duplication delivers its share of packets twice, of everything or of one node', () => {
  const { simulation, a, b, c } = trio();
  simulation.apply({ type: 'duplication', fraction: 0.5 });
  sendMany(a, b, 1_000);
  simulation.run(100);
  const copies = b.protocol.texts('receive').length - 1_000;
  expect(copies).toBeGreaterThan(440);
  expect(copies).toBeLessThan(560);
  expect(new Set(b.protocol.texts('receive')).size).toBe(1_000);
  simulation.apply({ type: 'duplication', fraction: 0 });
  simulation.apply({ type: 'duplication', fraction: 1, node: 'c' });
  sendMany(a, c, 100);
  sendMany(b, a, 100);
  simulation.run(100);
  expect(c.protocol.texts('receive')).toHaveLength(200);
  expect(a.protocol.texts('receive')).toHaveLength(100);
});

test('reordering holds its share back, and those are overtaken', () => {
  const { simulation, a, b } = trio();
  const since = simulation.now;
  simulation.apply({ type: 'reordering', fraction: 0.25, byMs: 200 });
  sendMany(a, b, 1_000);
  simulation.run(10);
  expect(b.protocol.texts('receive').length).toBeGreaterThan(700);
  expect(b.protocol.texts('receive').length).toBeLessThan(800);
  simulation.run(200);
  const times = arrivals(b.protocol, since).map(([, ms]) => ms);
  expect(times).toHaveLength(1_000);
  expect(Math.max(...times)).toBeGreaterThan(200);
  expect(Math.max(...times)).toBeLessThanOrEqual(210);
  simulation.apply({ type: 'reordering', fraction: 0, byMs: 0 });
  sendMany(a, b, 100);
  simulation.run(10);
  expect(b.protocol.texts('receive')).toHaveLength(1_100);
});

test('disorder draws from a stream of its own: losses and latencies stay as they were', () => {
  const firsts = (fraction: number): [string, number][] => {
    const { simulation, a, b } = trio({
      latency: { type: 'uniform', minMs: 1, maxMs: 20 },
      loss: 0.3,
    });
    const since = simulation.now;
    simulation.apply({ type: 'duplication', fraction, node: 'a' });
    sendMany(a, b, 200);
    simulation.run(100);
    return arrivals(b.protocol, since);
  };
  const plain = firsts(0);
  const doubled = firsts(1);
  expect(doubled).toHaveLength(2 * plain.length);
  for (const arrival of plain) expect(doubled).toContainEqual(arrival);
});

/** 1,000 B with text and envelope, so 8 ms on a link of 1 Mbit/s. */
const KILOBYTE = 1_000 - 40 - 2 - 3;
const MEGABIT = { type: 'bandwidth', bitsPerSecond: 1_000_000 } as const;

test("all of a node's packets share its link, each way, behind one another", () => {
  const { simulation, a, b, c } = trio();
  const since = simulation.now;
  simulation.apply({ ...MEGABIT, node: 'a' });
  sendMany(a, b, 3, KILOBYTE);
  sendMany(a, c, 1, KILOBYTE);
  sendMany(b, a, 2, KILOBYTE);
  sendMany(b, c, 1, KILOBYTE);
  simulation.run(100);
  expect(arrivals(b.protocol, since)).toEqual([
    ['0', 18],
    ['1', 26],
    ['2', 34],
  ]);
  expect(arrivals(c.protocol, since)).toEqual([
    ['0', 10],
    ['0', 42],
  ]);
  expect(arrivals(a.protocol, since)).toEqual([
    ['0', 18],
    ['1', 26],
  ]);
  simulation.apply({ type: 'bandwidth', bitsPerSecond: 0, node: 'a' });
  sendMany(a, b, 1, KILOBYTE);
  simulation.run(10);
  expect(b.protocol.texts('receive')).toHaveLength(4);
});

test('what a full queue cannot hold is dropped, at the sender or at the receiver', () => {
  for (const node of ['a', 'b']) {
    const { simulation, a, b } = trio();
    simulation.apply({ ...MEGABIT, queueBytesMax: 4_000, node });
    sendMany(a, b, 10, KILOBYTE);
    simulation.run(1_000);
    expect(b.protocol.texts('receive')).toEqual(['0', '1', '2', '3']);
    expect(simulation.counters.packetsLost).toBe(6);
  }
});

test('a bulk send takes its time, and what else the node sends waits little', () => {
  const { simulation, a, b, c } = trio();
  simulation.apply(MEGABIT);
  const since = simulation.now;
  a.call((_, env) => {
    for (let i = 0; i < 4; i++) {
      env.sendReliably(b.self, { text: `${i}`, padding: 60_000 }, i, 'bulk');
    }
  });
  simulation.at(simulation.elapsedMs + 500, () => send(a, c.self, 'small'));
  simulation.run(10_000);
  const times = arrivals(b.protocol, since);
  expect(times.map(([text]) => text)).toEqual(['0', '1', '2', '3']);
  // 240 kB at 125 B/ms, and what TCP needs to find its window.
  expect(times[3]![1]).toBeGreaterThan(1_920);
  expect(times[3]![1]).toBeLessThan(3_000);
  const [[, small]] = arrivals(c.protocol, since) as [[string, number]];
  expect(small).toBeGreaterThan(511);
  expect(small).toBeLessThan(700); // At most the queue of 16 kB on top: 131 ms.
  expect(simulation.counters.failures).toBe(0);
});

test('messages over a link that loses come whole, in order, and once', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { simulation, a, b } = trio({ ...NETWORK, loss: 0.1 }, seed);
    simulation.apply({ ...MEGABIT, queueBytesMax: 3_000, node: 'b' });
    for (let i = 0; i < 10; i++) {
      a.call((_, env) => env.sendReliably(b.self, { text: `${i}`, padding: 5_000 }, i));
      sendReliably(a, b.self, `${i}+`, 100 + i);
    }
    simulation.run(60_000);
    const texts = b.protocol.texts('receive');
    const failed = a.protocol.texts('unreachable').length;
    const sent = Array.from({ length: 10 }, (_, i) => [`${i}`, `${i}+`]).flat();
    expect(texts).toEqual(sent.slice(0, texts.length));
    expect(texts.length + failed).toBeGreaterThanOrEqual(20);
  }
});

test('latency goes by the zones of both ends', () => {
  const simulation = new Simulation({
    design: puppet,
    seed: 1,
    network: {
      latency: {
        type: 'zones',
        within: { type: 'constant', ms: 1 },
        between: { type: 'constant', ms: 50 },
        pairs: [{ zones: ['eu', 'us'], latency: { type: 'constant', ms: 80 } }],
      },
    },
  });
  const zones = { a: 'eu', b: 'eu', c: 'us', d: 'asia', e: undefined, f: undefined };
  const hosts = Object.entries(zones).map(([name, zone]) =>
    simulation.add(name, {}, zone === undefined ? {} : { zone }),
  );
  simulation.run(1);
  const since = simulation.now;
  const [a, , c] = hosts;
  for (const to of hosts.slice(1)) send(a!, to.self, 'x');
  send(c!, a!.self, 'y');
  send(hosts[5]!, hosts[4]!.self, 'z');
  simulation.run(100);
  const times = hosts.map(({ protocol }) => arrivals(protocol, since).map(([, ms]) => ms));
  expect(times).toEqual([[80], [1], [80], [50], [1, 50], [50]]);
  simulation.apply({ type: 'latency', latency: { type: 'constant', ms: 5 } });
  send(a!, c!.self, 'x');
  simulation.run(5);
  expect(c!.protocol.texts('receive')).toHaveLength(2);
});
