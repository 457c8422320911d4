import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pinger, type PingerConfig, type PingerEvent } from '../../test/simulation/pinger.ts';
import { puppet, send, type PuppetEnv } from '../../test/simulation/puppet.ts';
import { ANYONE, mark, NOBODY } from '../core/index.ts';
import { RunError } from './run-error.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

type PingerSimulation = Simulation<PingerConfig, never, PingerEvent, never, never>;
type Options = Partial<Omit<SimulationOptions<never, never, never, never, never>, 'design'>>;

const NETWORK = { latency: { type: 'uniform', minMs: 5, maxMs: 50 }, loss: 0.05 } as const;
const STILL = { latency: { type: 'constant', ms: 10 } } as const;

function pingers(seed: number, options: Options = {}): PingerSimulation {
  const simulation = new Simulation({ design: pinger, seed, network: NETWORK, ...options });
  for (let i = 0; i < 20; i++) {
    simulation.add(`n${i}`, { name: `n${i}`, intervalMs: 100, streamEvery: 7 });
  }
  return simulation as unknown as PingerSimulation;
}

function hashAfter(simulation: PingerSimulation, ms: number): string {
  simulation.run(ms);
  return simulation.traceHash;
}

test('equal seeds give equal runs, other seeds other ones', () => {
  const hash = hashAfter(pingers(1), 20_000);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(hashAfter(pingers(1), 20_000)).toBe(hash);
  expect(hashAfter(pingers(2), 20_000)).not.toBe(hash);
});

test('the trace is the same with wheel or heap, with messages as objects, frozen or bytes', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const hash = hashAfter(pingers(seed), 3_000);
      expect(hashAfter(pingers(seed, { queue: 'heap' }), 3_000)).toBe(hash);
      expect(hashAfter(pingers(seed, { wire: true }), 3_000)).toBe(hash);
      expect(hashAfter(pingers(seed, { freeze: true }), 3_000)).toBe(hash);
    }),
    { numRuns: 20 },
  );
});

test('a run in pieces is the run', () => {
  const whole = pingers(3);
  whole.run(5_000);
  const pieces = pingers(3);
  for (let i = 0; i < 500; i++) pieces.run(10);
  expect(pieces.traceHash).toBe(whole.traceHash);
  expect(pieces.elapsedMs).toBe(whole.elapsedMs);
});

test('every run starts at another time, below 2^34 ms', () => {
  const starts = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => pingers(seed).now);
  expect(new Set(starts).size).toBe(8);
  for (const start of starts) expect(start).toBeLessThan(2 ** 34);
  expect(Math.max(...starts)).toBeGreaterThan(2 ** 32);
  expect(pingers(1, { startMs: 12 }).now).toBe(12);
});

test('packets and bytes are counted at the send, lost ones too', () => {
  const simulation = pingers(4, { wire: true });
  simulation.run(10_000);
  const { counters } = simulation;
  expect(counters.packets).toBeGreaterThan(3_000);
  expect(counters.bytes).toBe((counters.packets + counters.streamMessages) * 49);
  expect(counters.bytesEncoded).toBe((counters.packets + counters.streamMessages) * 9);
  expect(counters.packetsLost / counters.packets).toBeCloseTo(0.05, 1);
});

test('a node is there from its time on, and its start is an event', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const first = simulation.add('first', {});
  const late = simulation.add('late', {}, { atMs: 500 });
  expect([first.isUp, late.isUp]).toEqual([true, false]);
  expect([first.protocol.calls.length, late.self, late.nodeId]).toEqual([0, NOBODY, ANYONE]);
  expect(() => late.call(() => 1)).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  simulation.run(499);
  expect(first.protocol.texts('start')).toHaveLength(1);
  expect(late.isUp).toBe(false);
  simulation.run(1);
  expect(late.protocol.texts('start')).toHaveLength(1);
  expect(late.nodeId).not.toBe(first.nodeId);
  expect(simulation.host('late')).toBe(late);
  expect(simulation.host(0)).toBe(first);
});

test('a command before the start event starts the node first, once', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const host = simulation.add('a', {});
  host.call((_, env) => env.after(0, 5));
  simulation.run(1);
  expect(host.protocol.calls.map(({ what }) => what)).toEqual(['start', 'wake']);
});

test('a predicate stops the run at the event that made it true', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const a = simulation.add('a', {});
  const b = simulation.add('b', {});
  send(a, b.self, 'hi');
  expect(simulation.runUntil(() => b.protocol.texts('receive').length > 0)).toBe(true);
  expect(simulation.elapsedMs).toBe(10);
  expect(simulation.runUntil(() => false, 300)).toBe(false);
  expect(simulation.elapsedMs).toBe(310);
});

test('timers keep fractions and order, and those of one time the order of their setting', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const host = simulation.add('a', {});
  host.call((_, env) => {
    env.after(2.5, 1);
    env.after(0.25, 2, 77.5);
    env.after(2.5, 3);
    env.after(3_600_000 * 100, 4);
  });
  simulation.run(3_600_000 * 100);
  expect(host.protocol.texts('wake')).toEqual(['2', '1', '3', '4']);
  const [first, second] = host.protocol.calls.slice(1);
  expect(first!.token).toBe(77.5);
  expect(second!.now - first!.now).toBe(2.25);
});

test('an Env is useless once its handler has returned', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const host = simulation.add('a', {});
  let kept: PuppetEnv | undefined;
  host.call((_, env) => {
    kept = env;
  });
  const uses = [
    () => kept!.now,
    () => kept!.self,
    () => kept!.wallMs,
    () => kept!.random,
    () => kept!.send(host.self, { text: '' }),
    () => kept!.sendReliably(host.self, { text: '' }, 1),
    () => kept!.after(1, 1),
    () => kept!.keep(host.self),
    () => kept!.forget(host.self),
    () => kept!.save(new Uint8Array(1)),
    () => kept!.emit(''),
    () => kept!.stop(''),
  ];
  for (const use of uses) expect(use).toThrow('used after its handler returned');
});

test('a throw from a handler stops the run and names seed, node and time', () => {
  const simulation = new Simulation({ design: puppet, seed: 99, network: STILL });
  simulation.add('sane', {});
  simulation.add('faulty', {
    onStart: (env) => env.after(250, 1),
    onWake: () => {
      throw new Error('I cannot');
    },
  });
  const run = (): unknown => simulation.run(1_000);
  expect(run).toThrow(RunError);
  expect(run).toThrow(/wake threw: I cannot \(node faulty, 250 ms after the start, seed 99\)/);
});

test('events reach listeners after the handler, and a listener may command', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const a = simulation.add('a', {});
  const heard: unknown[] = [];
  const off = a.on((event) => {
    heard.push(event);
    if (event === 'first') a.call((_, env) => env.emit('second'));
  });
  simulation.on((host, event) => heard.push([host.name, event]));
  a.call((_, env) => {
    env.emit('first');
    heard.push('handler done');
  });
  expect(heard).toEqual(['handler done', 'first', 'second', ['a', 'second'], ['a', 'first']]);
  off();
  a.call((_, env) => env.stop('enough'));
  expect(heard.at(-1)).toEqual(['a', { type: 'stopped', reason: 'enough' }]);
  expect(a.isUp).toBe(false);
});

test('misuse is told', () => {
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => pingers(-1)).toThrow(bad);
  expect(() => pingers(1, { network: { ...NETWORK, loss: 2 } })).toThrow(bad);
  const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
  const a = simulation.add('a', {});
  expect(() => simulation.add('a', {})).toThrow(bad);
  expect(() => simulation.add('b', {}, { address: a.address })).toThrow(bad);
  expect(() => simulation.host('c')).toThrow(bad);
  expect(() => a.call(() => a.call(() => 1))).toThrow(bad);
  expect(() => simulation.at(-1, () => {})).toThrow(bad);
  const large = { text: '', padding: 1359 };
  expect(() => a.call((_, env) => env.send(a.self, large))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
  );
});

test('coverage marks are counted for the simulation that passes them', () => {
  const [one, other] = ['one', 'other'].map((name) => {
    const simulation = new Simulation({ design: puppet, seed: 1, network: STILL });
    simulation.add(name, {
      onStart: (env) => {
        mark(`start of ${name}`);
        env.after(10, 1);
      },
      onWake: () => mark('wake'),
    });
    return simulation;
  });
  one!.run(5);
  other!.run(20);
  one!.host(0).call(() => mark('command'));
  mark('nobody runs');
  const [a, b] = [one!, other!].map(({ marks }) => Object.fromEntries(marks));
  expect(a).toEqual({ 'start of one': 1, command: 1 });
  expect(b).toEqual({ 'start of other': 1, wake: 1 });
});
