/** Whole clusters, for what one node alone cannot show. */
import { expect, test } from 'vitest';
import type { HostEvent } from '../../core/index.ts';
import { Simulation, type SimHost } from '../../sim/index.ts';
import { addressOf } from '../../sim/simulation.ts';
import { hearsay, hearsayConfig, type HearsayConfig, type HearsayEvent } from './index.ts';
import type { HearsayMessage } from './messages.ts';
import type { HearsayProtocol } from './protocol.ts';

type Node = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;
type World = ReturnType<typeof worldOf>;

function worldOf(seed: number) {
  return new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0 },
    wire: true,
    freeze: true,
  });
}

/** `count` nodes; each has all addresses for seeds, its own among them, and starts at once. */
function allSeeds(count: number, seed: number, given: Partial<HearsayConfig> = {}): World {
  const world = worldOf(seed);
  const seeds = Array.from({ length: count }, (_, i) => addressOf(i));
  for (let i = 0; i < count; i++) {
    world.add(`n${i}`, hearsayConfig({ name: `n${i}`, seeds, ...given }));
  }
  return world;
}

/** A cluster that has come together. */
function grown(count: number, seed: number, given: Partial<HearsayConfig> = {}): World {
  const world = allSeeds(count, seed, given);
  expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
  world.run(10_000);
  return world;
}

/** Whether all who run know each other, and each what the others say of themselves. */
function agree(world: World): boolean {
  const up = world.hosts.filter((host) => host.isUp);
  if (!up.every(({ protocol }) => protocol.live === up.length)) return false;
  return up.every((viewer) => {
    return up.every(({ protocol }) => {
      const { name, ...own } = protocol.self;
      const seen = viewer.protocol.member(name);
      return (
        seen?.nodeId === own.nodeId &&
        seen.counter === own.counter &&
        seen.streams === own.streams &&
        seen.start === own.start
      );
    });
  });
}

/** What nodes tell of, as 'viewer type name'. */
function stories(world: World): string[] {
  const told: string[] = [];
  world.on((host: Node, event: HearsayEvent | HostEvent) => {
    if ('member' in event) told.push(`${host.name} ${event.type} ${event.member.name}`);
    else told.push(`${host.name} ${event.type}`);
  });
  return told;
}

test.each([1, 2, 3, 5])('%i newcomers that seed each other find together', (count) => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = allSeeds(count, seed);
    const told = stories(world);
    expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
    world.run(60_000);
    expect(agree(world)).toBe(true);
    expect(told.filter((one) => one.includes(' joined'))).toHaveLength(count);
    expect(told.filter((one) => /suspected|failed|conflict/.test(one))).toEqual([]);
  }
});

test('streams reach all of them, and all know it', () => {
  const world = grown(5, 3);
  for (const { protocol } of world.hosts) {
    expect([...protocol.all()].map(({ streams }) => streams)).toEqual(Array(5).fill('yes'));
  }
});

test('a crashed process is known of by everyone within seconds, a dead machine later', () => {
  const after: Record<string, number> = {};
  for (const type of ['crash', 'power-off'] as const) {
    const world = grown(10, 4);
    const beginMs = world.elapsedMs;
    world.apply({ type, node: 'n9' });
    const known = (): boolean =>
      world.hosts.slice(0, 9).every(({ protocol }) => protocol.member('n9')?.status === 'dead');
    expect(world.runUntil(known, 120_000)).toBe(true);
    after[type] = world.elapsedMs - beginMs;
  }
  expect(after['crash']).toBeLessThan(6000);
  expect(after['power-off']).toBeGreaterThan(after['crash']!);
  expect(after['power-off']).toBeLessThan(40_000);
});

test('a partition that heals kills nobody a second time', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = grown(12, seed);
    const half = world.hosts.slice(0, 6).map(({ name }) => name);
    world.apply({ type: 'partition', groups: [half] });
    world.run(60_000);
    const told = stories(world);
    world.apply({ type: 'heal' });
    expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
    world.run(60_000);
    expect(told.filter((one) => /failed|isolated/.test(one))).toEqual([]);
    expect(told.filter((one) => one.includes('rejoined'))).toHaveLength(2 * 6 * 6);
  }
});

test.each([-365, 365])('a wiped machine whose clock is %i days off comes back', (days) => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = grown(5, seed);
    world.apply({ type: 'crash', node: 'n4' });
    world.apply({ type: 'wall-jump', node: 'n4', byMs: days * 86_400_000 });
    world.run(1000);
    world.apply({ type: 'restart', node: 'n4', saved: 'wiped' });
    expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
    world.run(60_000);
    expect(agree(world)).toBe(true);
  }
});

test('of two, and of three, the ones left notice too', () => {
  for (const count of [2, 3]) {
    const world = grown(count, 5);
    const told = stories(world);
    world.apply({ type: 'power-off', node: 'n0' });
    world.run(60_000);
    expect(told.filter((one) => one.includes('member-failed n0'))).toHaveLength(count - 1);
    world.apply({ type: 'restart', node: 'n0' });
    expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
  }
});

test('a member whose port refuses lives: it refutes, and says that streams do not reach it', () => {
  const world = grown(10, 6);
  const told = stories(world);
  world.apply({ type: 'loss', loss: 0.5, node: 'n9' });
  world.apply({ type: 'tcp-port', node: 'n9', is: 'rejects' });
  world.run(300_000);
  world.apply({ type: 'loss', loss: 0, node: 'n9' });
  world.run(30_000);
  expect(told.filter((one) => one.includes('member-suspected n9')).length).toBeGreaterThan(0);
  expect(world.host('n0').protocol.member('n9')).toMatchObject({ status: 'alive', streams: 'no' });
});

// Two of one name.

test('a name that lives elsewhere is taken: the newcomer stops, the cluster goes on', () => {
  const world = grown(5, 7);
  const told = stories(world);
  const rival = world.add('rival', hearsayConfig({ name: 'n3', seeds: [addressOf(0)] }));
  world.run(60_000);
  expect(rival.isUp).toBe(false);
  expect(told).toContain('rival join-failed');
  expect(told).toContain('rival stopped');
  expect(told.filter((one) => /rejoined|failed n|suspected/.test(one))).toEqual([]);
  expect(agree(world)).toBe(true);
});

test('a restart elsewhere is let in: the old life does not answer any more', () => {
  const world = grown(5, 8);
  world.apply({ type: 'power-off', node: 'n3' });
  const again = world.add('again', hearsayConfig({ name: 'n3', seeds: [addressOf(0)] }));
  expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
  expect(again.isUp).toBe(true);
});

test('two of one name from two halves of a partition: the one born later yields', () => {
  for (const seed of [9, 10, 11]) {
    const world = grown(6, seed);
    const [left, right] = [
      ['n0', 'n1', 'n2', 'early'],
      ['n3', 'n4', 'n5', 'late'],
    ];
    const atMs = world.elapsedMs;
    const twin = (name: string, seed: number, afterMs: number): Node =>
      world.add(name, hearsayConfig({ name: 'twin', seeds: [addressOf(seed)] }), {
        atMs: atMs + afterMs,
      });
    const [early, late] = [twin('early', 0, 1000), twin('late', 3, 20_000)];
    world.apply({ type: 'partition', groups: [left, right] });
    world.run(80_000);
    expect([early.isUp, late.isUp]).toEqual([true, true]);
    const { born } = early.protocol.fact;
    world.apply({ type: 'heal' });
    expect(world.runUntil(() => !late.isUp && agree(world), 300_000)).toBe(true);
    expect(early.isUp).toBe(true);
    expect(early.protocol.fact.born).toBe(born);
    expect(early.protocol.fact.start).toBeGreaterThan(born);
  }
});

// Evicted.

test('evicted in one half of a partition, a member stops when the halves meet', () => {
  const world = grown(6, 12);
  world.apply({
    type: 'partition',
    groups: [
      ['n0', 'n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ],
  });
  world.run(60_000);
  world.host('n0').call((protocol, env) => protocol.evict(env, 'n5'));
  world.apply({ type: 'heal' });
  expect(world.runUntil(() => !world.host('n5').isUp && agree(world), 300_000)).toBe(true);
  expect(world.host('n3').protocol.member('n5')?.status).toBe('evicted');
});

test('leaving is known of by everyone when it has gone', () => {
  const world = grown(10, 13);
  world.host('n4').call((protocol, env) => protocol.leave(env));
  expect(world.runUntil(() => !world.host('n4').isUp, 3000)).toBe(true);
  world.run(1000);
  for (const host of world.hosts.filter(({ isUp }) => isUp)) {
    expect(host.protocol.member('n4')?.status).toBe('left');
  }
});
