/** Large values in whole clusters: what is written anywhere is whole everywhere. */
import { expect, test } from 'vitest';
import { bytesOf } from '../../../blocks/data/index.ts';
import { grown, node, type Node, type World } from '../../../../test/data-world.ts';
import { addressOf } from '../../../sim/simulation.ts';
import { hearsayConfig } from '../index.ts';

function large(length: number, salt: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => (i * 7 + (i >> 9) + salt) & 0xff);
}

function set(host: Node, key: string, bytes: Uint8Array): void {
  host.call(({ data }, env) => data.set(env, key, { kind: 'bytes', bytes }));
}

function mapSet(host: Node, key: string, bytes: Uint8Array): void {
  host.call(({ data }, env) => data.mapSet(env, key, { kind: 'bytes', bytes }));
}

function holds(
  { protocol: { data } }: Node,
  name: string,
  key: string,
  bytes: Uint8Array,
): boolean {
  const value = name === '' ? data.mapGet(key) : data.get(name, key);
  const held = value && bytesOf(value);
  if (held?.length !== bytes.length) return false;
  for (let i = 0; i < held.length; i++) if (held[i] !== bytes[i]) return false;
  return true;
}

function everywhere(world: World, name: string, key: string, bytes: Uint8Array): () => boolean {
  const up = world.hosts.filter(({ isUp }) => isUp);
  return () => up.every((host) => holds(host, name, key, bytes));
}

/** Looks only now and then: comparing large values takes its time. */
function until(world: World, isSo: () => boolean, withinMs: number): boolean {
  for (let ms = 0; ms < withinMs && !isSo(); ms += 100) world.run(100);
  return isSo();
}

test('state and map of 513 B to 300 kB reach everybody, despite loss', () => {
  const world = grown(8, 1, {}, 0.05);
  const values = [large(513, 1), large(60_000, 2), large(60_001, 3), large(300_000, 4)];
  for (const [i, bytes] of values.entries()) {
    set(node(world, 0), `k${i}`, bytes);
    mapSet(node(world, i), `m${i}`, bytes.slice(1));
  }
  for (const [i, bytes] of values.entries()) {
    expect(until(world, everywhere(world, 'n0', `k${i}`, bytes), 30_000)).toBe(true);
    expect(until(world, everywhere(world, '', `m${i}`, bytes.slice(1)), 30_000)).toBe(true);
  }
});

test('the value before is shown until the newer one is here, and then the change is told', () => {
  const world = grown(3, 2);
  const [author, reader] = [node(world, 0), node(world, 1)];
  set(author, 'k', large(100, 1));
  world.run(3000);
  const told: { version: number; known: boolean; pending: boolean }[] = [];
  const { data } = reader.protocol;
  const pendingAt: number[] = [];
  reader.on((event) => {
    if (event.type !== 'state-changed') return;
    const known = event.value !== undefined && bytesOf(event.value).length === 400_000;
    told.push({ version: event.version, known, pending: data.pending('n0', 'k') !== undefined });
  });
  set(author, 'k', large(400_000, 2));
  for (let i = 0; i < 400 && !holds(reader, 'n0', 'k', large(400_000, 2)); i++) {
    world.run(5);
    if (data.pending('n0', 'k')?.length !== 400_000) continue;
    pendingAt.push(world.now);
    expect(holds(reader, 'n0', 'k', large(100, 1))).toBe(true);
    expect([...data.entries('n0')].map(({ version }) => version)).toEqual([1]);
  }
  expect(pendingAt.length).toBeGreaterThan(0);
  expect(told).toEqual([{ version: 2, known: true, pending: false }]);
});

test('a value that is replaced while it is on its way never shows; deleted, nothing does', () => {
  const world = grown(3, 3);
  world.apply({ type: 'bandwidth', bitsPerSecond: 2e6 });
  const [author, reader] = [node(world, 0), node(world, 2)];
  const versions: number[] = [];
  reader.on((event) => {
    if (event.type === 'state-changed') versions.push(event.version);
  });
  set(author, 'k', large(200_000, 1));
  while (reader.protocol.data.pending('n0', 'k') === undefined) world.run(1);
  set(author, 'k', large(200_000, 2));
  expect(until(world, everywhere(world, 'n0', 'k', large(200_000, 2)), 10_000)).toBe(true);
  expect(versions).toEqual([2]);
  set(author, 'k', large(200_000, 3));
  while (reader.protocol.data.pending('n0', 'k') === undefined) world.run(1);
  author.call(({ data }, env) => data.delete(env, 'k'));
  world.run(3000);
  expect(versions).toEqual([2, 4]);
  expect(reader.protocol.data.get('n0', 'k')).toBeUndefined();
});

test('a value is fetched from whoever has it when its author is gone', () => {
  const world = grown(5, 4);
  const bytes = large(500_000, 5);
  mapSet(node(world, 0), 'm', large(1, 1)); // Later writes need not wait.
  world.run(5000);
  world.apply({
    type: 'partition',
    groups: [
      ['n0', 'n1'],
      ['n2', 'n3', 'n4'],
    ],
    mode: 'drop',
  });
  set(node(world, 0), 'k', bytes);
  mapSet(node(world, 0), 'm', bytes);
  const other = node(world, 1);
  const both = () => holds(other, 'n0', 'k', bytes) && holds(other, '', 'm', bytes);
  expect(until(world, both, 5_000)).toBe(true);
  world.apply({ type: 'crash', node: 'n0' });
  world.apply({ type: 'heal' });
  expect(until(world, everywhere(world, 'n0', 'k', bytes), 60_000)).toBe(true);
  expect(until(world, everywhere(world, '', 'm', bytes), 60_000)).toBe(true);
});

test('beyond the bounds a writer is told so, and a reader goes without and says so', () => {
  const world = grown(2, 5);
  const bound = { valueBytesMax: 100_000, valuesBytesMax: 150_000 };
  world.add('small', hearsayConfig({ name: 'small', seeds: [addressOf(0)], ...bound }));
  world.run(5000);
  const small = node(world, 2);
  const refused: string[] = [];
  small.on((event) => {
    if (event.type === 'value-refused') refused.push(`${event.name} ${event.key} ${event.length}`);
  });
  expect(() => set(small, 'k', large(100_001, 1))).toThrow('value: 100001 B exceed 100000');
  set(small, 'k', large(100_000, 1));
  expect(() => set(small, 'l', large(50_001, 1))).toThrow('large values have no room for 50001 B');
  expect([...small.protocol.data.entries('small')]).toHaveLength(1);
  set(node(world, 0), 'a', large(60_000, 1));
  set(node(world, 0), 'b', large(40_000, 1));
  set(node(world, 1), 'c', large(200_000, 1));
  world.run(5000);
  expect(refused).toEqual(['n0 a 60000']);
  expect(holds(small, 'n0', 'b', large(40_000, 1))).toBe(true);
  expect(small.protocol.data.get('n1', 'c')).toBeUndefined();
  expect(small.protocol.load.turnedAway['data-value-too-large']).toBeGreaterThan(0);
  // Room is made: what was refused comes.
  small.call(({ data }, env) => data.delete(env, 'k'));
  world.run(180_000);
  expect(holds(small, 'n0', 'a', large(60_000, 1))).toBe(true);
});

test('own large values and those of the map survive a restart with what was saved', () => {
  const world = grown(3, 6);
  const [own, shared] = [large(130_000, 1), large(70_000, 2)];
  set(node(world, 2), 'k', own);
  mapSet(node(world, 0), 'm', shared);
  world.run(5000);
  set(node(world, 2), 'l', large(1, 1)); // A crash may cut the last record off.
  world.run(5000);
  for (const name of ['n0', 'n1', 'n2']) world.apply({ type: 'crash', node: name });
  world.apply({ type: 'restart', node: 'n2', saved: 'kept' });
  world.run(30_000);
  expect(holds(node(world, 2), 'n2', 'k', own)).toBe(true);
  expect(holds(node(world, 2), '', 'm', shared)).toBe(true);
});

test('nothing is left under way when all is at rest', () => {
  const world = grown(6, 7);
  for (let i = 0; i < 6; i++) set(node(world, i), 'k', large(100_000 + i, i));
  world.run(20_000);
  for (const host of world.hosts) {
    const { parts } = host.protocol.load;
    expect(parts['large values being fetched']).toBe(0);
    expect(parts['members served large values']).toBe(0);
    expect(parts['bytes of large values']).toBe(600_015);
  }
});
