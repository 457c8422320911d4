import { expect, test } from 'vitest';
import { SimulatedWorld } from '../../test/simulation/platform.ts';
import type { HostEvent } from '../core/index.ts';
import type { Ground } from './ground.ts';
import { SILENT } from './logger.ts';
import type { TopicNotice } from './topic-notice.ts';
import { Topics } from './topics.ts';

interface Deploy {
  readonly sha: string;
}

const pair = async (world: SimulatedWorld) => world.joined({ a: {}, b: {} });

/** A listener that notes what it hears, in short. */
function notes(): {
  readonly heard: string[];
  readonly note: (notice: TopicNotice<Deploy>) => void;
} {
  const heard: string[] = [];
  const note = (notice: TopicNotice<Deploy>): void => {
    heard.push(
      notice.type === 'gap'
        ? `gap ${notice.origin} ${notice.from}-${notice.to}`
        : `${notice.origin} ${notice.value.sha}${notice.replayed ? ' again' : ''}`,
    );
  };
  return { heard, note };
}

test('what one publishes all hear who listen to that topic, the publisher too', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const [ofA, ofB, other] = [notes(), notes(), notes()];
  a.topic<Deploy>('deploy').on(ofA.note);
  const stop = b.topic<Deploy>('deploy').on(ofB.note);
  b.topic<Deploy>('other').on(other.note);
  await world.until(a.topic<Deploy>('deploy').publish({ sha: '1' }));
  await world.run(1000);
  stop();
  await world.until(b.topic<Deploy>('deploy').publish({ sha: '2' }, { key: 'k' }));
  await world.run(1000);
  expect(ofA.heard).toEqual(['a 1', 'b 2']);
  expect(ofB.heard).toEqual(['a 1']);
  expect(other.heard).toEqual([]);
});

test('bytes stay bytes, and an event says where it comes from', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const raw = b.topic<Uint8Array>('raw').events();
  const next = raw.next();
  await world.until(a.topic<Uint8Array>('raw').publish(Uint8Array.of(1, 2), { key: 'k' }));
  const { value } = await world.until(next);
  expect(value).toEqual({
    type: 'event',
    value: Uint8Array.of(1, 2),
    key: 'k',
    origin: 'a',
    nodeId: a.self.nodeId,
    seq: 1,
    replayed: false,
  });
});

test('a late listener gets what is kept if it asks for it; so does a late joiner', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  for (const sha of ['1', '2']) await world.until(a.topic<Deploy>('deploy').publish({ sha }));
  await world.run(1000);
  const [late, plain] = [notes(), notes()];
  b.topic<Deploy>('deploy').on(late.note, { replay: true });
  b.topic<Deploy>('deploy').on(plain.note);
  const c = world.cluster('c', { seeds: ['10.9.0.1:7946'] });
  const [newcomer, newcomerPlain] = [notes(), notes()];
  c.topic<Deploy>('deploy').on(newcomer.note, { replay: true });
  c.topic<Deploy>('deploy').on(newcomerPlain.note);
  await world.until(c.join());
  await world.run(3000);
  await world.until(a.topic<Deploy>('deploy').publish({ sha: '3' }));
  await world.run(1000);
  expect(late.heard).toEqual(['a 1 again', 'a 2 again', 'a 3']);
  expect(plain.heard).toEqual(['a 3']);
  expect(newcomer.heard).toEqual(['a 1 again', 'a 2 again', 'a 3']);
  expect(newcomerPlain.heard).toEqual(['a 3']);
});

test('who asks for what was before is told what of it is kept no more, others not', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const topic = a.topic<Deploy>('deploy');
  for (let i = 1; i <= 4100; i++) {
    await world.until(topic.publish({ sha: String(i) }));
    if (i % 500 === 0) await world.run(500);
  }
  await world.run(2000);
  const c = world.cluster('c', { seeds: ['10.9.0.1:7946'] });
  const [late, newcomer, plain] = [notes(), notes(), notes()];
  b.topic<Deploy>('deploy').on(late.note, { replay: true });
  c.topic<Deploy>('deploy').on(newcomer.note, { replay: true });
  c.topic<Deploy>('deploy').on(plain.note);
  await world.until(c.join());
  await world.run(5000);
  for (const { heard } of [late, newcomer]) {
    expect(heard).toHaveLength(4097);
    expect(heard.slice(0, 2)).toEqual(['gap a 1-4', 'a 5 again']);
  }
  expect(plain.heard).toEqual([]);
});

test('a full queue rejects with a code, and drained() waits for room', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const { heard, note } = notes();
  b.topic<Deploy>('t').on(note);
  const topic = a.topic<Deploy>('t');
  let sent = 0;
  const publishAll = async (): Promise<void> => {
    while (sent < 6000) {
      try {
        await topic.publish({ sha: String(sent) });
        sent++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'QUEUE_FULL' });
        await topic.drained();
      }
    }
  };
  await world.until(publishAll());
  await world.run(5000);
  expect(heard).toEqual(Array.from({ length: 6000 }, (_, i) => `a ${i}`));
});

test('bad topics and values are refused; close() ends readers; a later life goes on', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  expect(() => a.topic('')).toThrow(expect.objectContaining({ code: 'BAD_TOPIC' }));
  const topic = a.topic<unknown>('t');
  await expect(topic.publish(undefined)).rejects.toMatchObject({ code: 'VALUE_UNUSABLE' });
  await expect(topic.publish(new Uint8Array(70_000))).rejects.toMatchObject({
    code: 'EVENT_TOO_LARGE',
  });
  const ending = topic.events().next();
  topic.close();
  const over = { done: true, value: undefined };
  expect(await world.until(ending)).toEqual(over);
  const { heard, note } = notes();
  b.topic<Deploy>('t').on(note);
  const reader = b.topic<Deploy>('t').events();
  await world.until(b.topic<Deploy>('t').publish({ sha: 'w' }));
  await world.until(b.leave());
  expect((await world.until(reader.next())).value).toMatchObject({ value: { sha: 'w' } });
  expect(await world.until(reader.next())).toEqual(over);
  await expect(b.topic<Deploy>('t').publish({ sha: 'x' })).rejects.toMatchObject({
    code: 'NOT_RUNNING',
  });
  await world.until(b.join());
  await world.until(topic.publish({ sha: 'y' }));
  await world.run(2000);
  expect(heard).toEqual(['b w', 'a y']);
});

test('a traced event tells by which way it reached each member', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await pair(world);
  const c = world.cluster('c', { seeds: ['10.9.0.1:7946'] });
  await world.until(c.join());
  await world.run(2000);
  await world.until(a.topic<Deploy>('deploy').publish({ sha: '1' })); // Links them.
  await world.run(1000);
  await world.until(a.topic<Deploy>('deploy').publish({ sha: '2' }, { trace: true }));
  await world.run(1000);
  const [traced] = b.traced();
  expect(traced).toEqual({ origin: 'a', nodeId: a.self.nodeId, seq: 2, topic: 'deploy' });
  const { roots, silent } = await world.until(b.trace(traced!));
  expect(silent).toEqual([]);
  const [root] = roots;
  expect(root).toMatchObject({ member: 'a', path: undefined, atMs: 0 });
  expect(root!.children.map(({ member }) => member).toSorted()).toEqual(['b', 'c']);
  expect(root!.children.map(({ path }) => path)).toEqual(['eager', 'eager']);
});

test('whoever waits for room is told when the life ends, however it does', async () => {
  let tell = (_: HostEvent): void => {};
  const life = { phase: 'running', watch: (watcher: typeof tell) => (tell = watcher) };
  const ground = {
    follow: (begun: (life: object) => void) => begun(life),
    command: () => false, // There is no room.
  };
  const waiting = new Topics(ground as unknown as Ground, SILENT).drained();
  tell({ type: 'stopped', reason: 'evicted' });
  await expect(waiting).rejects.toMatchObject({ code: 'NOT_RUNNING' });
});
