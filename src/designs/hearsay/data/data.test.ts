/** Data in whole clusters: what is written anywhere is held everywhere. */
import { expect, test } from 'vitest';
import type { InlineValue, Value } from '../../../blocks/data/index.ts';
import { grown, node, type World } from '../../../../test/data-world.ts';
import { addressOf } from '../../../sim/simulation.ts';
import { hearsayConfig } from '../index.ts';

function value(text: string): InlineValue {
  return { kind: 'bytes', bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)) };
}

function textOf(known: Value | undefined): string | undefined {
  if (known === undefined) return undefined;
  return 'bytes' in known ? String.fromCharCode(...known.bytes) : 'by reference';
}

function agree(world: World): boolean {
  const up = world.hosts.filter((host) => host.isUp);
  const sums = new Set(up.map(({ protocol: { data } }) => JSON.stringify(data.checksum)));
  return sums.size === 1;
}

test('state and map reach everybody, and so do deletions', () => {
  const world = grown(8, 1);
  const [a, b, c] = [node(world, 0), node(world, 1), node(world, 7)];
  a.call(({ data }, env) => data.set(env, 'load', value('7')));
  b.call(({ data }, env) => data.mapSet(env, 'flags/x', value('on')));
  world.run(3000);
  for (const { protocol } of world.hosts) {
    expect(textOf(protocol.data.get('n0', 'load'))).toBe('7');
    expect(textOf(protocol.data.mapGet('flags/x'))).toBe('on');
    expect(protocol.data.get('n1', 'load')).toBeUndefined();
  }
  a.call(({ data }, env) => data.set(env, 'load', value('8')));
  c.call(({ data }, env) => data.mapDelete(env, 'flags/x'));
  world.run(3000);
  for (const { protocol } of world.hosts) {
    expect(textOf(protocol.data.get('n0', 'load'))).toBe('8');
    expect(protocol.data.mapGet('flags/x')).toBeUndefined();
  }
  expect(a.call(({ data }, env) => data.delete(env, 'load'))).toBe(true);
  expect(a.call(({ data }, env) => data.delete(env, 'load'))).toBe(false);
  world.run(3000);
  for (const { protocol } of world.hosts) expect([...protocol.data.entries('n0')]).toEqual([]);
  expect(agree(world)).toBe(true);
});

test('what a cut kept apart comes together by comparing', () => {
  const world = grown(10, 2);
  const halves = [world.hosts.slice(0, 5), world.hosts.slice(5)];
  const names = halves.map((half) => half.map(({ name }) => name));
  world.apply({ type: 'partition', groups: names, mode: 'drop' });
  for (const [i, host] of world.hosts.entries()) {
    host.call(({ data }, env) => data.set(env, 'half', value(i < 5 ? 'left' : 'right')));
    host.call(({ data }, env) => data.mapSet(env, 'who', value(host.name)));
  }
  world.run(60_000);
  world.apply({ type: 'heal' });
  expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
  for (const { protocol } of world.hosts) {
    expect(textOf(protocol.data.get('n9', 'half'))).toBe('right');
    expect(textOf(protocol.data.get('n0', 'half'))).toBe('left');
  }
});

test('a newcomer is told all, and a new life replaces the state of the old one', () => {
  const world = grown(5, 3);
  const [a, b] = [node(world, 0), node(world, 1)];
  a.call(({ data }, env) => data.set(env, 'old', value('1')));
  b.call(({ data }, env) => data.set(env, 'kept', value('1')));
  world.run(3000);
  const late = hearsayConfig({ name: 'late', seeds: [addressOf(0)] });
  world.add('late', late);
  world.run(4000);
  expect(textOf(node(world, 5).protocol.data.get('n1', 'kept'))).toBe('1');
  world.apply({ type: 'crash', node: 'n0' });
  world.apply({ type: 'restart', node: 'n0', saved: 'wiped' });
  world.run(15_000);
  for (const { protocol } of world.hosts) expect(protocol.data.get('n0', 'old')).toBeUndefined();
  expect(agree(world)).toBe(true);
});

test('a flood of keys of the map keeps no key of a state waiting', () => {
  const world = grown(5, 9);
  const a = node(world, 0);
  a.call(({ data }, env) => data.mapSet(env, 'first', value('x')));
  world.run(5000);
  for (let i = 0; i < 400; i++) {
    a.call(({ data }, env) => data.mapSet(env, `flood/${i}`, value('x'.repeat(250))));
  }
  a.call(({ data }, env) => data.set(env, 'load', value('7')));
  world.run(600);
  for (const { protocol } of world.hosts) expect(textOf(protocol.data.get('n0', 'load'))).toBe('7');
  // The flood itself takes seconds.
  expect([...node(world, 4).protocol.data.mapEntries()].length).toBeLessThan(400);
});
