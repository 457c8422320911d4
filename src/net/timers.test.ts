import { expect, test } from 'vitest';
import { Counters } from './counters.ts';
import { Timers } from './timers.ts';

/** Timers on a clock that a test moves. */
function setUp(): { counters: Counters; timers: Timers; clock: { now: number } } {
  const counters = new Counters();
  const clock = { now: 1000 };
  return { counters, clock, timers: new Timers({ now: () => clock.now, counters }) };
}

async function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('equal times run in the order of asking; early ones never', async () => {
  const { timers, clock } = setUp();
  const ran: number[] = [];
  await new Promise<void>((resolve) => {
    timers.after(2, () => ran.push(1));
    timers.after(1, () => ran.push(2));
    timers.after(2, () => ran.push(3));
    timers.after(9, () => ran.push(4));
    timers.after(2, resolve);
    clock.now += 3;
  });
  expect(ran).toEqual([2, 1, 3]);
  expect(timers.pending).toBe(1);
  timers.clear();
  expect(timers.pending).toBe(0);
});

test('a random load comes out in order', async () => {
  const { timers, clock } = setUp();
  const expected: { readonly at: number; readonly order: number }[] = [];
  const ran: typeof expected = [];
  await new Promise<void>((resolve) => {
    for (let order = 0; order < 2000; order++) {
      const at = (order * 7919) % 101;
      const entry = { at, order };
      expected.push(entry);
      timers.after(at, () => ran.push(entry));
    }
    timers.after(101, resolve);
    clock.now += 110;
  });
  expect(ran).toEqual(expected.sort((a, b) => a.at - b.at || a.order - b.order));
});

test('what a timer asks for runs in a later turn, even at no delay', async () => {
  const { timers } = setUp();
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    timers.after(0, () => {
      timers.after(0, () => {
        ran.push('second');
        resolve();
      });
      setImmediate(() => ran.push('turn'));
    });
  });
  expect(ran).toEqual(['turn', 'second']);
});

test('a late timer waits until a turn brings nothing', async () => {
  const { timers, clock, counters } = setUp();
  // Each of the first five turns brings something.
  Object.defineProperty(counters, 'inputs', { get: () => Math.min(counters.turnsWaited, 5) });
  await new Promise<void>((resolve) => {
    timers.after(0, resolve);
    clock.now += 21;
  });
  expect([counters.turnsWaited, counters.timersLate]).toEqual([6, 1]);
});

test('it waits 128 turns at most', async () => {
  const { timers, clock, counters } = setUp();
  Object.defineProperty(counters, 'inputs', { get: () => counters.turnsWaited });
  await new Promise<void>((resolve) => {
    timers.after(0, resolve);
    clock.now += 1000;
  });
  expect(counters.turnsWaited).toBe(128);
});

test('a timer that is on time waits for nothing', async () => {
  const { timers, clock, counters } = setUp();
  await new Promise<void>((resolve) => {
    timers.after(0, resolve);
    clock.now += 20;
  });
  expect([counters.turnsWaited, counters.timersLate]).toEqual([0, 0]);
});

test('delays are cut to what setTimeout can hold', async () => {
  const { timers, clock } = setUp();
  let ran = false;
  timers.after(Number.POSITIVE_INFINITY, () => {
    ran = true;
  });
  await turn();
  expect(ran).toBe(false);
  clock.now += 2 ** 31 - 2;
  timers.after(0, () => clock.now++);
  while (timers.pending > 0) await turn();
  expect(ran).toBe(true);
});
