import { expect, test } from 'vitest';
import { puppet, send, type PuppetConfig } from '../../test/simulation/puppet.ts';
import { ANYONE, NOBODY, type Peer } from '../core/index.ts';
import { Simulation } from './simulation.ts';

const NETWORK = { latency: { type: 'constant', ms: 10 } } as const;
const MISUSE = 'was neither kept nor met in this handler';

function pair(config: PuppetConfig = {}) {
  const simulation = new Simulation({
    design: puppet,
    seed: 1,
    network: NETWORK,
    checkRoutes: true,
  });
  const a = simulation.add('a', config);
  const b = simulation.add('b', {});
  simulation.run(1);
  const toB = (): Peer => simulation.book.peer(b.address, b.nodeId);
  return { simulation, a, b, toB };
}

test('a route that was met earlier and not kept is refused, one that was kept is not', () => {
  const { a, b, toB } = pair();
  a.call((_, env) => env.send(toB(), { text: 'just met' }));
  expect(() => send(a, b.self, 'x')).toThrow(MISUSE);
  expect(() => a.call((_, env) => env.sendReliably(b.self, { text: 'x' }, 1))).toThrow(MISUSE);
  expect(() => a.call((_, env) => env.keep(b.self))).toThrow(MISUSE);
  a.call((_, env) => {
    expect([env.keep(toB()), env.keep(toB())]).toEqual([true, true]);
  });
  send(a, b.self, 'kept twice');
  a.call((_, env) => env.forget(b.self));
  send(a, b.self, 'kept once');
  a.call((_, env) => {
    env.forget(b.self);
    env.send(b.self, { text: 'met in this handler' });
  });
  expect(() => send(a, b.self, 'x')).toThrow(MISUSE);
  expect(() => a.call((_, env) => env.forget(b.self))).toThrow('not kept');
});

test('sender and self are always known; the book, too, is closed to what lapsed', () => {
  const { simulation, a, b, toB } = pair({
    onReceive: (env, from) => {
      env.send(from, { text: 'answer' });
      env.send(env.self, { text: 'note' });
      env.after(5, 1, from);
    },
    onWake: () => simulation.book.addressOf(b.self),
  });
  b.call((_, env) => env.send(simulation.book.peer(a.address, a.nodeId), { text: 'ask' }));
  expect(() => simulation.run(100)).toThrow(MISUSE);
  expect(toB()).toBe(b.self);
  expect(b.protocol.texts('receive')).toEqual([]);
});

test('what create interns is valid until start returns', () => {
  let seed: Peer = NOBODY;
  const design: typeof puppet = {
    ...puppet,
    share(book, crypto) {
      seed = book.peer('10.9.9.9:1', ANYONE);
      return puppet.share(book, crypto);
    },
    create(config, shared, saved) {
      simulation.book.peer('10.9.9.9:1', ANYONE);
      return puppet.create(config, shared, saved);
    },
  };
  const simulation = new Simulation({ design, seed: 1, network: NETWORK, checkRoutes: true });
  const a = simulation.add('a', { onStart: (env) => env.send(seed, { text: 'hello' }) });
  simulation.add('b', {});
  simulation.run(1);
  expect(() => send(a, seed, 'too late')).toThrow(MISUSE);
});

test('every life keeps its own', () => {
  const { simulation, a, b, toB } = pair();
  a.call((_, env) => env.keep(toB()));
  simulation.apply({ type: 'restart', node: 'a' });
  expect(() => send(a, b.self, 'x')).toThrow(MISUSE);
});
