/** Whole clusters whose members lead hard lives: what may come back and what may not. */
import { expect, test } from 'vitest';
import { Accuracy, addressOf, NoResurrection, Simulation } from '../../sim/index.ts';
import { hearsay, hearsayConfig, type HearsayConfig } from './index.ts';

type World = ReturnType<typeof clusterOf>;

/** The dead are remembered for two minutes only; events are as rare as in a cluster in calm. */
const FORGETFUL: Partial<HearsayConfig> = { certificateMs: 120_000 };

/** `count` nodes n0, n1, … that have come together; the first `seedNodes` are all ones' seeds. */
function clusterOf(count: number, seed: number, given: Partial<HearsayConfig> = {}, seedNodes = 1) {
  const world = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0 },
    wire: true,
    freeze: true,
  });
  // Its memory is longer than a certificate's life: whoever is forgotten may be met again.
  if (given.certificateMs === undefined) world.watch(new NoResurrection());
  const seeds = Array.from({ length: seedNodes }, (_, i) => addressOf(i));
  for (let i = 0; i < count; i++) {
    world.add(`n${i}`, hearsayConfig({ name: `n${i}`, seeds, ...given }));
  }
  expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
  world.run(15_000);
  return world;
}

/** Whether all who run hold each other, and nobody else, for alive. */
function agree(world: World): boolean {
  const up = world.hosts.filter((host) => host.isUp);
  if (!up.every(({ protocol }) => protocol.live === up.length)) return false;
  const lives = up.map(({ protocol }) => protocol.self);
  return up.every(({ protocol }) => {
    return lives.every(({ name, nodeId, start, counter }) => {
      const seen = protocol.member(name);
      return (
        seen?.status === 'alive' &&
        seen.nodeId === nodeId &&
        seen.start === start &&
        seen.counter === counter
      );
    });
  });
}

/** Who knows anything of a name, in whatever status. */
function knowers(world: World, name: string): string[] {
  const up = world.hosts.filter((host) => host.isUp);
  return up.filter(({ protocol }) => protocol.member(name) !== undefined).map((host) => host.name);
}

/** Events about a name from now on, as 'viewer type'. */
function storiesOf(world: World, name: string): string[] {
  const told: string[] = [];
  world.on((host, event) => {
    if ('member' in event && event.member.name === name) told.push(`${host.name} ${event.type}`);
  });
  return told;
}

// Sleepers.

test.each(['crash', 'leave'] as const)(
  'who has slept longer than the dead are remembered brings none of them back: %s',
  (how) => {
    for (let seed = 1; seed <= 5; seed++) {
      const world = clusterOf(6, seed, FORGETFUL);
      world.apply({ type: 'pause', node: 'n5' });
      if (how === 'crash') world.apply({ type: 'crash', node: 'n4' });
      else world.host('n4').call((protocol, env) => protocol.leave(env));
      world.run(400_000);
      expect(knowers(world, 'n4')).toEqual(['n5']);
      const told = storiesOf(world, 'n4');
      world.apply({ type: 'resume', node: 'n5' });
      expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
      world.run(120_000);
      expect(knowers(world, 'n4')).toEqual([]);
      expect(told).toEqual([]);
      expect(agree(world)).toBe(true);
    }
  },
);

test('all sleep: they find each other again', () => {
  const world = clusterOf(5, 1, FORGETFUL, 2);
  for (const { name } of world.hosts) world.apply({ type: 'pause', node: name });
  world.run(400_000);
  for (const { name } of world.hosts) world.apply({ type: 'resume', node: name });
  expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
});

test('a wall clock that is set by a year does its cluster no harm', () => {
  for (const days of [-365, 365]) {
    const world = clusterOf(5, 2);
    world.watch(new Accuracy({ graceMs: 30_000 }));
    world.apply({ type: 'wall-jump', node: 'n3', byMs: days * 86_400_000 });
    world.run(60_000);
    expect(agree(world)).toBe(true);
    world.host('n3').call((protocol, env) => protocol.setTags(env, { a: 'b' }));
    world.run(5_000);
    expect(agree(world)).toBe(true);
  }
});

// Partitions.

test('a partition longer than the dead are remembered still closes, and brings nobody back', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = clusterOf(8, seed, FORGETFUL);
    const left = ['n0', 'n1', 'n2', 'n6'];
    world.apply({ type: 'partition', groups: [left] });
    world.run(10_000);
    world.apply({ type: 'crash', node: 'n6' });
    world.host('n7').call((protocol, env) => protocol.leave(env));
    world.run(500_000);
    expect(knowers(world, 'n0')).toEqual(['n0', 'n1', 'n2']); // Each half has forgotten the other.
    expect(knowers(world, 'n3')).toEqual(['n3', 'n4', 'n5']);
    world.apply({ type: 'heal' });
    expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
    world.run(120_000);
    expect([...knowers(world, 'n6'), ...knowers(world, 'n7')]).toEqual([]);
    expect(agree(world)).toBe(true);
  }
});

// Addresses.

test('the same name comes back elsewhere, and elsewhere again', () => {
  for (const saved of ['kept', 'wiped'] as const) {
    const world = clusterOf(5, 3);
    for (const address of ['10.9.0.1:7946', '10.9.0.2:7946', '10.0.0.5:7946']) {
      world.apply({ type: 'restart', node: 'n4', saved, address });
      expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
      expect(world.host('n0').protocol.member('n4')?.address).toBe(address);
    }
    world.run(60_000);
    expect(agree(world)).toBe(true);
  }
});

test('an address that another cluster has taken over merges nothing', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = clusterOf(4, seed);
    world.apply({ type: 'power-off', node: 'n3' });
    world.run(500);
    const stranger = (name: string, address: string): void => {
      const config = hearsayConfig({ name, seeds: [addressOf(3)] });
      world.add(name, config, { cluster: 'another', address });
    };
    stranger('x0', addressOf(3)); // On the address of n3, which its cluster still knows.
    stranger('x1', '10.7.0.1:7946');
    world.run(180_000);
    for (const name of ['n0', 'n1', 'n2']) {
      const { protocol } = world.host(name);
      expect([protocol.live, protocol.member('n3')?.status]).toEqual([3, 'dead']);
      expect([protocol.member('x0'), protocol.member('x1')]).toEqual([undefined, undefined]);
    }
    for (const name of ['x0', 'x1']) {
      expect([...world.host(name).protocol.all()].map((one) => one.name).sort()).toEqual([
        'x0',
        'x1',
      ]);
    }
  }
});

// Two-node clusters.

test.each([1, 2])('two nodes, %i of them seeds: crash, restart, partition, leave', (seedNodes) => {
  for (let seed = 1; seed <= 10; seed++) {
    const world = clusterOf(2, seed, {}, seedNodes);
    for (const node of ['n0', 'n1']) {
      const other = node === 'n0' ? 'n1' : 'n0';
      const seen = () => world.host(other).protocol.member(node)?.status;
      for (const saved of ['kept', 'wiped'] as const) {
        world.apply({ type: 'crash', node });
        expect(world.runUntil(() => seen() === 'dead', 30_000)).toBe(true);
        world.apply({ type: 'restart', node, saved });
        expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
        world.apply({ type: 'restart', node, saved }); // Before anyone has noticed.
        expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
      }
      world.apply({ type: 'partition', groups: [[node]] });
      expect(world.runUntil(() => seen() === 'dead', 60_000)).toBe(true);
      world.apply({ type: 'heal' });
      expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
      world.host(node).call((protocol, env) => protocol.leave(env));
      expect(world.runUntil(() => seen() === 'left', 5_000)).toBe(true);
      world.run(5_000);
      world.apply({ type: 'restart', node });
      expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
    }
  }
});

// Names.

test('a member moves, with all its open business; and back', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = clusterOf(5, seed);
    world.watch(new Accuracy({ graceMs: 30_000 }));
    for (const address of ['10.9.0.1:7946', '10.9.0.2:7946', addressOf(4)]) {
      world.apply({ type: 'move', node: 'n4', address });
      const isKnown = () =>
        world.hosts.every(({ protocol }) => protocol.member('n4')?.address === address);
      expect(world.runUntil(() => isKnown() && agree(world), 30_000)).toBe(true);
    }
  }
});

test('evicted, a member stops and stays out; only a new life returns', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = clusterOf(5, seed);
    expect(world.host('n1').call((protocol, env) => protocol.evict(env, 'n4'))).toBe(true);
    expect(world.runUntil(() => !world.host('n4').isUp, 5_000)).toBe(true);
    world.run(60_000);
    for (const name of ['n0', 'n1', 'n2', 'n3']) {
      expect(world.host(name).protocol.member('n4')?.status).toBe('evicted');
    }
    world.apply({ type: 'restart', node: 'n4' });
    expect(world.runUntil(() => agree(world), 30_000)).toBe(true);
  }
});

test('two who lived apart under one name: healed, one yields, and soon all know one', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = clusterOf(6, seed, {}, 6);
    const twin = (name: string, seedNode: number) => {
      return world.add(name, hearsayConfig({ name: 'twin', seeds: [addressOf(seedNode)] }));
    };
    const twins = [twin('left', 0), twin('right', 3)];
    world.apply({ type: 'partition', groups: [['n0', 'n1', 'n2', 'left']] });
    world.run(60_000);
    expect(twins.every(({ isUp }) => isUp)).toBe(true);
    world.apply({ type: 'heal' });
    expect(world.runUntil(() => agree(world), 60_000)).toBe(true);
    expect(twins.filter(({ isUp }) => isUp)).toHaveLength(1);
  }
});

// Partially cut networks.

test('accusers: who is really gone is dead for all, be it most of them', () => {
  for (const gone of [1, 5, 7]) {
    const world = clusterOf(9, gone, { accusers: 4 });
    for (let i = 9 - gone; i < 9; i++) world.apply({ type: 'power-off', node: `n${i}` });
    const isKnown = () =>
      world.hosts.slice(0, 9 - gone).every(({ protocol }) => protocol.live === 9 - gone);
    const known = world.runUntil(isKnown, 180_000);
    expect([gone, known]).toEqual([gone, true]);
  }
});
