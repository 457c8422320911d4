import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventPool } from './event-pool.ts';
import type { EventQueue } from './event-queue.ts';
import { HeapQueue } from './heap-queue.ts';
import { WheelQueue } from './wheel-queue.ts';

const HOUR = 3_600_000;

/** A pool and a queue that answer with the label of the next event. */
class Line {
  readonly #pool = new EventPool(2);
  readonly #queue: EventQueue;

  constructor(queue: new (pool: EventPool) => EventQueue) {
    this.#queue = new queue(this.#pool);
  }

  push(atMs: number, label: number): void {
    const slot = this.#pool.allocate(atMs, 0, 0, 0, label, 0, undefined);
    this.#queue.push(slot);
  }

  peekMs(): number {
    const slot = this.#queue.peek();
    return slot < 0 ? Infinity : this.#pool.atMs(slot);
  }

  pop(): { readonly atMs: number; readonly label: number } | undefined {
    const slot = this.#queue.pop();
    if (slot < 0) return undefined;
    const event = { atMs: this.#pool.atMs(slot), label: this.#pool.x(slot) };
    this.#pool.release(slot);
    return event;
  }
}

const delay = fc.oneof(
  fc.constant(0),
  fc.constantFrom(0.25, 1, 1, 16, 200, 1000, 60_000),
  fc.double({ min: 0, max: 0.2, noNaN: true }),
  fc.double({ min: 0, max: 5_000, noNaN: true }),
  fc.double({ min: 0, max: 200 * HOUR, noNaN: true }),
);
/** Push after a delay, pop, or look ahead, which lets the wheel run ahead of the pushes. */
const step = fc.oneof(
  { weight: 3, arbitrary: delay.map((delayMs) => ({ type: 'push' as const, delayMs })) },
  { weight: 2, arbitrary: fc.constant({ type: 'pop' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'peek' as const }) },
);

test('wheel and heap give one order, that of (time, sequence)', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2 ** 34, noNaN: true }),
      fc.array(step, { maxLength: 300 }),
      (startMs, steps) => {
        const wheel = new Line(WheelQueue);
        const heap = new Line(HeapQueue);
        let nowMs = startMs;
        let pushed = 0;
        let last = { atMs: -1, label: -1 };
        const popBoth = (): boolean => {
          const event = wheel.pop();
          expect(heap.pop()).toEqual(event);
          if (event === undefined) return false;
          expect(event.atMs).toBeGreaterThanOrEqual(last.atMs);
          if (event.atMs === last.atMs) expect(event.label).toBeGreaterThan(last.label);
          last = event;
          nowMs = event.atMs;
          return true;
        };
        for (const each of steps) {
          if (each.type === 'pop') popBoth();
          else if (each.type === 'peek') expect(wheel.peekMs()).toBe(heap.peekMs());
          else {
            wheel.push(nowMs + each.delayMs, pushed);
            heap.push(nowMs + each.delayMs, pushed++);
          }
        }
        while (popBoth());
      },
    ),
    { numRuns: 500 },
  );
});

test('a million events come out in order', () => {
  const wheel = new Line(WheelQueue);
  let seed = 1;
  for (let i = 0; i < 1_000_000; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    wheel.push(seed / 2 ** 16, i);
  }
  let last = -1;
  let count = 0;
  let ordered = true;
  for (let event = wheel.pop(); event !== undefined; event = wheel.pop()) {
    ordered &&= event.atMs >= last;
    last = event.atMs;
    count++;
  }
  expect(ordered).toBe(true);
  expect(count).toBe(1_000_000);
});
