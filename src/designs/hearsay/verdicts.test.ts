import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';
import type { HearsayConfig } from './config.ts';

const OTHERS = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

/** Ten live members, of whom x is suspected by b, heard 1 s after the start; nobody answers. */
function suspected(
  config: Partial<HearsayConfig> = {},
  accusers: readonly string[] = ['b'],
  others: readonly string[] = OTHERS,
): OneNode {
  // So long an interval that no probe of this node's own comes between.
  const world = new OneNode({
    probeIntervalMs: 1000,
    reconnectIntervalMs: 86_400_000,
    exchangeIntervalMs: 86_400_000,
    ...config,
  }).among('x', ...others);
  world.lively.delete('x');
  world.chatter('b');
  world.runTo(1000);
  world.gossip('b', world.suspicion('x', accusers));
  return world;
}

/** When x was declared dead, in ms after the suspicion was heard; undefined if it was not. */
function deadAfter(world: OneNode, maxMs: number): number | undefined {
  const beginMs = world.elapsedMs;
  for (let ms = 0; ms <= maxMs; ms += 10) {
    if (world.status('x') === 'dead') return world.elapsedMs - beginMs;
    world.run(10);
  }
  return undefined;
}

/** So that this node's own probes confirm nothing. */
const SELDOM = { probeIntervalMs: 100_000, suspicionAlpha: 0.1 } as const;
// α = 0.1 and an interval of 100 s: Min = 10 s, Max = 60 s, Min / 8 = 1.25 s.

test('one silent accuser: dead after Max, by this node’s own verdict', () => {
  const world = suspected(SELDOM);
  world.run(59_990);
  expect(world.status('x')).toBe('suspect');
  world.run(20);
  expect(world.status('x')).toBe('dead');
  const [event] = world.eventsOf('member-failed');
  expect(event).toMatchObject({
    member: { name: 'x', status: 'dead' },
    accusers: [{ by: 'b', met: 'silence' }],
    own: true,
  });
  world.run(300);
  expect(world.told('x').at(-1)).toMatchObject({ status: 'dead', accusers: [{ by: 'b' }] });
});

test('its own verdict counts, also where a forged name on its route has departed', () => {
  const world = suspected(SELDOM);
  const { nodeId } = world.node.fact;
  world.gossip('b', world.news('ghost', 'alive', { nodeId, peer: world.env.self }));
  expect(world.status('ghost')).toBe('left');
  world.run(60_000);
  expect(world.status('x')).toBe('dead');
});

// K = 3: 60 − 50 · log(C + 1) / log 4 for C = 1, 2, 3 confirmations.
test.each([
  [['b', 'c'], 35_000],
  [['b', 'c', 'd'], 20_376],
  [['b', 'c', 'd', 'e'], 10_000],
  [['b', 'c', 'd', 'e', 'f'], 10_000],
])('accused by %j: dead after %d ms', (accusers, ms) => {
  const after = deadAfter(suspected(SELDOM, accusers), 70_000);
  expect(Math.abs(after! - ms)).toBeLessThanOrEqual(10);
});

test('confirmations that come later shorten it, counted from the first suspicion', () => {
  const world = suspected(SELDOM);
  world.run(5000);
  world.gossip('c', world.suspicion('x', ['c']));
  const [, again] = world.eventsOf('member-suspected');
  expect(again).toMatchObject({ again: true, accusers: [{ by: 'b' }, { by: 'c' }] });
  expect(Math.abs(deadAfter(world, 60_000)! - 30_000)).toBeLessThanOrEqual(10);
});

test('a confirmation past its new deadline is a death, but not without the last question', () => {
  const world = suspected(SELDOM);
  world.run(15_000);
  world.forgetEffects();
  world.gossip('c', world.suspicion('x', ['c', 'd', 'e']));
  world.run(0);
  expect(world.of('ping', 'x')).toHaveLength(1);
  world.run(499);
  expect(world.status('x')).toBe('suspect');
  world.run(2);
  expect(world.status('x')).toBe('dead');
});

test('the same accuser again is no confirmation', () => {
  const world = suspected(SELDOM);
  world.gossip('c', world.suspicion('x', ['b']));
  expect(world.eventsOf('member-suspected')).toHaveLength(1);
  expect(Math.abs(deadAfter(world, 70_000)! - 60_000)).toBeLessThanOrEqual(10);
});

test('a confirmed suspicion is told on with all its accusers', () => {
  const world = suspected(SELDOM);
  world.run(1000);
  world.forgetEffects();
  world.gossip('c', world.suspicion('x', ['c']));
  world.run(300);
  expect(world.told('x')[0]?.accusers.map(({ by }) => by)).toEqual(['b', 'c']);
});

test('an accuser who met more than before replaces what it said', () => {
  const world = suspected(SELDOM, ['b', 'c:refused', 'd:refused']);
  world.run(1000);
  world.gossip('c', world.suspicion('x', ['b:gone']));
  // 250 ms are left of an eighth of Min; but it is asked first, and has its 500 ms.
  expect(Math.abs(deadAfter(world, 70_000)! - 500)).toBeLessThanOrEqual(10);
});

test('three who met more than silence: an eighth of Min', () => {
  const world = suspected(SELDOM, ['b:refused', 'c:gone', 'd:refused']);
  expect(Math.abs(deadAfter(world, 70_000)! - 1250)).toBeLessThanOrEqual(10);
});

test('refusal off: three who were refused are three confirmations', () => {
  const world = suspected({ ...SELDOM, refusal: false }, ['b:refused', 'c:gone', 'd:refused']);
  expect(Math.abs(deadAfter(world, 70_000)! - 20_376)).toBeLessThanOrEqual(10);
});

test('dynamic suspicion off: always Min', () => {
  const one = deadAfter(suspected({ ...SELDOM, dynamicSuspicion: false }), 70_000);
  const two = deadAfter(suspected({ ...SELDOM, dynamicSuspicion: false }, ['b', 'c']), 70_000);
  expect(Math.abs(one! - 10_000)).toBeLessThanOrEqual(10);
  expect(two).toBe(one);
});

test('at most K + 1 accusers are kept and told', () => {
  const world = suspected(SELDOM, ['b', 'c', 'd', 'e', 'f', 'g', 'h']);
  expect(world.eventsOf('member-suspected')[0]?.accusers.map(({ by }) => by)).toEqual([
    'b',
    'c',
    'd',
    'e',
  ]);
});

// The last question.

test('one probe timeout before the verdict the accused is asked, by packet and by stream', () => {
  const world = suspected(SELDOM);
  world.forgetEffects();
  world.run(59_490);
  expect([...world.of('ping', 'x'), ...world.of('probe', 'x')]).toEqual([]);
  world.run(20);
  const questions = [...world.of('ping', 'x'), ...world.of('probe', 'x')];
  expect(questions.map(({ message }) => message.type)).toEqual(['ping', 'probe']);
  for (const { message } of questions) {
    expect(message.news[0]).toMatchObject({ status: 'suspect', fact: { name: 'x' } });
  }
});

test('its answer saves it', () => {
  const world = suspected(SELDOM);
  world.run(59_600);
  const { seq } = world.of('ping', 'x').at(-1)!.message;
  world.hear('x', { type: 'ack', seq, news: [world.news('x', 'alive', { counter: 1 })] });
  world.run(5000);
  expect(world.status('x')).toBe('alive');
  expect(world.eventsOf('member-refuted')).toMatchObject([
    { member: { status: 'alive', counter: 1 }, before: { status: 'suspect', counter: 0 } },
  ]);
});

test('a suspicion shorter than the timeout begins with the question', () => {
  const world = suspected({}, ['b:refused', 'c:refused', 'd:refused']); // 500 ms, as the timeout.
  world.forgetEffects();
  world.run(1);
  expect(world.of('ping', 'x')).toHaveLength(1);
  expect(world.of('probe', 'x')).toHaveLength(0); // Its port has refused three of us.
});

test('it is asked once, however many confirmations come after', () => {
  const world = suspected(SELDOM);
  world.run(59_600);
  world.forgetEffects();
  world.gossip('c', world.suspicion('x', ['c']));
  world.run(5000);
  expect(world.status('x')).toBe('dead');
  expect(world.of('ping', 'x')).toEqual([]);
});

test('switched off, nobody is asked', () => {
  const world = suspected({ ...SELDOM, lastQuestion: false });
  world.forgetEffects();
  world.run(60_010);
  expect(world.status('x')).toBe('dead');
  expect([...world.of('ping', 'x'), ...world.of('probe', 'x')]).toEqual([]);
});

test('without stream probes it is asked by packet alone', () => {
  const world = suspected({ ...SELDOM, streamProbe: false });
  world.run(59_600);
  expect([world.of('ping', 'x').length, world.of('probe', 'x').length]).toEqual([1, 0]);
});

// Refutation.

test('a refutation ends the suspicion and all its timers', () => {
  const world = suspected(SELDOM);
  world.run(1000);
  world.gossip('c', world.news('x', 'alive', { counter: 1 }));
  world.run(100_000);
  expect(world.status('x')).toBe('alive');
  expect(world.eventsOf('member-failed')).toEqual([]);
});

test('a suspicion already refuted is not believed again', () => {
  const world = suspected(SELDOM);
  world.gossip('c', world.news('x', 'alive', { counter: 1 }));
  world.gossip('d', world.suspicion('x', ['d']));
  expect(world.status('x')).toBe('alive');
});

test('accused again after its refutation, it has its whole time', () => {
  const world = suspected(SELDOM);
  world.run(50_000);
  world.gossip('c', world.news('x', 'alive', { counter: 1 }));
  world.gossip('c', world.suspicion('x', ['c'], { counter: 1 }));
  expect(Math.abs(deadAfter(world, 70_000)! - 60_000)).toBeLessThanOrEqual(10);
});

// The pause guard.

test('a node that slept through a deadline asks again and holds its verdict', () => {
  const world = suspected(SELDOM);
  world.run(30_000);
  world.forgetEffects();
  world.stall(40_000);
  expect(world.status('x')).toBe('suspect');
  expect(world.of('ping', 'x').length).toBeGreaterThan(0);
  world.run(999);
  expect(world.status('x')).toBe('suspect');
  world.run(2);
  expect(world.status('x')).toBe('dead');
});

test('what it then hears counts', () => {
  const world = suspected(SELDOM);
  world.stall(70_000);
  world.run(100);
  world.gossip('c', world.news('x', 'alive', { counter: 1 }));
  world.run(5000);
  expect(world.status('x')).toBe('alive');
});

test('a verdict that is a little late is a verdict', () => {
  const world = suspected(SELDOM);
  world.run(59_800);
  world.stall(600);
  expect(world.status('x')).toBe('dead');
});

test('without the pause guard every verdict stands', () => {
  const world = suspected({ ...SELDOM, pauseGuard: false, lastQuestion: false });
  world.stall(70_000);
  expect(world.status('x')).toBe('dead');
});

// How many must accuse.

test('accusers 3: two are not enough for a death, the third is', () => {
  const world = suspected({ ...SELDOM, accusers: 3 }, ['b', 'c']);
  expect(deadAfter(world, 90_000)).toBe(undefined);
  world.gossip('d', world.suspicion('x', ['d']));
  // At the next look, an interval on.
  expect(deadAfter(world, 101_000)).toBeLessThanOrEqual(100_010);
});

test('accusers 3: a page’s death is doubted, but not where all it lacks is accusers', () => {
  const world = suspected({ ...SELDOM, accusers: 3 });
  const tell = (): void => {
    const news = [{ ...world.suspicion('x', []), status: 'dead' } as const];
    world.hear('c', { type: 'page', news, last: true, want: false });
  };
  tell();
  expect(world.status('x')).toBe('suspect');
  expect(deadAfter(world, 90_000)).toBe(undefined); // By b and c; its own verdict was due at 60 s.
  tell();
  expect(world.status('x')).toBe('dead');
});

test('accusers 5 among three: all others are enough', () => {
  const world = suspected({ ...SELDOM, accusers: 5 }, ['b'], ['b']);
  expect(deadAfter(world, 50_000)).toBe(undefined); // Min is over after 10 s.
  world.gossip('b', world.suspicion('x', ['b', 'self']));
  expect(deadAfter(world, 101_000)).toBeDefined();
});

test('accusers 3: whoever is suspected too is not waited for', () => {
  const world = suspected({ ...SELDOM, accusers: 3 }, ['self'], ['b']);
  world.gossip('b', world.suspicion('b', ['self']));
  expect(deadAfter(world, 101_000)).toBeDefined();
});

test('accusers 5 beyond K + 1: as many are kept as are needed', () => {
  const world = suspected({ ...SELDOM, accusers: 5 }, ['b', 'c', 'd', 'e']);
  expect(deadAfter(world, 90_000)).toBe(undefined);
  world.gossip('d', world.suspicion('x', ['g']));
  expect(deadAfter(world, 101_000)).toBeDefined();
});

test.each(['suspect', 'dead'] as const)('a death told by one who is %s is doubted', (status) => {
  const world = suspected({}, ['b'], ['b', 'c', 'd']);
  world.gossip('b', { ...world.suspicion('d', ['b']), status });
  world.gossip('d', { ...world.suspicion('c', ['d']), status: 'dead' });
  expect(world.status('c')).toBe('suspect');
  world.run(2500);
  world.gossip('b', { ...world.suspicion('c', ['d']), status: 'dead' });
  expect(world.status('c')).toBe('dead');
});

test('doubted or not, the same death told by somebody else is heard', () => {
  const world = suspected({}, ['b'], ['b', 'c', 'd']);
  world.gossip('b', world.suspicion('d', ['b']));
  world.gossip('b', world.suspicion('c', ['b']));
  world.run(5000);
  const dead = { ...world.suspicion('c', ['d']), status: 'dead' } as const;
  world.gossip('d', dead);
  expect(world.status('c')).toBe('suspect');
  world.gossip('b', dead);
  expect(world.status('c')).toBe('dead');
});

test('without doubt every death told is believed', () => {
  const world = suspected({ doubt: false }, ['b'], ['b', 'c', 'd']);
  world.gossip('b', { ...world.suspicion('c', ['d']), status: 'dead' });
  expect(world.status('c')).toBe('dead');
});

test('a death by silence of whom nobody suspected is doubted, one by more is not', () => {
  const world = suspected({}, ['b'], ['b', 'c', 'd']);
  for (let i = 0; i < 2; i++) {
    world.gossip('b', { ...world.suspicion('c', ['d']), status: 'dead' });
    expect(world.status('c')).toBe('suspect'); // Also when it has been for less than Min / 2.
    world.run(1000);
  }
  world.gossip('b', { ...world.suspicion('d', ['c:gone']), status: 'dead' });
  expect(world.status('d')).toBe('dead');
});

test('a death that others declare is believed whatever this node needs', () => {
  const world = suspected({ ...SELDOM, accusers: 3 });
  world.run(5000);
  world.gossip('d', { ...world.suspicion('x', ['d']), status: 'dead' });
  expect(world.status('x')).toBe('dead');
  expect(world.eventsOf('member-failed')).toMatchObject([{ own: false, accusers: [{ by: 'd' }] }]);
});

// The deaf.

test('a node that hears nobody at all after its question holds its verdict', () => {
  const world = suspected(SELDOM);
  world.run(59_400);
  world.mute();
  world.run(1000);
  expect(world.status('x')).toBe('suspect');
});

test('heard by somebody again, it judges at its next look', () => {
  const world = suspected(SELDOM);
  world.run(59_400);
  world.mute();
  world.run(10_000);
  world.hear('c', { type: 'gossip', news: [] });
  expect(deadAfter(world, 101_000)).toBeDefined();
});

test('deaf for longer than the suspicion lasted, it must believe it', () => {
  const world = suspected(SELDOM);
  world.run(59_400);
  world.mute();
  world.run(60_000);
  expect(world.status('x')).toBe('suspect');
  world.run(101_000);
  expect(world.status('x')).toBe('dead');
});

test('of two, one may judge the other though it hears nobody', () => {
  const world = suspected({ ...SELDOM }, ['b'], []);
  world.mute();
  world.run(11_000); // Min: nobody could confirm.
  expect(world.status('x')).toBe('dead');
});
