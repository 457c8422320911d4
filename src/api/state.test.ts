import { expect, test } from 'vitest';
import { SimulatedWorld } from '../../test/simulation/platform.ts';
import type { MapChange } from './shared-map.ts';
import type { StateChange } from './state.ts';
import type { Overflow } from './event-stream.ts';

const pair = async (world: SimulatedWorld) => world.joined({ a: {}, b: {} });

test('what a node says of itself, others read: JSON and bytes, changed and deleted', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  b.state.set('load', 0.7);
  b.state.set('jobs', [{ id: 1 }, null]);
  b.state.set('raw', Uint8Array.of(1, 2, 3));
  expect(b.state.get('load')).toBe(0.7);
  await world.run(2000);
  const state = a.stateOf('b');
  expect(Object.fromEntries(state.entries())).toEqual({
    load: 0.7,
    jobs: [{ id: 1 }, null],
    raw: Uint8Array.of(1, 2, 3),
  });
  expect([state.size, state.has('load'), [...state.keys('r')]]).toEqual([3, true, ['raw']]);
  expect([a.stateOf('c').size, a.stateOf('c').get('load')]).toEqual([0, undefined]);
  b.state.set('load', 1);
  expect([b.state.delete('jobs'), b.state.delete('jobs')]).toEqual([true, false]);
  await world.run(2000);
  expect(a.stateOf(b.self).get('load')).toBe(1);
  expect(state.has('jobs')).toBe(false);
});

/** As Node's Buffer does it. */
class SharingBytes extends Uint8Array {
  override slice(from?: number, to?: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer).subarray(from, to);
  }
}

test('bytes are copied on the way in and out, whatever kind of Uint8Array they are', async () => {
  const world = new SimulatedWorld();
  const { a } = await pair(world);
  const given = SharingBytes.of(1, 2, 3);
  a.state.set('raw', given);
  given[0] = 9;
  expect(a.state.get('raw')).toEqual(Uint8Array.of(1, 2, 3));
  (a.state.get('raw') as Uint8Array)[0] = 9;
  expect(a.state.get('raw')).toEqual(Uint8Array.of(1, 2, 3));
});

interface Limits {
  readonly rate: number;
  readonly burst?: number;
}

test('objects of any interface can be kept', async () => {
  const world = new SimulatedWorld();
  const { a } = await pair(world);
  const limits: Limits = { rate: 100 };
  a.state.set('limits', limits);
  await world.until(a.map.set('limits', limits));
  const kept = a.map.get('limits') as Limits | undefined;
  expect([kept?.rate, a.state.get('limits')]).toEqual([100, limits]);
});

test('what can be kept: neither too large, nor without a text, nor under an odd key', async () => {
  const world = new SimulatedWorld();
  const { a } = await pair(world);
  const code = (run: () => void): string => {
    try {
      run();
      return 'done';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(code(() => a.state.set('x', undefined as never))).toBe('VALUE_UNUSABLE');
  expect(code(() => a.state.set('x', cycle as never))).toBe('VALUE_UNUSABLE');
  expect(code(() => a.state.set('x', 1n as never))).toBe('VALUE_UNUSABLE');
  const binary = [new ArrayBuffer(1), new Uint16Array(1), new DataView(new ArrayBuffer(1))];
  const others = [NaN, -Infinity, new Map(), new Set(), Promise.resolve(1), () => 1, Symbol('x')];
  for (const one of [...binary, ...others]) {
    expect(code(() => a.state.set('x', one as never))).toBe('VALUE_UNUSABLE');
    await expect(world.until(a.map.set('x', one as never))).rejects.toMatchObject({
      code: 'VALUE_UNUSABLE',
    });
  }
  for (const key of [5, null, ['k'], { length: 3 }, Symbol('k'), '\ud800', '\0x']) {
    expect(code(() => a.state.set(key as never, 1))).toBe('KEY_UNUSABLE');
    expect(code(() => void a.state.delete(key as never))).toBe('KEY_UNUSABLE');
    const writes = [async () => a.map.set(key as never, 1), async () => a.map.delete(key as never)];
    for (const write of writes) {
      await expect(world.until(write())).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    }
  }
  for (const prefix of [5, null, {}, Symbol('k')]) {
    expect(code(() => void a.state.watch(prefix as never))).toBe('KEY_UNUSABLE');
    expect(code(() => void a.map.watch(prefix as never))).toBe('KEY_UNUSABLE');
  }
  for (const bufferMax of [0, -1, NaN, 1.5, 'x' as never]) {
    expect(code(() => void a.state.watch('', { bufferMax }))).toBe('BAD_OPTION');
  }
  expect(code(() => a.state.set('', 1))).toBe('KEY_UNUSABLE');
  expect(code(() => a.state.set('x'.repeat(257), 1))).toBe('KEY_UNUSABLE');
  expect(code(() => a.state.set(5 as never, 1))).toBe('KEY_UNUSABLE');
  expect(code(() => a.state.set(undefined as never, 1))).toBe('KEY_UNUSABLE');
  expect(code(() => a.state.set('x', new Uint8Array(16 * 2 ** 20 + 1)))).toBe('VALUE_TOO_LARGE');
  expect([a.state.size, a.map.size]).toEqual([0, 0]);
  await world.until(a.leave());
  expect(code(() => a.state.set('x', 1))).toBe('NOT_RUNNING');
  expect(code(() => void a.state.delete('x'))).toBe('NOT_RUNNING');
  await expect(world.until(a.map.set('x', 1))).rejects.toMatchObject({ code: 'NOT_RUNNING' });
});

test('state is said again by the next life, and goes with a life that is over', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  b.state.set('role', 'worker');
  await world.run(2000);
  await world.until(b.leave());
  expect(b.state.get('role')).toBe('worker');
  await world.run(2000);
  expect(a.stateOf('b').get('role')).toBe('worker'); // Remembered with the member.
  await world.until(b.join());
  b.state.set('more', true);
  await world.run(3000);
  expect(Object.fromEntries(a.stateOf('b').entries())).toEqual({ role: 'worker', more: true });
});

test('watching a prefix: what is there, then what changes, until the node leaves', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  b.state.set('cpu/0', 1);
  b.state.set('disk', 5);
  await world.run(2000);
  const seen: string[] = [];
  const read = async (stream: AsyncIterable<StateChange | MapChange | Overflow>) => {
    for await (const change of stream) {
      if (change.type === 'overflow') seen.push(`lost ${change.dropped}`);
      else seen.push(`${change.key}=${JSON.stringify(change.value)}`);
    }
    seen.push('end');
  };
  void read(a.stateOf('b').watch('cpu/', { present: true }));
  b.state.set('cpu/1', 2);
  b.state.set('disk', 6);
  await world.run(2000);
  b.state.delete('cpu/0');
  await world.run(2000);
  expect(seen).toEqual(['cpu/0=1', 'cpu/1=2', 'cpu/0=undefined']);
  await world.until(a.leave());
  await world.run(1);
  expect(seen.at(-1)).toBe('end');
});

test('the shared map: everybody writes, the last one wins, watchers are told', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const told: unknown[] = [];
  a.on('map-changed', ({ key, value, before, by }) => told.push([key, value, before, by]));
  await world.until(b.map.set('flags/x', true));
  await world.run(2000);
  await world.until(a.map.set('flags/x', 'no'));
  await world.until(a.map.set('other', 1));
  await world.run(2000);
  expect(Object.fromEntries(b.map.entries('flags/'))).toEqual({ 'flags/x': 'no' });
  expect([b.map.size, b.map.has('other'), [...b.map.keys()].sort()]).toEqual([
    2,
    true,
    ['flags/x', 'other'],
  ]);
  await world.until(b.map.delete('flags/x'));
  await world.run(2000);
  expect(a.map.get('flags/x')).toBeUndefined();
  const [lifeOfA, lifeOfB] = [a.self.nodeId, b.self.nodeId];
  expect(told).toEqual([
    ['flags/x', true, undefined, lifeOfB],
    ['flags/x', 'no', true, lifeOfA],
    ['other', 1, undefined, lifeOfA],
    ['flags/x', undefined, 'no', lifeOfB],
  ]);
  await expect(a.map.set('x', undefined as never)).rejects.toMatchObject({
    code: 'VALUE_UNUSABLE',
  });
});

test('the first write of a life resolves when it is written', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  await world.until(a.map.set('k', 1));
  await world.run(1000);
  await world.until(b.leave());
  await world.until(b.join());
  await world.until(b.map.set('k', 2));
  expect(b.map.get('k')).toBe(2);
  await world.run(1000);
  expect(a.map.get('k')).toBe(2);
});
