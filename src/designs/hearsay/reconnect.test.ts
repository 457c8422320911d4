import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';

const CALM = { probeIntervalMs: 1_000_000, exchangeIntervalMs: 86_400_000 } as const;

test('the dead are asked again and again, whoever lives there now', () => {
  const world = new OneNode(CALM).among('b', 'c');
  world.gossip('b', world.news('c', 'dead'));
  world.run(600_000);
  const asked = world.of('sync');
  expect(new Set(asked.map(({ to }) => to))).toEqual(new Set([world.anyoneAt('c')]));
  // Every 5 to 15 s, 10 on average.
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.length).toBeLessThan(80);
});

test('those who left, were evicted or live are not', () => {
  const world = new OneNode(CALM).among('b', 'c', 'd', 'e');
  world.gossip('b', world.news('c', 'left'), world.news('d', 'evicted'));
  world.gossip('b', world.suspicion('e', ['b']));
  world.run(20_000);
  expect(world.of('sync')).toEqual([]);
});

test('a seed where no live member is, is asked for ever; one where a member lives, is not', () => {
  const world = new OneNode({ ...CALM, seeds: ['10.0.1.1:7946', '10.0.1.2:7946'] });
  expect([world.address('s1'), world.address('s2')]).toEqual(['10.0.1.1:7946', '10.0.1.2:7946']);
  world.start();
  world.hear('s1', {
    type: 'admit',
    verdict: 'welcome',
    start: 0,
    streams: 'yes',
    wallMs: 1_700_000_000_000,
  });
  world.hear('s1', { type: 'page', news: [world.news('s1')], last: true, want: false });
  world.lively.add('s1');
  world.forgetEffects();
  world.run(7 * 86_400_000 - 1000);
  world.forgetEffects();
  world.run(600_000);
  const asked = world.of('sync').filter(({ to }) => to === world.anyoneAt('s2'));
  expect(asked.length).toBeGreaterThan(40);
  expect(world.of('sync').some(({ to }) => to === world.anyoneAt('s1'))).toBe(false);
});

test('in a large cluster each node asks more seldom: all together as often', () => {
  const world = new OneNode(CALM).among(...Array.from({ length: 79 }, (_, i) => `n${i}`));
  world.gossip('n0', world.news('x', 'dead'));
  world.run(3_600_000);
  // 360 ticks, one chance in twenty each: four tries per interval among eighty nodes.
  expect(world.of('sync').length).toBeGreaterThan(5);
  expect(world.of('sync').length).toBeLessThan(40);
});

test('another life where a member lived is asked at once, but not at every packet', () => {
  const world = new OneNode(CALM).among('b', 'c');
  const asked = (): number =>
    world.of('sync').filter(({ to }) => to === world.anyoneAt('c')).length;
  for (let i = 0; i < 10; i++) world.fail(world.route('c'), 0, 'gone');
  expect(asked()).toBe(1);
  world.run(200);
  world.fail(world.route('c'), 0, 'gone');
  expect(asked()).toBe(2);
});

test('another life where nobody known lived is nobody’s business', () => {
  const world = new OneNode(CALM).among('b');
  world.fail(world.route('z'), 0, 'gone');
  expect(world.of('sync')).toEqual([]);
});
