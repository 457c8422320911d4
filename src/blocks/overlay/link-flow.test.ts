import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arrivals, HELD_MS_MAX, LinkFlow, type FlowAck } from './link-flow.ts';

/** A link whose packets and acknowledgements arrive or not, one step of 10 ms at a time. */
function run(losses: readonly boolean[], contents: number): number[] {
  const flow = new LinkFlow<number>(1, 0);
  const arrivals = new Arrivals();
  const got: number[] = [];
  const waiting = Array.from({ length: contents }, (_, i) => i);
  let acks: { readonly atMs: number; readonly ack: FlowAck }[] = [];
  let draw = 0;
  const isLost = (): boolean => losses[draw++ % losses.length] === true && draw < 60;
  for (let now = 0; now < 200_000; now += 10) {
    for (const { ack } of acks.filter(({ atMs }) => atMs <= now)) {
      waiting.unshift(...flow.acknowledged(now, ack).lost);
    }
    acks = acks.filter(({ atMs }) => atMs > now);
    waiting.unshift(...flow.overdue(now));
    if (waiting.length === 0 && flow.flying === 0) return got;
    while (flow.isOpen && waiting.length > 0) {
      const content = waiting.shift()!;
      const number = flow.sent(now, content);
      if (isLost() || !arrivals.note(number)) continue;
      got.push(content);
      const { last, missing } = arrivals;
      if (!isLost()) acks.push({ atMs: now + 40, ack: { last, missing, heldMs: 0 } });
    }
  }
  throw new Error('never settled');
}

test('all that is sent arrives in the end, whatever is lost', () => {
  const losses = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 200 }), (lost, contents) => {
      expect(new Set(run(lost, contents)).size).toBe(contents);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('without loss nothing is sent again', () => {
  expect(run([false], 500)).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('a packet is lost when three later ones have arrived and a round trip is over', () => {
  const flow = new LinkFlow<string>(1, 0);
  for (const content of ['a', 'b', 'c', 'd']) flow.sent(0, content);
  flow.roundTrip.note(40);
  expect(flow.acknowledged(40, { last: 3, missing: 0b10, heldMs: 0 })).toEqual({
    arrived: ['b', 'c'],
    lost: [],
  });
  expect(flow.acknowledged(46, { last: 4, missing: 0b100, heldMs: 0 })).toEqual({
    arrived: ['d'],
    lost: ['a'],
  });
});

test('the window closes, grows with what arrives and shrinks once for each loss', () => {
  const flow = new LinkFlow<number>(1, 0);
  while (flow.isOpen) flow.sent(0, 0);
  const first = flow.flying;
  flow.acknowledged(10, { last: first, missing: 0, heldMs: 0 });
  while (flow.isOpen) flow.sent(10, 0);
  const second = flow.flying;
  expect(second).toBe(2 * first);
  expect(flow.overdue(10_000)).toHaveLength(second);
  while (flow.isOpen) flow.sent(10_000, 0);
  expect(flow.flying).toBe(Math.ceil(second * 0.7));
});

test('whoever was given up too soon shows how slow the link is, and opens the window again', () => {
  const flow = new LinkFlow<number>(1, 0);
  flow.roundTrip.note(10);
  while (flow.isOpen) flow.sent(0, 0);
  const { flying } = flow;
  expect(flow.overdue(100)).toHaveLength(flying);
  flow.acknowledged(400, { last: flying, missing: 0, heldMs: 0 });
  expect(flow.roundTrip.patienceMs).toBeGreaterThan(400);
  while (flow.isOpen) flow.sent(400, 0);
  expect(flow.flying).toBe(flying);
});

test('an acknowledgement that comes again after an idle while is no round trip', () => {
  const flow = new LinkFlow<number>(1, 0);
  flow.roundTrip.note(10);
  flow.sent(0, 0);
  expect(flow.overdue(100)).toHaveLength(1);
  flow.acknowledged(30_000, { last: 1, missing: 0, heldMs: HELD_MS_MAX });
  expect(flow.roundTrip.patienceMs).toBeLessThan(100);
});

test('an acknowledgement of what was never sent changes nothing', () => {
  const flow = new LinkFlow<string>(10, 0);
  flow.sent(0, 'a');
  expect(flow.acknowledged(5, { last: 5, missing: 0, heldMs: 0 }).arrived).toEqual([]);
  expect(flow.flying).toBe(1);
  flow.acknowledged(500, { last: 2 ** 50, missing: 0, heldMs: 0 });
  expect(flow.flying).toBe(1);
});

test('arrivals tell what is missing of the last 32', () => {
  const arrivals = new Arrivals();
  expect([7, 8, 8, 11].map((number) => arrivals.note(number))).toEqual([true, true, false, true]);
  expect([arrivals.last, arrivals.missing & 0xff]).toEqual([11, 0b11110011]);
  expect(arrivals.note(10)).toBe(true);
  expect(arrivals.missing & 0xff).toBe(0b11110010);
  expect(arrivals.note(60)).toBe(true);
  expect(arrivals.missing).toBe(0xffffffff);
  expect(arrivals.note(9)).toBe(false); // Too old to tell.
});
