import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TransmitQueue } from './transmit-queue.ts';

/** No limit that matters. */
const OFTEN = 1000;

function queueOf(...subjects: number[]): TransmitQueue<string> {
  const queue = new TransmitQueue<string>();
  for (const subject of subjects) queue.push(subject, `s${subject}`, 10);
  return queue;
}

test('what was sent least often goes first, and of these what has waited longest', () => {
  const queue = queueOf(1, 2, 3);
  expect(queue.take(20, 1, OFTEN)).toEqual(['s1', 's2']);
  queue.push(4, 's4', 10);
  expect(queue.take(20, 1, OFTEN)).toEqual(['s3', 's4']);
  expect(queue.take(20, 1, OFTEN)).toEqual(['s1', 's2']);
  expect(queue.take(30, 1, OFTEN)).toEqual(['s3', 's4', 's1']);
});

test('a newer item of a subject replaces the older and starts again', () => {
  const queue = queueOf(1, 2);
  queue.take(20, 1, OFTEN);
  queue.push(2, 'newer', 10);
  expect(queue.size).toBe(2);
  expect(queue.take(10, 1, OFTEN)).toEqual(['newer']);
  expect(queue.take(99, 1, OFTEN)).toEqual(['s1', 'newer']);
});

test('what fits as a whole is one list until something changes', () => {
  const queue = queueOf(1, 2);
  const all = queue.take(20, 1, 3);
  expect(queue.take(20, 1, 3)).toBe(all);
  queue.push(3, 's3', 10);
  expect(queue.take(30, 1, 3)).toEqual(['s1', 's2', 's3']);
  expect(queue.take(30, 1, 3)).toEqual(['s3']);
});

test('an item cools when it has been sent so often, however many at a time', () => {
  const queue = queueOf(1);
  expect([1, 2, 3, 4].map(() => queue.take(10, 1, 3).length)).toEqual([1, 1, 1, 0]);
  expect([queue.size, queue.has(1)]).toEqual([0, false]);
  queue.push(2, 's2', 10);
  expect([1, 2, 3].map(() => queue.take(10, 3, 5).length)).toEqual([1, 1, 0]);
});

test('clear and delete forget at once, also what was sent before', () => {
  const queue = queueOf(1, 2, 3);
  queue.take(20, 1, OFTEN);
  queue.delete(1);
  queue.delete(99);
  expect(queue.take(19, 1, OFTEN)).toEqual(['s3']);
  expect(queue.take(99, 1, OFTEN).toSorted()).toEqual(['s2', 's3']);
  queue.clear();
  expect([queue.size, queue.has(2), queue.take(99, 1, OFTEN).length]).toEqual([0, false, 0]);
  queue.push(2, 'again', 10);
  expect(queue.take(99, 1, OFTEN)).toEqual(['again']);
});

test('the last item of a subject that goes takes nothing with it that came after', () => {
  const queue = queueOf(1);
  queue.push(1, 'newer', 10);
  expect(queue.take(99, 1, 1)).toEqual(['newer']);
  queue.push(1, 'newest', 10);
  expect(queue.take(99, 1, OFTEN)).toEqual(['newest']);
});

test('a backlog of many packets leaves in order', () => {
  const subjects = Array.from({ length: 50 }, (_, i) => i);
  const queue = queueOf(...subjects);
  const sent = [1, 2, 3, 4, 5].flatMap(() => queue.take(100, 1, OFTEN));
  expect(sent).toEqual(subjects.map((subject) => `s${subject}`));
});

test('what does not fit keeps its place: it is first when there is room', () => {
  const queue = new TransmitQueue<string>();
  queue.push(1, 'large', 50);
  queue.push(2, 'small', 10);
  queue.push(3, 'other', 10);
  expect(queue.take(15, 1, OFTEN)).toEqual(['small']);
  expect(queue.take(60, 1, OFTEN)).toEqual(['large', 'other']);
});

test('large items are not starved by small ones that keep coming', () => {
  const queue = new TransmitQueue<string>();
  const sent: string[] = [];
  queue.push(1000, 'small', 10);
  for (let subject = 0; subject < 5; subject++) queue.push(subject, 'large', 95);
  for (let i = 5; i < 65; i += 4) {
    for (let subject = i; subject < i + 4; subject++) queue.push(subject, 'small', 10);
    sent.push(...queue.take(100, 1, OFTEN));
  }
  expect(sent.filter((one) => one === 'large')).toHaveLength(5);
});

test('large items at the front leave the room to small ones behind them', () => {
  const queue = new TransmitQueue<string>();
  for (let subject = 0; subject < 3; subject++) queue.push(subject, 'large', 80);
  for (let subject = 3; subject < 9; subject++) queue.push(subject, 'small', 5);
  expect(queue.take(100, 1, OFTEN)).toEqual(['large', 'small', 'small', 'small', 'small']);
});

interface Model {
  readonly subject: number;
  readonly version: number;
  readonly bytes: number;
  sent: number;
}

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('push' as const), fc.nat(9), fc.nat(30)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('take' as const), fc.nat(80), fc.nat(2)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), fc.nat(9), fc.nat(0)) },
);

const OFTEN_IN_PART: [string, number, number][] = [
  ['push', 0, 0],
  ['push', 1, 0],
  ['take', 2, 0],
  ['take', 1, 0],
  ['take', 2, 2],
];

test('whatever happens: within the budget, nothing twice, nothing past its limit', () => {
  const limit = 5;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const queue = new TransmitQueue<Model>();
      const model = new Map<number, Model>();
      let version = 0;
      for (const [type, first, second] of operations) {
        if (type === 'push') {
          const item = { subject: first, version: version++, bytes: second + 1, sent: 0 };
          queue.push(first, item, item.bytes);
          model.set(first, item);
        } else if (type === 'delete') {
          queue.delete(first);
          model.delete(first);
        } else {
          const taken = queue.take(first, second + 1, limit);
          let bytes = 0;
          for (const item of taken) {
            bytes += item.bytes;
            expect(model.get(item.subject)).toBe(item); // The latest of its subject.
            expect(item.sent).toBeLessThan(limit);
            item.sent += second + 1;
            if (item.sent >= limit) model.delete(item.subject);
          }
          expect(bytes).toBeLessThanOrEqual(first);
          expect(new Set(taken).size).toBe(taken.length);
        }
        expect(queue.size).toBe(model.size);
        for (let subject = 0; subject < 10; subject++) {
          expect(queue.has(subject)).toBe(model.has(subject));
        }
      }
      // Whoever is left is sent until it has cooled.
      for (let i = 0; i < 10 * limit; i++) queue.take(31, 1, limit);
      expect(queue.size).toBe(0);
    }),
    // What a packet took in part, and later ones as a whole: one run in a thousand has it.
    { numRuns: 2000, examples: [[OFTEN_IN_PART]] },
  );
});

/** Makes garbage go, so that what is still held can be counted. */
const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

test('items replaced before they are sent again do not pile up', async () => {
  const contents: WeakRef<object>[] = [];
  const queue = new TransmitQueue<object>();
  for (let i = 0; i < 20_000; i++) {
    const content = {};
    contents.push(new WeakRef(content));
    queue.push(i % 20, content, 10);
    // Fresh news fills each packet: what was sent once and then replaced is not met again.
    if (i % 12 === 0) queue.take(100, 1, OFTEN);
  }
  await new Promise((resolve) => setImmediate(resolve)); // A WeakRef holds until its turn ends.
  collectGarbage();
  expect(queue.size).toBe(20);
  expect(contents.filter((content) => content.deref() !== undefined).length).toBeLessThan(200);
});
