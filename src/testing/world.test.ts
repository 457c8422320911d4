import { expect, test } from 'vitest';
import type { Fault } from '../sim/index.ts';
import { Convergence, NoResurrection, World, type Cluster, type Io } from './index.ts';

/** Programs that join by the name of the first machine and do nothing else. */
function startMembers(world: World, names: readonly string[]): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  for (const name of names) {
    world.start(name, async (io: Io) => {
      const seeds = name === names[0] ? [] : [names[0]!];
      clusters.set(name, await io.joinCluster({ name, seeds, retry: true }));
    });
  }
  return clusters;
}

const living = (cluster: Cluster | undefined) =>
  [...(cluster?.members ?? [])].map(({ name }) => name).sort();

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('resolved'),
    (error: Error) => error,
  );
}

test('programs find each other by name; a crash is seen by the others', async () => {
  const world = new World();
  const clusters = startMembers(world, ['a', 'b', 'c']);
  await world.until(() => living(clusters.get('a')).length === 3);
  const failed: string[] = [];
  clusters.get('a')!.on('member-failed', ({ member }) => failed.push(member.name));
  world.crash('c');
  await world.until(() => failed.length > 0, 30_000);
  expect(failed).toEqual(['c']);
  await world.run(1_000);
  expect(living(clusters.get('b'))).toEqual(['a', 'b']);
});

test('time moves only while the world runs, and by just so much', async () => {
  const world = new World();
  const seen: number[] = [];
  world.start('a', async ({ sleep, now }) => {
    for (;;) {
      await sleep(100);
      seen.push(now());
    }
  });
  expect(world.elapsedMs).toBe(0);
  await world.run(250);
  expect(seen.map(Math.round)).toEqual([100, 200]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toHaveLength(2);
  expect(world.elapsedMs).toBeCloseTo(250, 3);
  await world.run(50.5);
  expect(seen).toHaveLength(3);
});

async function storm(seed: number): Promise<{ trace: string; log: string; calls: number }> {
  const world = new World({ seed, faults: [{ atMs: 20_000, type: 'crash', node: 'b' }] });
  for (const name of ['a', 'b', 'c', 'd']) {
    world.start(name, async ({ joinCluster, sleep, random, log }) => {
      const cluster = await joinCluster({ name, seeds: name === 'a' ? [] : ['a'] });
      cluster.on('member-joined', ({ member }) => log(`met ${member.name}`));
      for (let i = 0; ; i++) {
        await sleep(1_000 * random());
        cluster.setTags({ i: `${i}` });
      }
    });
  }
  await world.run(10_000);
  world.loss(0.2);
  world.pause('d');
  await world.run(5_000);
  world.resume('d');
  await world.run(15_000);
  const log = world.log.map((line) => JSON.stringify(line)).join('\n');
  return { trace: world.trace(), log, calls: world.log.length };
}

test('the same seed is the same run, to the last line logged; another is another', async () => {
  const [once, again, other] = [await storm(5), await storm(5), await storm(6)];
  expect(again).toEqual(once);
  expect(once.calls).toBeGreaterThan(100);
  expect(other.trace).not.toBe(once.trace);
});

test('worlds side by side do not touch each other', async () => {
  const alone = await storm(5);
  const together = await Promise.all([storm(4), storm(5), storm(6)]);
  expect(together[1]).toEqual(alone);
});

test('a partition parts processes, a heal brings them together; checkers look on', async () => {
  const world = new World();
  world.watch(new NoResurrection());
  world.watch(new Convergence({ boundMs: 60_000 }));
  const clusters = startMembers(world, ['a', 'b', 'c', 'd']);
  await world.run(5_000);
  world.partition([['a', 'b']]);
  await world.run(40_000);
  expect(living(clusters.get('a'))).toEqual(['a', 'b']);
  expect(living(clusters.get('c'))).toEqual(['c', 'd']);
  world.heal();
  await world.run(60_000);
  for (const cluster of clusters.values()) expect(living(cluster)).toHaveLength(4);
});

test('what a checker objects to ends the run, and tells how to see it again', async () => {
  const world = new World({ seed: 3 });
  world.watch(new Convergence({ boundMs: 1 }), { everyMs: 1 });
  startMembers(world, ['a', 'b', 'c']);
  const error = await rejection(world.run(60_000));
  expect(error.message).toMatch(/^convergence is violated: .* seed 3/s);
  expect(error.message).toContain(`new World({ seed: 3 })`);
  expect(error.message).toContain(`trace ${world.trace()}`);
  expect(await rejection(world.run(1))).toBe(error);
});

test('what must always hold is looked at whenever a program has done something', async () => {
  const world = new World();
  let count = 0;
  world.always('count stays below three', () => count < 3);
  world.start('a', async ({ sleep }) => {
    for (;;) {
      await sleep(1_000);
      count++;
    }
  });
  const error = await rejection(world.run(10_000));
  expect(error.message).toMatch(/^"count stays below three" does not hold\n {2}at 3\.000 s/);
  expect(count).toBe(3);
});

test('until: a condition, a promise, and what is said when neither comes', async () => {
  const world = new World();
  const process = world.start('a', async ({ sleep }) => sleep(5_000));
  await world.until(() => world.elapsedMs >= 1_000); // The first event after that is at 5 s.
  expect(process.runs).toBe(1);
  const never = await rejection(world.until(() => false, 2_000));
  expect(never.message).toMatch(/^not within 2 s: \(\) => false/);
  expect(await world.until(Promise.resolve(7))).toBe(7);
  const stuck = await rejection(world.until(new Promise(() => {}), 1_000));
  expect(stuck.message).toContain('the promise has not settled within 1 s');
  expect(world.elapsedMs).toBeCloseTo(8_000, 3);
});

test('misuse is told', async () => {
  const world = new World();
  world.start('a', () => {});
  expect(() => world.start('a', () => {})).toThrow('there is a process "a" already');
  expect(() => world.crash('b')).toThrow('there is no process "b"');
  expect(() => world.partition([['a', 'b']])).toThrow('there is no process "b"');
  await expect(world.run(-1)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  const running = world.run(10);
  await expect(world.run(10)).rejects.toThrow('this world runs already');
  await running;
});

test('every fault of the simulator has a method, and each takes a process', async () => {
  const methods: Record<Fault['type'], keyof World> = {
    crash: 'crash',
    'power-off': 'powerOff',
    restart: 'restart',
    pause: 'pause',
    resume: 'resume',
    starve: 'starve',
    feed: 'feed',
    partition: 'partition',
    'one-way-cut': 'oneWayCut',
    'pair-cut': 'pairCut',
    heal: 'heal',
    'tcp-port': 'tcpPort',
    'listener-restart': 'listenerRestart',
    descriptors: 'descriptors',
    book: 'book',
    loss: 'loss',
    duplication: 'duplication',
    reordering: 'reordering',
    bandwidth: 'bandwidth',
    slow: 'slow',
    'wall-jump': 'wallJump',
    drift: 'drift',
    move: 'move',
    latency: 'latency',
  };
  const world = new World();
  const clusters = startMembers(world, ['a', 'b', 'c']);
  await world.run(3_000);
  world.pause('b');
  world.resume('b');
  world.starve('b');
  world.feed('b');
  world.oneWayCut(['a'], ['b', 'c']);
  world.pairCut([['b', 'c']], { mode: 'reject', name: 'pair' });
  world.heal('pair');
  world.heal();
  world.tcpPort('b', 'drops');
  world.tcpPort('b', 'sound');
  world.listenerRestart('c', 100);
  world.descriptors('a', 'short');
  world.descriptors('a', 'enough');
  world.book('a', 'full');
  world.book('a', 'roomy');
  world.loss(0.01);
  world.loss(0.02, 'a');
  world.duplication(0.1);
  world.reordering(0.1, 20, 'b');
  world.bandwidth(1e8, 'c');
  world.slow('c', 5);
  world.wallJump('c', 1_000);
  world.drift('b', 1.001);
  world.latency({ type: 'constant', ms: 1 });
  world.move('c', '10.7.0.1:1');
  world.crash('b');
  world.partition([['a']]);
  world.heal();
  world.powerOff('b');
  world.restart('b', { saved: 'wiped' });
  await world.run(30_000);
  expect(new Set(world.faults.map(({ type }) => methods[type]))).toEqual(
    new Set(Object.values(methods)),
  );
  expect(living(clusters.get('a'))).toEqual(['a', 'b', 'c']);
  expect(world.processes.map(({ ip }) => ip)).toEqual(['10.0.0.1', '10.0.0.2', '10.7.0.1']);
});

test('a network that says only what it loses is local otherwise', async () => {
  const world = new World({ network: { loss: 1 } });
  const names: string[] = [];
  for (const name of ['a', 'b']) {
    world.start(name, async ({ joinCluster }) => {
      const seeds = name === 'a' ? [] : ['a'];
      const cluster = await joinCluster({ name, seeds, joinTimeoutMs: 1000 });
      names.push(...[...cluster.members].map((member) => member.name));
    });
  }
  await expect(world.run(5000)).rejects.toThrow('no seed within 1 s');
  expect(names).toEqual(['a']);
});
