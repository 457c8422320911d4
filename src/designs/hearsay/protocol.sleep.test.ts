/** A node that was away for longer than the dead are remembered. */
import { expect, test } from 'vitest';
import { OneNode, timersSet } from '../../../test/one-node.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function admitAgain(world: OneNode, by: string, ...pages: ReturnType<OneNode['news']>[]): void {
  const wallMs = Math.floor(world.env.wallMs);
  world.hear(by, { type: 'admit', verdict: 'welcome', start: 0, streams: 'yes', wallMs });
  world.hear(by, { type: 'page', news: [world.news(by), ...pages], last: true, want: false });
}

/** What it asks of whom, since its effects were last forgotten. */
function asked(world: OneNode): string[] {
  return world.sent.map(({ to, message }) => `${message.type} ${world.book.addressOf(to)}`);
}

test('it forgets all others without a word, and asks where they lived to be admitted', () => {
  const world = new OneNode().among('b', 'c', 'd');
  world.gossip('b', world.news('d', 'dead'), world.suspicion('c', ['b'])); // Hot when it sleeps.
  world.forgetEffects();
  world.stall(DAY_MS + 60_000);
  expect(world.events).toMatchObject([{ type: 'slept', forgotten: 2 }]);
  expect(asked(world)).toEqual(['join 10.0.1.1:7946', 'join 10.0.1.2:7946']);
  expect([...world.node.members()]).toEqual([]);
  for (const name of ['b', 'c', 'd']) expect(world.keeps(world.route(name))).toBe(0);
  world.run(500);
  world.hear('b', { type: 'ping', seq: 1, news: [] });
  expect(world.of('ack')[0]?.message.news).toEqual([]);
});

test('what waited for it is as old as its sleep: not believed, not answered', () => {
  const world = new OneNode().among('b', 'c');
  world.env.advance(DAY_MS + 60_000);
  world.gossip('b', world.news('z'), world.news('c', 'alive', { counter: 3 }));
  world.hear('b', { type: 'ping', seq: 1, news: [world.news('y')] });
  expect([world.events, world.sent]).toEqual([[], []]);
  world.run(1);
  expect(world.events).toMatchObject([{ type: 'slept', forgotten: 2 }]);
  expect([...world.node.members()]).toEqual([]);
  world.hear('b', { type: 'ping', seq: 2, news: [] });
  expect(world.of('ack')).toMatchObject([{ message: { seq: 2, news: [] } }]);
});

test('of a suspended machine only the wall clock has gone on', () => {
  const world = new OneNode().among('b', 'c');
  world.run(2000);
  world.env.wallMs += DAY_MS + 3000; // It is counted in seconds.
  world.run(1000);
  expect(world.eventsOf('slept')).toMatchObject([{ forMs: expect.closeTo(DAY_MS + 2000, -4) }]);
  expect(world.of('join')).toHaveLength(2);
});

test.each([0.9 * DAY_MS, -365 * DAY_MS])(
  'a wall clock that is set by %i ms is no sleep',
  (byMs) => {
    const world = new OneNode().among('b', 'c');
    world.run(2000);
    world.env.wallMs += byMs;
    world.run(10_000);
    expect(world.events).toEqual([]);
  },
);

test('whoever was away for less remembers', () => {
  const world = new OneNode().among('b', 'c');
  world.stall(0.9 * DAY_MS);
  world.run(5000);
  expect(world.eventsOf('slept')).toEqual([]);
  expect(world.node.live).toBe(3);
});

test('it returns in the same life, and outranks what was said of it meanwhile', () => {
  const world = new OneNode().among('b', 'c');
  const { nodeId, start, born } = world.node.fact;
  world.stall(2 * DAY_MS);
  const dead = world.newsOfSelf('dead', { counter: 4 });
  admitAgain(world, 'b', world.news('c'), dead);
  expect(world.eventsOf('joined')).toMatchObject([{ members: 3 }]);
  expect(world.eventsOf('member-joined').map(({ member }) => member.name)).toEqual(['b', 'c']);
  expect(world.node.fact).toMatchObject({ nodeId, start, born, counter: 5 });
  world.run(500);
  expect(world.told('self').at(-1)).toMatchObject({ status: 'alive', fact: { counter: 5 } });
});

test('awake again it probes as often as ever, and sweeps, and exchanges', () => {
  const world = new OneNode().among('b', 'c');
  world.stall(2 * DAY_MS);
  admitAgain(world, 'b', world.news('c'));
  world.forgetEffects();
  world.run(60_000);
  expect(timersSet(world, 'Period').length).toBeLessThanOrEqual(61);
  expect(timersSet(world, 'Exchange').length).toBeLessThanOrEqual(3);
});

test('somebody else has its name by now: it stops', () => {
  const world = new OneNode().among('b', 'c');
  world.stall(2 * DAY_MS);
  world.hear('b', { type: 'admit', verdict: 'name-taken', start: 0, streams: 'yes', wallMs: 0 });
  expect(world.stopped).toBe('name-taken');
});

test('nobody answers: it is alone, and tries where they lived for as long as the dead are', () => {
  const world = new OneNode({ certificateMs: HOUR_MS }).among('b');
  world.lively.clear();
  world.stall(2 * HOUR_MS);
  world.run(20_000);
  expect(world.eventsOf('joined')).toMatchObject([{ members: 1 }]);
  world.forgetEffects();
  world.run(600_000);
  expect(world.of('sync').length).toBeGreaterThan(40);
  expect(world.of('sync').every(({ to }) => to === world.anyoneAt('b'))).toBe(true);
  world.run(HOUR_MS);
  world.forgetEffects();
  world.run(600_000);
  expect(world.sent).toEqual([]);
});

test('whoever is only refused has heard nobody', () => {
  const names = [...'bcdefghijklm'];
  const world = new OneNode({ certificateMs: MINUTE_MS, accusers: 2 }).among(...names);
  world.lively.clear();
  for (let seconds = 0; seconds < 80; seconds++) {
    for (const name of names) {
      if (world.eventsOf('slept').length === 0) world.fail(world.route(name), 0, 'refused');
    }
    world.run(1000);
  }
  expect(world.eventsOf('member-failed')).toEqual([]);
  expect(world.eventsOf('slept')).toMatchObject([{ forgotten: names.length }]);
});

test('asleep while it leaves: it is gone', () => {
  const world = new OneNode().among('b', 'c');
  world.command((node, env) => node.leave(env));
  world.stall(2 * DAY_MS);
  world.run(10_000);
  expect(world.stopped).toBe('left');
  expect(world.of('join')).toEqual([]);
});
