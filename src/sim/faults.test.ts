import { expect, test } from 'vitest';
import { puppet, send, sendReliably, type PuppetConfig } from '../../test/simulation/puppet.ts';
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
    lengths.add((torn as Uint8Array).length);
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

test('a one-way cut stops one direction, of packets and of dials', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'one-way-cut', from: ['a'], to: ['b'] });
  send(a, b.self, 'x');
  send(b, a.self, 'y');
  sendReliably(a, b.self, 'dialled', 1);
  sendReliably(b, a.self, 'dialled', 2);
  simulation.run(10_000);
  expect(b.protocol.texts('receive')).toEqual([]);
  expect(a.protocol.texts('receive')).toEqual(['y']);
  expect([a, b].map(({ protocol }) => protocol.texts('unreachable'))).toEqual([['lost'], ['lost']]);
  simulation.apply({ type: 'heal' });
  send(a, b.self, 'z');
  simulation.run(10);
  expect(b.protocol.texts('receive')).toEqual(['z']);
});

test('an open connection across a one-way cut carries data until the answers are missed', () => {
  const { simulation, a, b } = pair();
  sendReliably(a, b.self, 'before', 1);
  simulation.run(100);
  simulation.apply({ type: 'one-way-cut', from: ['b'], to: ['a'] });
  sendReliably(a, b.self, 'through', 2);
  simulation.run(5_000);
  expect(b.protocol.texts('receive')).toEqual(['before', 'through']);
  simulation.run(1_000);
  sendReliably(a, b.self, 'after', 3);
  simulation.run(10_000);
  expect(b.protocol.texts('receive')).toEqual(['before', 'through']);
  expect(a.protocol.texts('unreachable')).toEqual(['lost']);
  expect(simulation.counters.dials).toBe(2);
});

test('a pair cut parts two who both reach a third', () => {
  const { simulation, a, b } = pair();
  const c = simulation.add('c', {});
  simulation.run(1);
  simulation.apply({ type: 'pair-cut', pairs: [['b', 'a']], mode: 'reject', name: 'pair' });
  for (const from of [a, b, c]) for (const to of [a, b, c]) send(from, to.self, from.name);
  sendReliably(a, b.self, 'x', 1);
  simulation.run(100);
  expect(a.protocol.texts('unreachable')).toEqual(['refused']);
  const heard = [a, b, c].map(({ protocol }) => protocol.texts('receive').sort().join(''));
  expect(heard).toEqual(['ac', 'bc', 'abc']);
  simulation.apply({ type: 'heal', name: 'pair' });
  send(a, b.self, 'a');
  simulation.run(10);
  expect(b.protocol.texts('receive').at(-1)).toBe('a');
});

test('while its listener restarts a node refuses; what the listener had taken is closed', () => {
  const { simulation, a, b } = pair();
  sendReliably(a, b.self, 'one', 1);
  simulation.run(100);
  simulation.apply({ type: 'listener-restart', node: 'b', forMs: 1_000 });
  simulation.run(100);
  sendReliably(a, b.self, 'two', 2);
  simulation.run(100);
  expect(a.protocol.texts('unreachable')).toEqual(['refused']);
  simulation.run(800);
  sendReliably(a, b.self, 'three', 3);
  simulation.run(100);
  expect(b.protocol.texts('receive')).toEqual(['one', 'three']);
  expect(simulation.counters.dials).toBe(3);
});

test('a listener opens again also for a new life, but not against a later fault', () => {
  for (const is of ['sound', 'rejects'] as const) {
    const { simulation, a, b } = pair();
    simulation.apply({ type: 'listener-restart', node: 'b', forMs: 1_000 });
    simulation.run(500);
    simulation.apply({ type: 'restart', node: 'b' });
    if (is !== 'sound') simulation.apply({ type: 'tcp-port', node: 'b', is });
    simulation.run(600);
    sendReliably(a, b.self, 'x', 1);
    simulation.run(100);
    expect(b.protocol.texts('receive')).toEqual(is === 'sound' ? ['x'] : []);
  }
});

test('short of descriptors dials fail as local; open connections and packets go on', () => {
  const { simulation, a, b } = pair();
  sendReliably(b, a.self, 'open', 1);
  simulation.run(100);
  simulation.apply({ type: 'descriptors', node: 'a', are: 'short' });
  sendReliably(a, b.self, 'by the open one', 2);
  a.call((_, env) => env.sendReliably(b.self, { text: 'dialled' }, 3, 'bulk'));
  send(a, b.self, 'packet');
  simulation.run(100);
  expect(b.protocol.texts('receive')).toEqual(['by the open one', 'packet']);
  expect(a.protocol.texts('unreachable')).toEqual(['local']);
  simulation.apply({ type: 'descriptors', node: 'a', are: 'enough' });
  a.call((_, env) => env.sendReliably(b.self, { text: 'dialled' }, 4, 'bulk'));
  simulation.run(100);
  expect(b.protocol.texts('receive').at(-1)).toBe('dialled');
});

test('a full book keeps no route', () => {
  const { simulation, a, b } = pair();
  const keep = (): boolean => a.call((_, env) => env.keep(b.self));
  simulation.apply({ type: 'book', node: 'a', is: 'full' });
  expect(keep()).toBe(false);
  simulation.apply({ type: 'book', node: 'a', is: 'roomy' });
  expect(keep()).toBe(true);
});

test('a node that moves lives on elsewhere: old routes and connections lead nowhere', () => {
  const { simulation, a, b } = pair({
    onStart: (env) => env.after(100, 1),
  });
  sendReliably(b, a.self, 'open', 1);
  simulation.run(50);
  const { nodeId, self: former, protocol } = a;
  send(b, former, 'on its way');
  simulation.apply({ type: 'move', node: 'a', address: '10.1.1.1:7946' });
  expect([a.address, a.nodeId, a.protocol]).toEqual(['10.1.1.1:7946', nodeId, protocol]);
  expect(a.self).not.toBe(former);
  send(b, former, 'too late');
  sendReliably(b, former, 'stranded', 2);
  simulation.run(10_000);
  expect(b.protocol.texts('unreachable')).toEqual(['lost']);
  send(b, simulation.book.peer('10.1.1.1:7946', ANYONE), 'asked');
  sendReliably(b, a.self, 'streamed', 3);
  simulation.run(100);
  expect(a.protocol.texts('receive')).toEqual(['open', 'asked', 'streamed']);
  expect(a.protocol.texts('wake')).toEqual(['1']);
  send(a, b.self, 'from here');
  simulation.run(10);
  expect(b.protocol.calls.at(-1)).toMatchObject({ text: 'from here', peer: a.self });
  simulation.apply({ type: 'move', node: 'a', address: '10.0.0.1:7946' });
  expect(a.self).toBe(former);
});

test('who moves leaves an address that others may take, and takes none that is taken', () => {
  const { simulation, a, b } = pair();
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => simulation.apply({ type: 'move', node: 'a', address: b.address })).toThrow(bad);
  const { address } = a;
  simulation.apply({ type: 'move', node: 'a', address: '10.1.1.1:7946' });
  simulation.apply({ type: 'move', node: 'b', address });
  expect([a.address, b.address]).toEqual(['10.1.1.1:7946', address]);
  send(a, b.self, 'x');
  simulation.run(10);
  expect(b.protocol.texts('receive')).toEqual(['x']);
});

test('a drifting clock takes its timers along, and is never early', () => {
  const { simulation, a } = pair();
  const shown = (): number => a.call((_, env) => env.now);
  const wall = (): number => a.call((_, env) => env.wallMs);
  const [start, wallStart] = [shown(), wall()];
  const began = simulation.now;
  a.call((_, env) => env.after(1_000, 1));
  simulation.apply({ type: 'drift', node: 'a', rate: 0.5 });
  a.call((_, env) => env.after(1_000, 2));
  simulation.run(1_999);
  expect(shown() - start).toBeCloseTo(999.5);
  expect(a.protocol.texts('wake')).toEqual([]);
  simulation.run(2);
  expect(a.protocol.texts('wake').sort()).toEqual(['1', '2']);
  for (const { now } of a.protocol.calls.slice(-2)) expect(now - start).toBeGreaterThanOrEqual(1e3);
  simulation.apply({ type: 'drift', node: 'a', rate: 4 });
  a.call((_, env) => env.after(4_000, 3));
  simulation.run(1_000);
  expect(a.protocol.texts('wake').at(-1)).toBe('3');
  simulation.apply({ type: 'drift', node: 'a', rate: 1 });
  const [now, at] = [shown(), simulation.now];
  simulation.run(500);
  expect(shown() - now).toBeCloseTo(500);
  expect(shown() - start).toBeCloseTo((at - began - 1_000) / 2 + 4_000 + 500, 3);
  expect(wall() - wallStart).toBeCloseTo(shown() - start, 3);
});

test('faults that name nobody or nothing are misuse', () => {
  const { simulation } = pair();
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  expect(() => simulation.apply({ type: 'crash', node: 'z' })).toThrow(bad);
  expect(() => simulation.apply({ type: 'quake' } as never)).toThrow(bad);
  expect(() => simulation.apply({ type: 'partition', groups: [['z']] })).toThrow(bad);
});
