import { expect, test } from 'vitest';
import type { Met } from '../../blocks/membership/index.ts';
import type { Why } from '../../core/index.ts';
import { OneNode, timersSet } from '../../../test/one-node.ts';
import type { HearsayConfig } from './config.ts';

const OTHERS = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const;

interface Failing {
  readonly world: OneNode;
  readonly seq: number;
  /** When the ping left. */
  readonly atMs: number;
}

/** A member `x` of ten does not answer its ping; half of the period is over. */
function failing(config: Partial<HearsayConfig> = {}, helpers = OTHERS): Failing {
  const world = new OneNode(config).among('x', ...helpers);
  world.lively.delete('x');
  const ping = world.untilPinged('x');
  world.forgetEffects();
  world.runTo(ping.atMs + 500);
  return { world, seq: ping.message.seq, atMs: ping.atMs };
}

/** The stream probe to x fails. */
function ownMeets({ world, seq }: Failing, why: Why): void {
  world.fail(world.route('x'), seq + 1, why); // The stream's own number.
}

/** The first helper asked, or the one of this number, says what it met. */
function helperMeets({ world, seq }: Failing, met: Met, number = 0): string {
  const to = world.of('ping-request')[number]!.to;
  const name = OTHERS.find((one) => world.route(one) === to)!;
  world.hear(name, { type: 'nack', seq, met, news: [] });
  return name;
}

test('one member is pinged each period, in every pass each once', () => {
  const world = new OneNode().among('b', 'c', 'd', 'e', 'f');
  world.run(11_000);
  const pings = world.of('ping').slice(0, 10);
  expect(new Set(pings.slice(0, 5).map(({ to }) => to)).size).toBe(5);
  expect(new Set(pings.slice(5).map(({ to }) => to)).size).toBe(5);
  for (let i = 1; i < pings.length; i++) {
    expect(pings[i]!.atMs - pings[i - 1]!.atMs).toBeCloseTo(1000, 6);
  }
  expect(pings[0]!.atMs).toBeLessThan(1000);
  expect(world.events).toEqual([]);
});

test('suspects are probed like others, the dead and this node itself are not', () => {
  const world = new OneNode().among('b', 'c');
  world.gossip('b', world.news('d', 'dead'), world.suspicion('c', ['b']));
  world.run(6000);
  expect(
    world.of('ping').every(({ to }) => [world.route('b'), world.route('c')].includes(to)),
  ).toBe(true);
  expect(world.of('ping', 'c').length).toBeGreaterThanOrEqual(2);
});

test('an answer in time ends it', () => {
  const world = new OneNode().among('b', 'c', 'd');
  world.run(5000);
  expect([world.of('ping-request').length, world.of('probe').length]).toEqual([0, 0]);
  expect(world.node.health).toBe(0);
});

test('unanswered for 500 ms: three helpers are asked, and after 100 ms more a stream', () => {
  const { world, seq, atMs } = failing();
  const requests = world.of('ping-request');
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map(({ to }) => to)).size).toBe(3);
  for (const { to, message, atMs: askedMs } of requests) {
    expect(to).not.toBe(world.route('x'));
    expect(message).toMatchObject({ seq, target: world.route('x') });
    expect(askedMs).toBeCloseTo(atMs + 500, 6);
  }
  expect(world.of('probe', 'x')).toEqual([]);
  world.run(100);
  expect(world.of('probe', 'x').map(({ message, token }) => [message.seq, token])).toEqual([
    [seq + 1, seq + 1],
  ]);
});

test('a helper that answers soon spares the stream', () => {
  const { world, seq } = failing();
  world.run(50);
  world.hear('b', { type: 'ack', seq, news: [] });
  world.run(400);
  expect(world.of('probe', 'x')).toEqual([]);
});

test.each([
  ['the member itself, late', 'x'],
  ['a helper', 'b'],
])('an ack from %s ends it', (_who, from) => {
  const { world, seq } = failing();
  world.hear(from, { type: 'ack', seq, news: [] });
  world.run(1000);
  expect(world.status('x')).toBe('alive');
  expect(world.eventsOf('member-suspected')).toEqual([]);
});

test('nothing by the end of the period: suspected, with how the probe failed', () => {
  const { world, atMs } = failing();
  world.runTo(atMs + 999);
  expect(world.status('x')).toBe('alive');
  world.runTo(atMs + 1000.001);
  expect(world.status('x')).toBe('suspect');
  const [event] = world.eventsOf('member-suspected');
  expect(event).toMatchObject({
    member: { name: 'x', status: 'suspect' },
    accusers: [{ by: 'self', met: 'silence' }],
    again: false,
    path: { stream: 'open', rttMs: undefined, health: 3 },
  });
  expect(event?.path?.tookMs).toBeCloseTo(1000, 3);
  expect(event?.path?.helpers.map(({ met }) => met)).toEqual([undefined, undefined, undefined]);
  world.run(200);
  expect(world.told('x')[0]).toMatchObject({ status: 'suspect' });
});

test('the path says what each helper and the stream met', () => {
  const probe = failing();
  const name = helperMeets(probe, 'silence');
  ownMeets(probe, 'lost');
  probe.world.run(600);
  const path = probe.world.eventsOf('member-suspected')[0]?.path;
  expect(path?.stream).toBe('silence');
  expect(path?.helpers[0]).toEqual({ name, met: 'silence', tookMs: 0 });
});

// Lifeguard's local health.

test('silent helpers speak against this node: the period and its timeout grow', () => {
  const { world, atMs } = failing();
  world.lively.clear();
  world.runTo(atMs + 1001);
  expect(world.node.health).toBe(3);
  expect(timersSet(world, 'Period').at(-1)).toBe(4000);
  world.forgetEffects();
  world.runTo(atMs + 1000 + 4001); // The next one is pinged, and has four times the timeout.
  expect(timersSet(world, 'Indirect')).toHaveLength(1);
  expect(world.node.health).toBeGreaterThan(3);
  const [ping] = world.of('ping');
  expect(timersSet(world, 'Indirect')[0]).toBe(500 * (world.node.health + 1));
  expect(ping?.atMs).toBeCloseTo(atMs + 5000, 3);
});

test('helpers who answer, if only that they got no answer, speak for this node', () => {
  const probe = failing();
  for (const number of [0, 1, 2]) helperMeets(probe, 'silence', number);
  probe.world.runTo(probe.atMs + 1001);
  expect(probe.world.status('x')).toBe('suspect');
  expect(probe.world.node.health).toBe(0);
});

test('each helper that is silent counts one, each answered probe takes one off', () => {
  const probe = failing();
  helperMeets(probe, 'silence');
  probe.world.runTo(probe.atMs + 1000.5); // The next one answers a millisecond after its ping.
  expect(probe.world.node.health).toBe(2);
  probe.world.lively.add('x');
  probe.world.run(20_000);
  expect(probe.world.node.health).toBe(0);
});

test('nacks off: a failed probe counts one', () => {
  const { world, atMs } = failing({ nacks: false });
  world.runTo(atMs + 1000.5);
  expect(world.node.health).toBe(1);
});

test('nobody to help: a failed probe counts one', () => {
  const { world, atMs } = failing({}, [] as unknown as typeof OTHERS);
  expect(world.of('ping-request')).toEqual([]);
  world.runTo(atMs + 1001);
  expect(world.node.health).toBe(1);
});

test('local health off: the period stays what it is', () => {
  const { world, atMs } = failing({ localHealth: false });
  world.runTo(atMs + 1001);
  expect(world.node.health).toBe(0);
  expect(timersSet(world, 'Period').at(-1)).toBe(1000);
});

test('the score ends at 8, the period at nine times its length', () => {
  const world = new OneNode().among('x', ...OTHERS);
  world.lively.clear();
  world.run(100_000);
  expect(world.node.health).toBe(8);
  expect(timersSet(world, 'Period').at(-1)).toBe(9000);
});

// Refused is evidence.

test('refused here and at a helper: accused 150 ms later, not before, by both', () => {
  const probe = failing();
  const { world, atMs } = probe;
  world.runTo(atMs + 510);
  ownMeets(probe, 'refused');
  world.runTo(atMs + 520);
  const name = helperMeets(probe, 'refused');
  world.runTo(atMs + 520 + 149);
  expect(world.status('x')).toBe('alive');
  world.runTo(atMs + 520 + 151);
  expect(world.status('x')).toBe('suspect');
  const [event] = world.eventsOf('member-suspected');
  expect(event?.accusers).toEqual(
    [
      { by: 'self', met: 'refused' },
      { by: name, met: 'refused' },
    ].toSorted((a, b) => (a.by < b.by ? -1 : 1)),
  );
  expect(event?.path).toMatchObject({ stream: 'refused' });
});

test('the order does not matter: the helper first, then this node', () => {
  const probe = failing();
  helperMeets(probe, 'refused');
  probe.world.runTo(probe.atMs + 600);
  ownMeets(probe, 'refused');
  probe.world.runTo(probe.atMs + 749);
  expect(probe.world.status('x')).toBe('alive');
  probe.world.runTo(probe.atMs + 751);
  expect(probe.world.status('x')).toBe('suspect');
});

test('an answer within the 150 ms proves that it lives', () => {
  const probe = failing();
  ownMeets(probe, 'refused');
  helperMeets(probe, 'refused');
  probe.world.run(100);
  probe.world.hear('c', { type: 'ack', seq: probe.seq, news: [] });
  probe.world.run(1000);
  expect(probe.world.status('x')).toBe('alive');
});

test('one refusal alone waits for the end of the period, and is told', () => {
  const probe = failing();
  ownMeets(probe, 'refused');
  probe.world.runTo(probe.atMs + 999);
  expect(probe.world.status('x')).toBe('alive');
  probe.world.runTo(probe.atMs + 1001);
  const [event] = probe.world.eventsOf('member-suspected');
  expect(event?.accusers).toEqual([{ by: 'self', met: 'refused' }]);
});

test('helpers who accuse more are added to the suspicion', () => {
  const probe = failing();
  ownMeets(probe, 'refused');
  const names = [0, 1, 2].map((number) => helperMeets(probe, 'refused', number));
  probe.world.run(151);
  const [event] = probe.world.eventsOf('member-suspected');
  expect(event?.accusers.map(({ by }) => by)).toEqual(['self', ...names].toSorted());
  // Three who met more than silence: Min / 8 = 500 ms, for up to ten members.
  probe.world.run(498);
  expect(probe.world.status('x')).toBe('suspect');
  probe.world.run(2);
  expect(probe.world.status('x')).toBe('dead');
});

test.each(['no', 'unknown'] as const)(
  'refusals count only against streams yes, not %s',
  (streams) => {
    const world = new OneNode().among(...OTHERS);
    world.gossip('b', world.news('x', 'alive', { streams }));
    const ping = world.untilPinged('x');
    const probe = { world, seq: ping.message.seq, atMs: ping.atMs };
    world.runTo(ping.atMs + 500);
    ownMeets(probe, 'refused');
    for (const number of [0, 1, 2]) helperMeets(probe, 'refused', number);
    world.runTo(ping.atMs + 999);
    expect(world.status('x')).toBe('alive');
    world.runTo(ping.atMs + 1001);
    const [event] = world.eventsOf('member-suspected');
    expect(event?.accusers).toEqual([{ by: 'self', met: 'silence' }]);
  },
);

test('refusal off: refusals are silence', () => {
  const probe = failing({ refusal: false });
  ownMeets(probe, 'refused');
  helperMeets(probe, 'refused');
  probe.world.runTo(probe.atMs + 999);
  expect(probe.world.status('x')).toBe('alive');
  probe.world.runTo(probe.atMs + 1001);
  const [event] = probe.world.eventsOf('member-suspected');
  expect(event?.accusers).toEqual([{ by: 'self', met: 'silence' }]);
});

test('where nobody can help, this node’s own refusal is enough', () => {
  const probe = failing({}, [] as unknown as typeof OTHERS);
  ownMeets(probe, 'refused');
  probe.world.run(149);
  expect(probe.world.status('x')).toBe('alive');
  probe.world.run(2);
  expect(probe.world.status('x')).toBe('suspect');
});

test('another life there counts whatever the streams, and is asked about at once', () => {
  const world = new OneNode().among(...OTHERS);
  world.gossip('b', world.news('x', 'alive', { streams: 'no' }));
  const ping = world.untilPinged('x');
  const probe = { world, seq: ping.message.seq, atMs: ping.atMs };
  world.runTo(ping.atMs + 20);
  world.fail(world.route('x'), 0, 'gone');
  expect(world.of('ping-request')).toHaveLength(3); // Half a second early.
  helperMeets(probe, 'gone');
  world.run(151);
  expect(world.status('x')).toBe('suspect');
  const met = world.eventsOf('member-suspected')[0]?.accusers.map((accuser) => accuser.met);
  expect(met).toEqual(['gone', 'gone']);
});

test('a packet that found another life tells nothing about other members', () => {
  const { world } = failing();
  world.fail(world.route('b'), 0, 'gone');
  world.run(200);
  expect(world.status('b')).toBe('alive');
  expect(world.status('x')).toBe('alive');
});

test('trouble of this machine’s own accuses nobody before the period’s end', () => {
  const probe = failing();
  ownMeets(probe, 'local');
  helperMeets(probe, 'refused');
  probe.world.runTo(probe.atMs + 999);
  expect(probe.world.status('x')).toBe('alive');
  probe.world.runTo(probe.atMs + 1001);
  expect(probe.world.eventsOf('member-suspected')[0]?.path?.stream).toBe('open');
});

test('without stream probes no stream is opened, neither here nor as a helper', () => {
  const { world } = failing({ streamProbe: false });
  expect(world.of('ping-request')).toHaveLength(3);
  world.hear('b', { type: 'ping-request', seq: 9, target: world.route('x'), news: [] });
  world.run(2000);
  expect(world.of('probe')).toEqual([]);
});

test('a fresh probe knows nothing of what an older one met', () => {
  const probe = failing();
  probe.world.runTo(probe.atMs + 1100);
  const before = probe.world.eventsOf('member-suspected').length;
  ownMeets(probe, 'refused');
  probe.world.hear('b', { type: 'nack', seq: probe.seq, met: 'refused', news: [] });
  probe.world.run(300);
  expect(probe.world.eventsOf('member-suspected')).toHaveLength(before);
});

test('a nack from somebody who was not asked is ignored', () => {
  const probe = failing();
  ownMeets(probe, 'refused');
  const asked = probe.world.of('ping-request').map(({ to }) => to);
  const stranger = OTHERS.find((name) => !asked.includes(probe.world.route(name)))!;
  probe.world.hear(stranger, { type: 'nack', seq: probe.seq, met: 'refused', news: [] });
  probe.world.run(300);
  expect(probe.world.status('x')).toBe('alive');
});

// Helping others.

/** b asks this node to ping x for it. */
function helping(config: Partial<HearsayConfig> = {}): { world: OneNode; seq: number } {
  const world = new OneNode({ probeIntervalMs: 60_000, ...config }).among('b', 'x');
  world.lively.clear();
  world.hear('b', { type: 'ping-request', seq: 77, target: world.route('x'), news: [] });
  const seq = world.of('ping', 'x')[0]!.message.seq;
  return { world, seq };
}

test('a helper pings with a number of its own and passes the answer on', () => {
  const { world, seq } = helping();
  expect(seq).not.toBe(77);
  world.hear('x', { type: 'ack', seq, news: [] });
  expect(world.of('ack', 'b').map(({ message }) => message)).toEqual([
    { type: 'ack', seq: 77, news: [] },
  ]);
  world.hear('x', { type: 'ack', seq, news: [] });
  world.run(2000);
  expect(world.of('ack')).toHaveLength(1);
  expect([world.of('nack').length, world.of('probe').length]).toEqual([0, 0]);
});

test('a helper tries a stream, and says at 80 % of the timeout that it got no answer', () => {
  const { world, seq } = helping();
  world.run(101);
  expect(world.of('probe', 'x').map(({ message }) => message.seq)).toEqual([seq]);
  world.run(298);
  expect(world.of('nack')).toEqual([]);
  world.run(2);
  expect(world.of('nack', 'b').map(({ message }) => message)).toEqual([
    { type: 'nack', seq: 77, met: 'silence', news: [] },
  ]);
});

test('a late answer is passed on still, after the nack', () => {
  const { world, seq } = helping({ probeIntervalMs: 1000 });
  world.run(600);
  world.hear('x', { type: 'ack', seq, news: [] });
  expect(world.of('ack', 'b')).toHaveLength(1);
});

test.each(['refused', 'gone'] as const)('what a helper’s stream met is told at once: %s', (why) => {
  const { world, seq } = helping();
  world.run(101);
  world.fail(world.route('x'), seq, why);
  expect(world.of('nack', 'b').map(({ message }) => message.met)).toEqual([why]);
});

test('nacks off: silence is not told, refusal is', () => {
  const { world, seq } = helping({ nacks: false });
  world.run(450);
  expect(world.of('nack')).toEqual([]);
  world.fail(world.route('x'), seq, 'refused');
  expect(world.of('nack')).toHaveLength(1);
});

test('what is asked for others is forgotten after a period, its routes too', () => {
  const { world, seq } = helping({ probeIntervalMs: 1000 });
  const before = ['b', 'x'].map((name) => world.keeps(world.route(name)));
  world.run(1001);
  expect(['b', 'x'].map((name) => world.keeps(world.route(name)))).toEqual(
    before.map((count) => count - 1),
  );
  world.hear('x', { type: 'ack', seq, news: [] });
  expect(world.of('ack', 'b')).toEqual([]);
});

test('a full book: no help is given', () => {
  const world = new OneNode({ probeIntervalMs: 60_000 }).among('b', 'x');
  world.env.keeps = false;
  world.hear('b', { type: 'ping-request', seq: 77, target: world.route('x'), news: [] });
  expect(world.of('ping')).toEqual([]);
});

// The pause guard.

test('a node that was stalled does not judge its probe', () => {
  const { world } = failing();
  world.stall(1200);
  expect(world.status('x')).toBe('alive');
  expect(world.eventsOf('member-suspected')).toEqual([]);
  expect(world.node.health).toBe(0);
});

test('without the pause guard it does', () => {
  const { world } = failing({ pauseGuard: false });
  world.stall(1200);
  expect(world.status('x')).toBe('suspect');
});

test('a node that is a little late judges as ever', () => {
  const { world } = failing();
  world.stall(900); // The period's end was due after 500.
  expect(world.status('x')).toBe('suspect');
});

// Members that TCP alone reaches.

/** x, whom TCP alone reaches, is pinged, and its port refuses. */
function streamedOne() {
  const world = new OneNode().among('b', 'c', 'd');
  const peer = world.book.peer('tcp://10.0.9.9:7946', '00000000000000ff');
  world.gossip('b', world.news('x', 'alive', { peer }));
  world.forgetEffects();
  const pings = () => world.of('ping').filter(({ to }) => to === peer);
  while (pings().length === 0) world.run(1);
  return { world, peer, atMs: pings()[0]!.atMs };
}

test('whoever TCP alone reaches has refused when he did so twice, 500 ms apart', () => {
  const { world, peer, atMs } = streamedOne();
  world.fail(peer, 0, 'refused');
  world.runTo(atMs + 490);
  expect(world.of('probe')).toEqual([]);
  world.runTo(atMs + 510);
  const [probe] = world.of('probe').filter(({ to }) => to === peer);
  world.fail(peer, probe!.token, 'refused');
  world.runTo(atMs + 1001);
  expect(world.eventsOf('member-suspected')).toMatchObject([
    { member: { name: 'x' }, accusers: [{ by: 'self', met: 'refused' }] },
  ]);
});

test('refused once, he was but silent', () => {
  const { world, peer, atMs } = streamedOne();
  world.fail(peer, 0, 'refused');
  world.runTo(atMs + 1001);
  expect(world.eventsOf('member-suspected')).toMatchObject([
    { member: { name: 'x' }, accusers: [{ by: 'self', met: 'silence' }] },
  ]);
});

test('a helper says that he was silent, whatever it met', () => {
  const { world, peer } = streamedOne();
  world.forgetEffects();
  world.hear('b', { type: 'ping-request', seq: 9, target: peer, news: [] });
  world.fail(peer, 0, 'refused');
  world.run(110);
  const [probe] = world.of('probe').filter(({ to }) => to === peer);
  world.fail(peer, probe!.token, 'refused');
  world.run(400);
  expect(world.of('nack', 'b').map(({ message }) => message.met)).toEqual(['silence']);
});
