import { expect, test } from 'vitest';
import {
  puppet,
  sendReliably,
  type PuppetConfig,
  type PuppetHost,
} from '../../test/simulation/puppet.ts';
import { ANYONE, type Peer } from '../core/index.ts';
import type { NetworkModel } from '../blocks/network/index.ts';
import { Simulation } from './simulation.ts';

/** A round trip is 20 ms: a first message arrives after 30, a later one after 10. */
const NETWORK: NetworkModel = { latency: { type: 'constant', ms: 10 } };

function pair(config: PuppetConfig = {}, network = NETWORK, seed = 1) {
  const simulation = new Simulation({ design: puppet, seed, network });
  const a = simulation.add('a', {});
  const b = simulation.add('b', config);
  simulation.run(1);
  return { simulation, a, b };
}

/** What a node heard, each with the milliseconds since `sinceMs` (simulation time). */
function heard(host: PuppetHost, sinceMs: number): string[] {
  return host.protocol.calls
    .filter(({ what }) => what === 'receive' || what === 'unreachable')
    .map(({ text, token, now }) => `${text}${token || ''} ${Math.round(now - sinceMs)}`);
}

test('a dial costs a round trip; later messages use the connection, in order', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  sendReliably(a, b.self, 'one', 1);
  sendReliably(a, b.self, 'two', 2);
  simulation.run(50);
  sendReliably(a, b.self, 'three', 3);
  simulation.run(1_000);
  expect(heard(b, now)).toEqual(['one 30', 'two 30', 'three 60']);
  expect(b.protocol.calls.at(-1)!.peer).toBe(a.self);
  expect(heard(a, now)).toEqual([]);
  expect(simulation.counters).toMatchObject({ dials: 1, streamMessages: 3, failures: 0 });
});

test('each lane has its connection', () => {
  const { simulation, a, b } = pair();
  a.call((_, env) => {
    env.sendReliably(b.self, { text: 'control' }, 1, 'control');
    env.sendReliably(b.self, { text: 'bulk' }, 2, 'bulk');
  });
  simulation.run(100);
  expect(b.protocol.texts('receive')).toEqual(['control', 'bulk']);
  expect(simulation.counters.dials).toBe(2);
});

test("an answer uses the asker's connection, also one dialled to whoever lives there", () => {
  const answer = (env: { sendReliably(to: Peer, m: { text: string }, t: number): void }, p: Peer) =>
    env.sendReliably(p, { text: 'answer' }, 7);
  const { simulation, a, b } = pair({ onReceive: answer });
  const { now } = simulation;
  sendReliably(a, simulation.book.peer(b.address, ANYONE), 'ask', 1);
  simulation.run(100);
  expect(heard(b, now)).toEqual(['ask 30']);
  expect(heard(a, now)).toEqual(['answer 40']);
  expect(a.protocol.calls.at(-1)!.peer).toBe(b.self);
  sendReliably(a, b.self, 'again', 2);
  simulation.run(100);
  expect(simulation.counters.dials).toBe(1);
});

test('order survives loss, which costs retransmissions: 200 ms, doubling', () => {
  const { simulation, a, b } = pair({}, { ...NETWORK, loss: 0.15 });
  const { now } = simulation;
  const texts = Array.from({ length: 200 }, (_, i) => `m${i}`);
  for (const [i, text] of texts.entries()) {
    sendReliably(a, b.self, text, i + 1);
    simulation.run(1);
  }
  simulation.run(20_000);
  expect(b.protocol.texts('receive')).toEqual(texts);
  expect(heard(b, now).some((line) => Number(line.split(' ')[1]) > 600)).toBe(true);
});

test('every send is delivered or reported, never twice either way, and in order', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const network: NetworkModel = { latency: { type: 'uniform', minMs: 1, maxMs: 80 }, loss: 0.35 };
    const arrived: number[] = [];
    const onReceive: PuppetConfig['onReceive'] = (_env, _from, text) => arrived.push(Number(text));
    const { simulation, a, b } = pair({ onReceive }, network, seed);
    const sent = Array.from({ length: 60 }, (_, i) => i + 1);
    for (const i of sent) {
      if (i % 20 === 0) simulation.apply({ type: 'crash', node: 'b' });
      if (i % 20 === 3) simulation.apply({ type: 'restart', node: 'b' });
      sendReliably(a, b.self, `${i}`, i);
      simulation.run(97);
    }
    simulation.run(30_000);
    const calls = a.protocol.calls.filter(({ what }) => what === 'unreachable');
    const failed = calls.map(({ token }) => token);
    expect(new Set(failed).size).toBe(failed.length);
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(arrived).toEqual(arrived.toSorted((x, y) => x - y));
    expect(new Set([...failed, ...arrived])).toEqual(new Set(sent));
  }
});

test('a crashed process refuses after a round trip', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  simulation.apply({ type: 'crash', node: 'b' });
  sendReliably(a, b.self, 'x', 5);
  simulation.run(10_000);
  expect(heard(a, now)).toEqual(['refused5 20']);
  expect(a.protocol.calls.at(-1)!.peer).toBe(b.self);
});

test('a machine without power, or none at all, is lost after 5 s', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  simulation.apply({ type: 'power-off', node: 'b' });
  sendReliably(a, b.self, 'x', 1);
  sendReliably(a, simulation.book.peer('10.9.9.9:1', ANYONE), 'x', 2);
  simulation.run(10_000);
  expect(heard(a, now)).toEqual(['lost1 5000', 'lost2 5000']);
});

test('power that fails under an open connection loses what is sent after 5 s', () => {
  const { simulation, a, b } = pair();
  sendReliably(a, b.self, 'x', 1);
  simulation.run(100);
  const { now } = simulation;
  simulation.apply({ type: 'power-off', node: 'b' });
  sendReliably(a, b.self, 'y', 2);
  simulation.run(10_000);
  expect(heard(a, now)).toEqual(['lost2 5000']);
});

test('across a dropping cut it is lost after 5 s, unless it heals before', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  simulation.apply({ type: 'partition', groups: [['b']] });
  sendReliably(a, b.self, 'x', 1);
  simulation.run(5_000);
  expect(heard(a, now)).toEqual(['lost1 5000']);
  sendReliably(a, b.self, 'y', 2);
  simulation.run(1_000);
  simulation.apply({ type: 'heal' });
  simulation.run(5_000);
  expect(heard(b, now)).toEqual(['y 6430']); // Retransmitted 1,400 ms after the dial.
});

test('across a rejecting cut it is refused after a round trip, on an open connection too', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'partition', groups: [['b']], mode: 'reject' });
  let { now } = simulation;
  sendReliably(a, b.self, 'x', 1);
  simulation.run(100);
  expect(heard(a, now)).toEqual(['refused1 20']);
  simulation.apply({ type: 'heal' });
  sendReliably(a, b.self, 'y', 2);
  simulation.run(100);
  simulation.apply({ type: 'partition', groups: [['b']], mode: 'reject' });
  ({ now } = simulation);
  sendReliably(a, b.self, 'z', 3);
  simulation.run(100);
  expect(heard(a, now).at(-1)).toBe('refused3 40'); // Reset, then refused at the second dial.
  expect(b.protocol.texts('receive')).toEqual(['y']);
});

test('a paused or starved node takes what was sent when it comes back', () => {
  for (const [begin, end] of [['pause', 'resume'] as const, ['starve', 'feed'] as const]) {
    const { simulation, a, b } = pair();
    const { now } = simulation;
    simulation.apply({ type: begin, node: 'b' });
    sendReliably(a, b.self, 'x', 1);
    sendReliably(a, b.self, 'y', 2);
    simulation.run(8_000);
    simulation.apply({ type: end, node: 'b' });
    simulation.run(1_000);
    expect(heard(b, now)).toEqual(['x 8000', 'y 8000']);
    expect(heard(a, now)).toEqual([]);
  }
});

test('a starved node sends when it is fed', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  simulation.apply({ type: 'starve', node: 'a' });
  sendReliably(a, b.self, 'x', 1);
  simulation.run(8_000);
  simulation.apply({ type: 'feed', node: 'a' });
  simulation.run(1_000);
  expect(heard(b, now)).toEqual(['x 8030']);
});

test('a paused sender hears of its failure when it resumes', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  simulation.apply({ type: 'crash', node: 'b' });
  sendReliably(a, b.self, 'x', 1);
  simulation.apply({ type: 'pause', node: 'a' });
  simulation.run(1_000);
  expect(heard(a, now)).toEqual([]);
  simulation.apply({ type: 'resume', node: 'a' });
  expect(heard(a, now)).toEqual(['refused1 1000']);
});

test('another life at that address is gone', () => {
  const { simulation, a, b } = pair();
  const former = b.self;
  b.restart();
  const { now } = simulation;
  sendReliably(a, former, 'x', 1);
  sendReliably(a, former, 'y', 2);
  simulation.run(1_000);
  expect(heard(a, now)).toEqual(['gone1 40', 'gone2 40']);
  expect(b.protocol.texts('receive')).toEqual([]);
  expect(simulation.counters.failures).toBe(2);
});

test('a send on a connection that a restart has broken is dialled again and meets another', () => {
  const { simulation, a, b } = pair();
  const former = b.self;
  sendReliably(a, former, 'x', 1);
  simulation.run(100);
  simulation.apply({ type: 'restart', node: 'b' });
  const { now } = simulation;
  sendReliably(a, former, 'y', 2);
  simulation.run(1_000);
  expect(heard(a, now)).toEqual(['gone2 50']); // The reset of the crash is there after 10 ms.
  expect(simulation.counters.dials).toBe(2);
});

test('a crash is noticed: the next send dials and is refused', () => {
  const { simulation, a, b } = pair();
  sendReliably(a, b.self, 'x', 1);
  simulation.run(100);
  simulation.apply({ type: 'crash', node: 'b' });
  simulation.run(100);
  const { now } = simulation;
  sendReliably(a, b.self, 'y', 2);
  simulation.run(1_000);
  expect(heard(a, now)).toEqual(['refused2 20']);
});

test('a process that dies with a message unread has lost it', () => {
  const { simulation, a, b } = pair();
  simulation.apply({ type: 'pause', node: 'b' });
  sendReliably(a, b.self, 'x', 1);
  simulation.run(1_000);
  const { now } = simulation;
  simulation.apply({ type: 'crash', node: 'b' });
  simulation.run(1_000);
  expect(heard(a, now)).toEqual(['lost1 10']);
});

test('a node that stops still delivers what it sent in that handler', () => {
  const { simulation, a, b } = pair();
  const { now } = simulation;
  a.call((_, env) => {
    env.sendReliably(b.self, { text: 'goodbye' }, 1);
    env.stop('leaving');
  });
  simulation.run(1_000);
  expect(heard(b, now)).toEqual(['goodbye 30']);
  expect(a.isUp).toBe(false);
});

test('a TCP port drops, refuses, or accepts and closes', () => {
  const results = (['drops', 'rejects', 'accepts-and-closes'] as const).map((is) => {
    const { simulation, a, b } = pair();
    simulation.apply({ type: 'tcp-port', node: 'b', is });
    const { now } = simulation;
    sendReliably(a, b.self, 'x', 1);
    simulation.run(10_000);
    simulation.apply({ type: 'tcp-port', node: 'b', is: 'sound' });
    sendReliably(a, b.self, 'y', 2);
    simulation.run(100);
    expect(b.protocol.texts('receive')).toEqual(['y']);
    return heard(a, now);
  });
  expect(results).toEqual([['lost1 5000'], ['refused1 20'], ['lost1 20']]);
});

test('a broken TCP port breaks open connections too, but not those its node dials', () => {
  const results = (['drops', 'rejects', 'accepts-and-closes'] as const).map((is) => {
    const { simulation, a, b } = pair();
    sendReliably(a, b.self, 'x', 1);
    simulation.run(100);
    simulation.apply({ type: 'tcp-port', node: 'b', is });
    simulation.run(100);
    const { now } = simulation;
    sendReliably(a, b.self, 'y', 2);
    simulation.run(10_000);
    sendReliably(b, a.self, 'z', 3);
    simulation.run(100);
    expect(a.protocol.texts('receive')).toEqual(['z']);
    return heard(a, now)[0];
  });
  expect(results).toEqual(['lost2 5000', 'refused2 40', 'lost2 20']);
});

test('a connection closes when it was idle for 60 s', () => {
  const { simulation, a, b } = pair();
  const say = (): void => sendReliably(a, b.self, 'x', 1);
  say();
  simulation.run(59_000);
  say();
  simulation.run(59_000);
  say();
  expect(simulation.counters.dials).toBe(1);
  simulation.run(61_000);
  say();
  simulation.run(1_000);
  expect(simulation.counters.dials).toBe(2);
  expect(b.protocol.texts('receive')).toHaveLength(4);
});

test('another cluster refuses the stream, and both say so', () => {
  const simulation = new Simulation({ design: puppet, seed: 1, network: NETWORK });
  const a = simulation.add('a', {}, { cluster: 'ours' });
  const b = simulation.add('b', {}, { cluster: 'theirs' });
  const rejected: string[] = [];
  simulation.on((host, event) => {
    if (typeof event === 'object' && event.type === 'rejected') rejected.push(host.name);
  });
  const { now } = simulation;
  sendReliably(a, simulation.book.peer(b.address, ANYONE), 'x', 1);
  simulation.run(1_000);
  expect(heard(a, now)).toEqual(['lost1 40']);
  expect(b.protocol.texts('receive')).toEqual([]);
  expect(rejected).toEqual(['b', 'a']);
});

test('a message above 64 kB is misuse', () => {
  const { a, b } = pair();
  const large = { text: '', padding: 64 * 1024 - 1 };
  expect(() => a.call((_, env) => env.sendReliably(b.self, large, 1))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
  );
});
