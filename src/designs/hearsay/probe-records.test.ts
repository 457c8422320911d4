import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';
import { ProbeRecords } from './probe-records.ts';

/** A node that records its probes, among ten; `x` answers nothing by itself. */
function watched() {
  const world = new OneNode({}).among('x', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i');
  world.node.recordProbes();
  world.lively.delete('x');
  const ping = world.untilPinged('x');
  return { world, seq: ping.message.seq, atMs: ping.atMs };
}

test('round trips are smoothed, one eighth each', () => {
  const records = new ProbeRecords();
  records.note(1, 7, { at: 1, path: 'direct', tookMs: 8 });
  expect(records.of(1, 7)).toEqual({ at: 1, path: 'direct', tookMs: 8, rttLastMs: 8, rttMs: 8 });
  records.note(1, 7, { at: 2, path: 'direct', tookMs: 16 });
  expect(records.of(1, 7)).toMatchObject({ rttLastMs: 16, rttMs: 9 });
  // Another path says nothing of the round trip, and does not forget it.
  records.note(1, 7, { at: 3, path: 'indirect', via: 'b', tookMs: 600 });
  expect(records.of(1, 7)).toEqual({
    at: 3,
    path: 'indirect',
    via: 'b',
    tookMs: 600,
    rttLastMs: 16,
    rttMs: 9,
  });
  records.note(1, 7, { at: 4, path: 'stream', tookMs: 700 });
  expect(records.of(1, 7)?.via).toBeUndefined();
});

test('it is bounded: who was probed longest ago goes first', () => {
  const records = new ProbeRecords();
  for (let slot = 1; slot <= 4097; slot++) {
    records.note(1, 7, { at: 0, path: 'silence', tookMs: 1 });
    records.note(slot, 7, { at: 0, path: 'silence', tookMs: 1 });
  }
  expect([1, 2, 3, 4097].map((slot) => records.of(slot, 7) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('a new life of a member begins anew, in the place of the one before', () => {
  const records = new ProbeRecords();
  records.note(1, 7, { at: 1, path: 'direct', tookMs: 8 });
  expect(records.of(1, 8)).toBeUndefined();
  records.note(1, 8, { at: 2, path: 'direct', tookMs: 16 });
  expect(records.of(1, 8)?.rttMs).toBe(16);
  expect(records.of(1, 7)).toBeUndefined();
});

test('nothing is recorded unless somebody asks for it', () => {
  const world = new OneNode().among('b', 'c');
  world.run(5000);
  expect(world.node.probeOf('b')).toBeUndefined();
  world.node.recordProbes();
  world.run(5000);
  expect(world.node.probeOf('b')).toMatchObject({ path: 'direct', rttMs: expect.any(Number) });
  expect(world.node.probeOf('nobody')).toBeUndefined();
});

test('each way to an answer is told apart and counted', () => {
  const direct = watched();
  direct.world.runTo(direct.atMs + 40);
  direct.world.hear('x', { type: 'ack', seq: direct.seq, news: [] });
  expect(direct.world.node.probeOf('x')).toMatchObject({ path: 'direct' });
  expect(direct.world.node.probeOf('x')?.rttMs).toBeCloseTo(40, 3);

  const late = watched();
  late.world.runTo(late.atMs + 700);
  late.world.hear('x', { type: 'ack', seq: late.seq, news: [] });
  expect(late.world.node.probeOf('x')?.rttMs).toBeCloseTo(700, 3);
  expect(late.world.node.counts.probes.stream).toEqual({ sent: 1, answered: 0 });

  const helped = watched();
  helped.world.runTo(helped.atMs + 550);
  const { to } = helped.world.of('ping-request')[0]!;
  const helper = [...'bcdefghi'].find((name) => helped.world.route(name) === to)!;
  helped.world.hear(helper, { type: 'ack', seq: helped.seq, news: [] });
  expect(helped.world.node.probeOf('x')).toMatchObject({ path: 'indirect', via: helper });
  expect(helped.world.node.probeOf('x')?.rttMs).toBeUndefined();
  expect(helped.world.node.counts.probes.indirect).toEqual({ sent: 3, answered: 1 });

  const streamed = watched();
  streamed.world.runTo(streamed.atMs + 700);
  const probe = streamed.world.of('probe', 'x')[0]!;
  streamed.world.hear('x', { type: 'ack', seq: probe.message.seq, news: [] });
  expect(streamed.world.node.probeOf('x')).toMatchObject({ path: 'stream' });
  expect(streamed.world.node.counts.probes.stream).toEqual({ sent: 1, answered: 1 });
  streamed.world.run(2000);
  expect(streamed.world.eventsOf('member-suspected')).toEqual([]);
});

test('a failed probe is recorded with what it met; a suspicion says the usual round trip', () => {
  const { world, seq, atMs } = watched();
  world.runTo(atMs + 20);
  world.hear('x', { type: 'ack', seq, news: [] });
  world.forgetEffects();
  const again = world.untilPinged('x');
  world.runTo(again.atMs + 600);
  world.fail(world.route('x'), again.message.seq + 1, 'refused');
  world.runTo(again.atMs + 1001);
  const [event] = world.eventsOf('member-suspected');
  expect(event?.path).toMatchObject({ stream: 'refused', health: expect.any(Number) });
  expect(event?.path?.rttMs).toBeCloseTo(20, 3);
  expect(world.node.probeOf('x')).toMatchObject({ path: 'refused' });
  expect(world.node.counts).toMatchObject({
    probes: { failed: { silence: 0, refused: 1, gone: 0 } },
    suspicions: { raised: 1, heard: 0 },
  });
});
