/** What a program meets: time, its end, another run, real I/O. */
import { expect, test } from 'vitest';
import { World, type Cluster, type Io } from './index.ts';

async function alone(io: Io): Promise<Cluster> {
  return io.joinCluster({ name: io.name });
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('resolved'),
    (error: Error) => error,
  );
}

test('at a crash nothing settles any more, nobody listens, the signal aborts', async () => {
  const world = new World();
  const told: string[] = [];
  world.start('a', async (io) => {
    const cluster = await alone(io);
    io.signal.addEventListener('abort', () => told.push('aborted'));
    cluster.on('member-joined', ({ member }) => told.push(`met ${member.name}`));
    const note = (what: string) => () => void told.push(what);
    cluster.closed.then(note('closed'), note('closed badly'));
    cluster.events().next().then(note('event'), note('event badly'));
    io.sleep(10_000).then(note('slept'), note('slept badly'));
    // Joining what is not there, with the signal of the process itself.
    io.joinCluster({ name: 'x', bind: '127.0.0.1:1', seeds: ['nobody'], signal: io.signal }).then(
      note('joined'),
      note('joined badly'),
    );
    io.signal.addEventListener('abort', () => {
      cluster.leave().then(note('left'), note('left badly')); // Too late: nobody hears it.
    });
  });
  await world.run(5_000);
  world.crash('a');
  world.start('b', async (io) => io.joinCluster({ name: 'b', seeds: ['a'], retry: true }));
  await world.run(60_000);
  expect(told).toEqual(['aborted']);
  expect(world.processes.map(({ state }) => state)).toEqual(['down', 'running']);
});

test('a farewell after the crash reaches nobody', async () => {
  const world = new World();
  const events: string[] = [];
  world.start('a', async (io) => {
    const cluster = await alone(io);
    for await (const { type } of cluster.events()) events.push(type);
  });
  let left: Cluster | undefined;
  world.start('b', async (io) => {
    left = await io.joinCluster({ name: 'b', seeds: ['a'] });
  });
  await world.run(3_000);
  world.crash('b');
  expect(() => left!.setTags({ a: 'b' })).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
  void left!.leave();
  await world.run(20_000);
  expect(events).toContain('member-failed');
  expect(events).not.toContain('member-left');
});

test('a restart calls the program again, as a new life of the member', async () => {
  const world = new World();
  const rejoined: string[] = [];
  world.start('a', async (io) => {
    const cluster = await alone(io);
    cluster.on('member-rejoined', ({ member, why }) => rejoined.push(`${member.name} ${why}`));
  });
  let runs = 0;
  const b = world.start('b', async ({ joinCluster, name, random, log }) => {
    runs++;
    log(`run ${runs}, ${random()}`);
    await joinCluster({ name, seeds: ['a'], retry: true });
  });
  await world.run(5_000);
  world.restart('b');
  await world.run(5_000);
  world.powerOff('b');
  expect(b.state).toBe('down');
  await world.run(30_000);
  world.restart('b', { saved: 'wiped', address: '10.0.9.9' });
  await world.run(5_000);
  expect(rejoined).toEqual(['b restarted', 'b restarted']);
  expect([runs, b.runs, b.state, b.ip]).toEqual([3, 3, 'running', '10.0.9.9']);
  const chances = b.log.filter(({ text }) => text.startsWith('run ')).map(({ text }) => text);
  expect(new Set(chances.map((text) => text.split(', ')[1])).size).toBe(3);
});

test('a paused process runs no code; then comes what has arrived, then what is due', async () => {
  const world = new World();
  const order: string[] = [];
  world.start('a', async (io) => {
    const cluster = await alone(io);
    cluster.on('member-joined', ({ member }) => order.push(`met ${member.name}`));
    await io.sleep(2_000);
    order.push('slept');
  });
  await world.run(1_000);
  world.pause('a');
  world.start('b', async (io) => io.joinCluster({ name: 'b', seeds: ['a'], retry: true }));
  await world.run(4_000);
  expect(order).toEqual([]);
  world.resume('a');
  await world.run(2_000);
  expect([...order].sort()).toEqual(['met b', 'slept']);
});

test('a clock that drifts takes the sleep of the program with it', async () => {
  const world = new World();
  const seen: number[] = [];
  world.start('a', async ({ sleep, now }) => {
    await sleep(1_000);
    await sleep(1_000);
    seen.push(now(), world.elapsedMs);
  });
  world.drift('a', 2);
  await world.run(3_000);
  expect(seen.map(Math.round)).toEqual([2_000, 1_000]);
});

test('a promise awaited while time stands still says so instead of hanging', async () => {
  const world = new World();
  let cluster: Cluster | undefined;
  let asleep: Promise<void> | undefined;
  world.start('a', async (io) => {
    cluster = await alone(io);
    asleep = io.sleep(60_000);
  });
  world.start('b', async (io) => io.joinCluster({ name: 'b', seeds: ['a'], retry: true }));
  await world.run(2_000);
  const standing = { code: 'TIME_STANDS_STILL' };
  await expect(asleep).rejects.toMatchObject(standing);
  await expect(cluster!.closed).rejects.toMatchObject(standing);
  await expect(cluster!.events().next()).rejects.toMatchObject(standing);
  await expect(cluster!.leave()).rejects.toMatchObject(standing);
  const left = await rejection(cluster!.leave());
  expect(left.message).toContain('world.until');
});

test('begun while time stands still, awaited when it has moved: that is fine', async () => {
  const world = new World();
  let cluster: Cluster | undefined;
  world.start('a', async (io) => {
    cluster = await alone(io);
  });
  await world.run(1_000);
  const leaving = cluster!.leave();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await world.run(5_000);
  await expect(leaving).resolves.toBeUndefined();
  await world.until(cluster!.join());
  await Promise.all([cluster!.leave(), world.run(5_000)]);
  expect(cluster!.phase).toBe('stopped');
});

test('time is held for what is real', async () => {
  const world = new World();
  const seen: string[] = [];
  world.start('a', async ({ external, now }) => {
    const slow = new Promise<string>((resolve) => {
      setTimeout(() => resolve('read'), 30);
    });
    seen.push(await external(slow));
    seen.push(`after ${now()} ms`);
    const broken = Promise.reject(new Error('no such file'));
    seen.push((await rejection(external(broken))).message);
  });
  await world.run(1);
  expect(seen).toEqual(['read', 'after 0 ms', 'no such file']);
});

test('who crashes holds no time, be his file never read', async () => {
  const world = new World();
  const process = world.start('a', async ({ external }) => external(new Promise(() => {})));
  const running = world.run(1_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(process.state).toBe('running');
  world.crash('a');
  await running;
  expect(world.elapsedMs).toBeCloseTo(1_000, 3);
});

test('all microtasks run before the next event', async () => {
  const world = new World();
  const order: string[] = [];
  for (const name of ['a', 'b']) {
    world.start(name, async ({ sleep }) => {
      await sleep(100);
      for (let i = 0; i < 50; i++) await Promise.resolve();
      await new Promise((resolve) => process.nextTick(resolve));
      order.push(`${name} is done`);
    });
  }
  await world.run(100.5);
  expect(order).toEqual(['a is done', 'b is done']);
  const between: string[] = [];
  world.at(200, () => {
    void (async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      between.push('first');
    })();
  });
  world.at(200, () => void between.push('second'));
  await world.run(100);
  expect(between).toEqual(['first', 'second']);
});

test('listeners may call anything: set tags, leave, join again', async () => {
  const world = new World();
  const seen: string[] = [];
  world.start('a', async (io) => {
    const cluster = await alone(io);
    cluster.on('member-joined', ({ member }) => cluster.setTags({ met: member.name }));
    cluster.on('member-left', ({ member }) => seen.push(`${member.name} left`));
    cluster.on('member-rejoined', ({ member }) => seen.push(`${member.name} is back`));
  });
  world.start('b', async (io) => {
    const cluster = await io.joinCluster({ name: 'b', seeds: ['a'] });
    cluster.once('member-updated', async ({ member }) => {
      seen.push(`a has met ${member.tags['met']}`);
      await cluster.leave();
      await cluster.join();
    });
  });
  await world.run(10_000);
  expect(seen).toEqual(['a has met b', 'b left', 'b is back']);
});

test('a program that throws ends the test, with seed and process', async () => {
  const world = new World({ seed: 11 });
  world.start('a', async ({ sleep, log }) => {
    await sleep(1_500);
    log('about to fall');
    throw new TypeError('of all things');
  });
  const error = await rejection(world.run(5_000));
  expect(error).toMatchObject({ name: 'WorldError', seed: 11, cause: expect.any(TypeError) });
  expect(error.message).toContain('the program of "a" has thrown: of all things');
  expect(error.message).toContain('at 1.500 s with seed 11');
  expect(error.message).toContain('about to fall');
});

test.each([
  ['throws', () => fail()],
  ['rejects', async () => fail()],
])('a listener that %s ends the test too, also where programs are restarted', async (_, run) => {
  const world = new World({ seed: 12 });
  const restarted = { restartAfterMs: 10 };
  const a = world.start('a', async (io) => (await alone(io)).on('member-joined', run), restarted);
  world.start('b', async (io) => io.joinCluster({ name: 'b', seeds: ['a'] }));
  const error = await rejection(world.run(5_000));
  expect(error).toMatchObject({ name: 'WorldError', seed: 12, cause: expect.any(RangeError) });
  expect(error.message).toContain('a listener of member-joined in "a" has thrown: too far');
  expect(a.runs).toBe(1);
});

function fail(): never {
  throw new RangeError('too far');
}

test('or it is started again, as a supervisor would', async () => {
  const world = new World();
  const a = world.start(
    'a',
    async ({ sleep }) => {
      await sleep(1_000);
      throw new Error('again');
    },
    { restartAfterMs: 500 },
  );
  await world.run(4_000);
  expect(a.runs).toBe(3);
  expect(a.log.map(({ text }) => text)).toContain('the program has thrown: Error: again');
});

test('what is to run at a time and throws ends the test as well', async () => {
  const world = new World();
  world.at(10, () => {
    throw new Error('not so');
  });
  expect((await rejection(world.run(20))).message).toContain('has thrown: not so');
});

test('closing a world tells its programs', async () => {
  const world = new World();
  let isAborted = false;
  world.start('a', async (io) => {
    await alone(io);
    io.signal.addEventListener('abort', () => {
      isAborted = true;
    });
  });
  await world.run(10);
  world.close();
  expect(isAborted).toBe(true);
});

test('names are asked again: who has moved is found where its name leads now', async () => {
  const world = new World();
  world.start('a', alone);
  let b: Cluster | undefined;
  world.start('b', async (io) => {
    const seeds = ['a'];
    b = await io.joinCluster({ name: 'b', seeds, retry: true, resolveIntervalMs: 5_000 });
  });
  await world.run(5_000);
  world.powerOff('a');
  await world.run(30_000);
  expect(b?.members.get('a')?.status).toBe('dead');
  world.restart('a', { address: '10.3.0.1' }); // It has no seeds, and founds a cluster of its own.
  await world.run(60_000);
  expect(b?.members.get('a')).toMatchObject({ status: 'alive', address: '10.3.0.1:7946' });
});

test('while a node joins too: the seed moves, and is found', async () => {
  const world = new World();
  const a = world.start('a', async (io) => {
    if (a.runs > 1) await alone(io); // At first it is no member.
  });
  let b: Cluster | undefined;
  world.start('b', async (io) => {
    b = await io.joinCluster({ name: 'b', seeds: ['a', 'later'], retry: true });
  });
  await world.run(30_000);
  world.restart('a', { address: '10.3.0.1' });
  await world.until(() => b?.members.get('a')?.address === '10.3.0.1:7946', 15_000);
  world.start('later', alone); // A machine of another cluster so far; it has a name only now.
  await world.until(() => b?.members.get('later')?.status === 'alive', 60_000);
});

test('what a node saved outlives a crash, unless the disk is wiped', async () => {
  const world = new World();
  let sizes: number[] = [];
  world.start('a', async (io) => {
    const cluster = await io.joinCluster({ name: 'a', dataDir: '/var/lib/a' });
    await io.sleep(15); // Too soon for the others, who still probe its old life.
    sizes.push(cluster.members.size); // It has no seeds: only what it remembers leads to others.
  });
  for (const name of ['b', 'c']) {
    world.start(name, async (io) => {
      await io.joinCluster({ name, seeds: ['a'], retry: true });
    });
  }
  await world.run(10_000);
  sizes = [];
  world.restart('a');
  await world.run(2_500);
  world.restart('a', { saved: 'wiped' });
  await world.run(2_500);
  expect(sizes).toEqual([3, 1]);
});

test('a data directory is one node of one cluster', async () => {
  const world = new World();
  const codes: string[] = [];
  world.start('a', async ({ joinCluster }) => {
    const dataDir = '/var/lib/a';
    const attempt = async (name: string, port: number): Promise<Cluster | undefined> => {
      const joining = joinCluster({ name, dataDir, bind: `127.0.0.1:${port}` });
      joining.then(
        () => codes.push('joined'),
        (error: { readonly code: string }) => codes.push(error.code),
      );
      return joining.catch(() => undefined);
    };
    const first = await attempt('a', 1);
    await attempt('a', 2);
    await first?.leave();
    await attempt('b', 3);
    await attempt('a', 4);
  });
  await world.run(10_000);
  expect(codes).toEqual(['joined', 'DATA_DIR_TAKEN', 'DATA_DIR_FOREIGN', 'joined']);
});
