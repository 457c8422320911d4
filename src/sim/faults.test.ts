import { expect, test } from 'vitest';
import { puppet, send, type PuppetConfig } from '../../test/simulation/puppet.ts';
import { ANYONE } from '../core/index.ts';
import { Simulation } from './simulation.ts';

const NETWORK = { latency: { type: 'constant', ms: 10 } } as const;

function pair(config: PuppetConfig = {}) {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK });
  const a = simulation.add('a', config);
  const b = simulation.add('b', {});
  simulation.run(1);
  return { simulation, a, b };
}

test('a crash takes timers with it; a restart is a new object and a new life', () => {
  const { simulation, a } = pair({ onStart: (env) => env.after(100, 1) });
  const { protocol, nodeId, self } = a;
  simulation.schedule(50, { type: 'crash', node: 'a' });
  simulation.schedule(70, { type: 'restart', node: 'a' });
  simulation.run(1_000);
  expect(protocol.texts('wake')).toEqual([]);
  expect(a.protocol).not.toBe(protocol);
  expect(a.protocol.texts('wake')).toEqual(['1']);
  expect(a.nodeId).not.toBe(nodeId);
  expect(a.self).not.toBe(self);
  expect(simulation.book.addressOf(a.self)).toBe(a.address);
});

test('a restarted node finds what it saved, or nothing', () => {
  const { simulation, a } = pair();
  a.call((_, env) => {
    const record = Uint8Array.of(1, 2, 3);
    env.save(record);
    record.fill(9);
    env.save(Uint8Array.of(4), true);
  });
  simulation.apply({ type: 'restart', node: 'a' });
  expect(a.protocol.saved).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  a.restart();
  expect(a.protocol.saved).toHaveLength(2);
  simulation.apply({ type: 'restart', node: 'a', saved: 'wiped' });
  expect(a.protocol.saved).toEqual([]);
});

test('a last record that was not durable is cut anywhere, and once', () => {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 60; seed++) {
    const simulation = new Simulation({ design: puppet, seed, network: NETWORK });
    const a = simulation.add('a', {});
    a.call((_, env) => env.save(Uint8Array.of(1, 2, 3)));
    simulation.apply({ type: 'power-off', node: 'a' });
    simulation.apply({ type: 'restart', node: 'a' });
    const [torn] = a.protocol.saved;
    lengths.add(torn!.length);
    simulation.apply({ type: 'restart', node: 'a' });
    expect(a.protocol.saved).toEqual([torn]);
  }
  expect(lengths).toEqual(new Set([0, 1, 2, 3]));
});

test('a paused node does nothing; then it takes what arrived before what is overdue', () => {
  const { simulation, a, b } = pair({
    onWake: (env, timer) => {
      if (timer === 1) env.after(0, 3);
    },
  });
  a.call((_, env) => {
    env.after(50, 1);
    env.after(60, 2);
  });
  simulation.apply({ type: 'pause', node: 'a' });
  expect(() => a.call(() => 1)).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  simulation.run(100);
  send(b, a.self, 'x');
  send(b, a.self, 'y');
  simulation.run(100);
  expect(a.protocol.calls).toHaveLength(1);
  expect(a.isUp).toBe(true);
  simulation.apply({ type: 'resume', node: 'a' });
  expect(a.protocol.calls.map(({ text }) => text)).toEqual(['', 'x', 'y', '1', '2']);
  simulation.run(0);
  expect(a.protocol.texts('wake')).toEqual(['1', '2', '3']);
});

test('a paused node answers hellos when it resumes', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'pause', node: 'a' });
  send(b, simulation.book.peer(a.address, ANYONE), 'x');
  simulation.run(3_000);
  simulation.apply({ type: 'resume', node: 'a' });
  simulation.run(19.9);
  expect(a.protocol.texts('receive')).toEqual([]);
  simulation.run(0.1);
  expect(a.protocol.texts('receive')).toEqual(['x']);
});

test('a starved node runs its timers, but what it sends and gets waits, in order', () => {
  const { simulation, a, b } = pair({
    onWake: (env, timer) => env.send(b.self, { text: `${timer}` }),
  });
  simulation.apply({ type: 'starve', node: 'a' });
  a.call((_, env) => {
    env.after(5, 1);
    env.after(10, 2);
  });
  send(b, a.self, 'x');
  send(b, a.self, 'y');
  simulation.run(1_000);
  expect(a.protocol.texts('wake')).toEqual(['1', '2']);
  expect(a.protocol.texts('receive')).toEqual([]);
  expect(b.protocol.texts('receive')).toEqual([]);
  simulation.apply({ type: 'feed', node: 'a' });
  expect(a.protocol.texts('receive')).toEqual(['x', 'y']);
  simulation.run(10);
  expect(b.protocol.texts('receive')).toEqual(['1', '2']);
});

test('a node paused while starved needs both to end', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'starve', node: 'a' });
  simulation.apply({ type: 'pause', node: 'a' });
  send(b, a.self, 'x');
  simulation.run(50);
  simulation.apply({ type: 'feed', node: 'a' });
  expect(a.protocol.texts('receive')).toEqual([]);
  simulation.apply({ type: 'resume', node: 'a' });
  expect(a.protocol.texts('receive')).toEqual(['x']);
});

test('what waited for a life that ended is not given to the next', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'pause', node: 'a' });
  send(b, a.self, 'x');
  simulation.run(50);
  simulation.apply({ type: 'restart', node: 'a' });
  simulation.apply({ type: 'resume', node: 'a' });
  simulation.run(1_000);
  expect(a.protocol.texts('receive')).toEqual([]);
});

test('a node that stops while it catches up takes no more', () => {
  const { simulation, a, b } = pair({ onReceive: (env) => env.stop('enough') });
  simulation.apply({ type: 'pause', node: 'a' });
  send(b, a.self, 'x');
  send(b, a.self, 'y');
  simulation.run(50);
  simulation.apply({ type: 'resume', node: 'a' });
  expect(a.protocol.texts('receive')).toEqual(['x']);
  expect(a.isUp).toBe(false);
});

test('a node may come up at another address', () => {
  const { simulation, a, b } = pair();
  const former = a.self;
  simulation.apply({ type: 'restart', node: 'a', address: '10.1.1.1:7946' });
  expect(a.address).toBe('10.1.1.1:7946');
  send(b, a.self, 'here');
  send(b, former, 'there');
  simulation.run(50);
  expect(a.protocol.texts('receive')).toEqual(['here']);
});

test('the traffic of a slow node takes longer, both ways', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'slow', node: 'a', byMs: 40 });
  send(a, b.self, 'x');
  send(b, a.self, 'x');
  send(a, a.self, 'me');
  simulation.run(49.9);
  expect(b.protocol.texts('receive')).toEqual([]);
  simulation.run(0.1);
  expect([a, b].map((host) => host.protocol.texts('receive'))).toEqual([['x'], ['x']]);
  simulation.apply({ type: 'slow', node: 'a', byMs: 0 });
  send(b, a.self, 'y');
  simulation.run(10);
  expect(a.protocol.texts('receive')).toEqual(['x', 'y']);
});

test('a wall clock that jumps moves no timer', () => {
  const { simulation, a, b } = pair();
  const clocks = (): number[] => [a, b].flatMap((host) => host.call((_, env) => env.wallMs));
  const [before] = clocks();
  a.call((_, env) => env.after(100, 1));
  simulation.apply({ type: 'wall-jump', node: 'a', byMs: -3_600_000 });
  simulation.run(100);
  expect(clocks()).toEqual([before! - 3_600_000 + 100, before! + 100]);
  expect(a.protocol.texts('wake')).toEqual(['1']);
});

test('faults that name nobody or nothing are misuse', () => {
  const { simulation } = pair();
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => simulation.apply({ type: 'crash', node: 'z' })).toThrow(bad);
  expect(() => simulation.apply({ type: 'quake' } as never)).toThrow(bad);
  expect(() => simulation.apply({ type: 'partition', groups: [['z']] })).toThrow(bad);
});
