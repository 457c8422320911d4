import { expect, test } from 'vitest';
import { puppet, send, sendReliably, type PuppetHost } from '../../test/simulation/puppet.ts';
import { hearsay, hearsayConfig } from '../designs/hearsay/index.ts';
import { ANYONE } from '../core/index.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

const NETWORK = { latency: { type: 'constant', ms: 10 } } as const;

type Options = Partial<Omit<SimulationOptions<never, never, never, never, never>, 'design'>>;

function pair(options: Options = {}) {
  const simulation = new Simulation({
    design: puppet,
    seed: 1,
    network: NETWORK,
    security: true,
    ...options,
  });
  const [a, b] = [simulation.add('a', {}), simulation.add('b', {})];
  simulation.run(1);
  return { simulation, a, b };
}

const received = (host: PuppetHost): string[] => host.protocol.texts('receive');

test('a stranger is challenged first: three latencies, then one', () => {
  const { simulation, a, b } = pair();
  send(a, b.self, 'first');
  simulation.run(29.9);
  expect(received(b)).toEqual([]);
  simulation.run(0.1);
  expect(received(b)).toEqual(['first']);
  send(a, b.self, 'second');
  simulation.run(10);
  expect(received(b)).toEqual(['first', 'second']);
  expect(simulation.counters.challenges).toBe(1);
});

test('whom a node keeps a route to is taken at once', () => {
  const { simulation, a, b } = pair();
  b.call((_protocol, env) => env.keep(a.self));
  send(a, b.self, 'first');
  simulation.run(10);
  expect(received(b)).toEqual(['first']);
  b.call((_protocol, env) => env.forget(a.self));
  expect(simulation.counters.challenges).toBe(0);
});

test('a stream shows that both live', () => {
  const { simulation, a, b } = pair();
  sendReliably(a, b.self, 'by stream', 1);
  simulation.run(100);
  send(b, a.self, 'by packet');
  send(a, b.self, 'by packet');
  simulation.run(10);
  expect([received(a), received(b)]).toEqual([['by packet'], ['by stream', 'by packet']]);
});

test('of one who is dead by then, nothing is taken', () => {
  const { simulation, a, b } = pair();
  send(a, b.self, 'last words');
  simulation.run(5);
  simulation.apply({ type: 'crash', node: 'a' });
  simulation.run(20_000);
  expect(received(b)).toEqual([]);
});

test('what comes twice is taken once; plain nodes hear it twice', () => {
  const told = (security: boolean): [number, number] => {
    const { simulation, a, b } = pair({ security });
    simulation.apply({ type: 'duplication', fraction: 1 });
    for (let i = 0; i < 50; i++) {
      send(a, b.self, `${i}`);
      simulation.run(100);
    }
    send(a, simulation.book.peer(b.address, ANYONE), 'by hello');
    simulation.run(1000);
    return [received(b).length, simulation.counters.packetsReplayed];
  };
  const [plain, none] = told(false);
  expect([plain, none]).toEqual([102, 0]);
  expect(told(true)).toEqual([51, 51]);
});

test('the flagship agrees under duplication, and two runs are one', () => {
  const run = () => {
    const simulation = new Simulation({
      design: hearsay,
      seed: 7,
      network: { latency: { type: 'uniform', minMs: 1, maxMs: 30 }, loss: 0.02 },
      security: true,
    });
    simulation.apply({ type: 'duplication', fraction: 0.3 });
    const seeds = ['10.0.0.1:7946'];
    for (let i = 0; i < 12; i++) simulation.add(`n${i}`, hearsayConfig({ name: `n${i}`, seeds }));
    simulation.run(30_000);
    simulation.apply({ type: 'restart', node: 'n3', saved: 'wiped' });
    simulation.run(60_000);
    const views = simulation.hosts.map(({ protocol }) => [protocol.live, protocol.checksum()]);
    expect(new Set(views.map(String)).size).toBe(1);
    expect(views[0]![0]).toBe(12);
    const { challenges, packetsReplayed } = simulation.counters;
    expect(challenges).toBeGreaterThan(0);
    expect(packetsReplayed).toBeGreaterThan(100);
    return simulation.traceHash;
  };
  expect(run()).toBe(run());
});
