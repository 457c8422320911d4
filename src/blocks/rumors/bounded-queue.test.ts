import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

const bounds = { itemsMax: 4, bytesMax: 100, itemBytesMax: 50 };

test('first in, first out; what does not fit is refused and counted', () => {
  const queue = new BoundedQueue<string>(bounds);
  expect(queue.push('a', 40)).toBe(true);
  expect(queue.push('too large', 51)).toBe(false);
  expect(queue.push('b', 40)).toBe(true);
  expect(queue.push('too much', 21)).toBe(false);
  expect(queue.push('c', 20)).toBe(true);
  expect([queue.size, queue.bytes, queue.overflows]).toEqual([3, 100, 2]);
  expect(queue.take(79)).toEqual(['a']); // The second does not fit, and nobody overtakes it.
  expect(queue.take(60)).toEqual(['b', 'c']);
  expect([queue.size, queue.bytes]).toEqual([0, 0]);
});

test('the newest about a subject stands where the oldest stood, and only once', () => {
  const queue = new BoundedQueue<string>(bounds);
  queue.push('old', 40, 'x');
  queue.push('other', 40, 'y');
  expect(queue.push('new', 50, 'x')).toBe(true);
  expect(queue.push('larger', 61, 'x')).toBe(false); // Above all that is left: the old one stays.
  expect(queue.bytes).toBe(90);
  expect(queue.take(1000)).toEqual(['new', 'other']);
  queue.push('again', 10, 'x'); // What was taken is no subject any more.
  expect(queue.take(1000)).toEqual(['again']);
});

test('it keeps its bounds and its order, and forgets nothing, whatever comes', () => {
  const push = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.option(fc.nat(3)));
  const step = fc.oneof(push, fc.nat(120));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new BoundedQueue<number>(bounds);
      let model: { id: number; bytes: number; subject: number | undefined }[] = [];
      let refused = 0;
      for (const [id, one] of steps.entries()) {
        if (typeof one === 'number') {
          const count = model.findIndex((_, i) => {
            const bytes = model.slice(0, i + 1).reduce((sum, item) => sum + item.bytes, 0);
            return bytes > one;
          });
          const expected = count === -1 ? model : model.slice(0, count);
          model = model.slice(expected.length);
          expect(queue.take(one)).toEqual(expected.map((item) => item.id));
          continue;
        }
        const [bytes, given] = one;
        const subject = given ?? undefined;
        const before = model.find((item) => item.subject === subject && subject !== undefined);
        if (!queue.push(id, bytes, subject)) refused++;
        else if (before === undefined) model.push({ id, bytes, subject });
        else Object.assign(before, { id, bytes });
        expect(queue.overflows).toBe(refused);
        expect(queue.size).toBe(model.length);
        expect(queue.bytes).toBe(model.reduce((sum, item) => sum + item.bytes, 0));
        expect(queue.size).toBeLessThanOrEqual(bounds.itemsMax);
        expect(queue.bytes).toBeLessThanOrEqual(bounds.bytesMax);
      }
    }),
  );
});
