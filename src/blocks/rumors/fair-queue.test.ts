import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';
import { FairShare } from './fair-share.ts';

const PACKET = 1360;
const bounds = { weight: 1, itemsMax: 1000, bytesMax: 100_000, itemBytesMax: PACKET };

test('while all fits, all goes, in order within each class', () => {
  const queue = new FairQueue<'state' | 'user', string>({ state: bounds, user: bounds });
  queue.push('user', 'u1', 600);
  queue.push('state', 's1', 100);
  queue.push('user', 'u2', 600);
  const taken = queue.take(PACKET);
  expect(taken.toSorted()).toEqual(['s1', 'u1', 'u2']);
  expect(taken.filter((item) => item.startsWith('u'))).toEqual(['u1', 'u2']);
  expect([queue.size(), queue.bytes()]).toEqual([0, 0]);
});

test('a class that is full says so, and counts it', () => {
  const queue = new FairQueue<'state' | 'user', number>({
    state: bounds,
    user: { ...bounds, itemsMax: 1 },
  });
  expect([queue.push('user', 1, 10), queue.hasRoom('user', 10)]).toEqual([true, false]);
  expect([queue.push('user', 2, 10), queue.push('state', 3, PACKET + 1)]).toEqual([false, false]);
  expect([queue.overflows('user'), queue.overflows('state')]).toEqual([1, 1]);
  expect([...queue.holdings()]).toContainEqual({
    what: 'user items that wait',
    count: 1,
    countMax: 1,
  });
});

test('a flood of one class leaves the others their share of each packet', () => {
  const queue = new FairQueue<'membership' | 'state' | 'user', string>({
    membership: { ...bounds, weight: 2 },
    state: bounds,
    user: bounds,
  });
  for (let i = 0; i < 100; i++) queue.push('user', 'user', 100);
  for (let i = 0; i < 10; i++) queue.push('membership', 'membership', 60);
  queue.push('state', 'state', 300);
  const first = queue.take(PACKET);
  expect(first.filter((item) => item === 'membership')).toHaveLength(10);
  expect(first).toContain('state');
  expect(first.filter((item) => item === 'user')).toHaveLength(4);
  // And nothing is held back for who has nothing to say.
  expect(queue.take(PACKET)).toHaveLength(13);
});

test('under a flood in all classes each has its weight of the bytes, whatever its items', () => {
  const items = fc.array(fc.integer({ min: 1, max: PACKET }), { minLength: 1, maxLength: 5 });
  const kinds = fc.array(fc.tuple(fc.constantFrom(1, 2, 5), items), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(kinds, (classes) => {
      const share = new FairShare(classes.map(([weight]) => weight));
      const sent = classes.map(() => 0);
      const next = classes.map(() => 0);
      const packets = 400;
      let total = 0;
      for (let packet = 0; packet < packets; packet++) {
        let left = PACKET;
        share.divide(
          PACKET,
          classes.map(() => 1e9),
          (kind, room) => {
            const sizes = classes[kind]![1];
            const nextBytes = (): number => sizes[next[kind]! % sizes.length]!;
            let used = 0;
            for (; used + nextBytes() <= room; next[kind]!++) used += nextBytes();
            sent[kind]! += used;
            left -= used;
            return used;
          },
        );
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThan(PACKET); // Somebody sends something.
        total += PACKET - left;
      }
      const weights = classes.reduce((sum, [weight]) => sum + weight, 0);
      for (const [kind, [weight]] of classes.entries()) {
        expect(sent[kind]! / total).toBeGreaterThan((weight / weights) * 0.9);
      }
    }),
    { numRuns: 40 },
  );
});

test('nobody waits for ever: an item as large as a packet beside many small ones', () => {
  const queue = new FairQueue<'bulk' | 'small', string>({ bulk: bounds, small: bounds });
  queue.push('bulk', 'large', PACKET);
  let packets = 0;
  for (let found = false; !found; packets++) {
    while (queue.hasRoom('small', 50)) queue.push('small', 'small', 50);
    found = queue.take(PACKET).includes('large');
  }
  expect(packets).toBeLessThanOrEqual(3);
});
