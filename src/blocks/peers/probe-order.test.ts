import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { ProbeOrder } from './probe-order.ts';

const anyone = (): boolean => true;

/** One pass over `capacity` slots. */
function pass(order: ProbeOrder, capacity: number, random: Xoshiro128): number[] {
  return Array.from({ length: capacity }, () => order.next(capacity, random, anyone));
}

test('each pass visits each slot exactly once, for every capacity from 1 to 300', () => {
  for (let capacity = 1; capacity <= 300; capacity++) {
    const order = new ProbeOrder();
    const random = new Xoshiro128(capacity);
    for (let i = 0; i < 3; i++) {
      const visited = pass(order, capacity, random);
      expect(visited.toSorted((a, b) => a - b)).toEqual(visited.map((_, slot) => slot));
    }
  }
});

test('holes are skipped: each wanted slot once a pass', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }),
      fc.nat(),
      (wanted, seed) => {
        const slots = wanted.flatMap((one, slot) => (one ? [slot] : []));
        const order = new ProbeOrder();
        const random = new Xoshiro128(seed);
        for (let i = 0; i < 3; i++) {
          const visited = slots.map(() =>
            order.next(wanted.length, random, (slot) => wanted[slot] === true),
          );
          expect(visited.toSorted((a, b) => a - b)).toEqual(slots);
        }
      },
    ),
  );
});

test('nobody wanted, or no slots at all: −1, and not for ever', () => {
  const order = new ProbeOrder();
  const random = new Xoshiro128(1);
  expect(order.next(0, random, anyone)).toBe(-1);
  expect(order.next(50, random, () => false)).toBe(-1);
  expect(order.next(50, random, (slot) => slot === 17)).toBe(17);
});

test('passes differ', () => {
  const order = new ProbeOrder();
  const random = new Xoshiro128(2);
  const passes = Array.from({ length: 20 }, () => pass(order, 100, random).join());
  expect(new Set(passes).size).toBe(20);
});

test('no member waits longer than 2n − 1 probes', () => {
  for (const n of [1, 2, 3, 7, 50]) {
    const order = new ProbeOrder();
    const random = new Xoshiro128(n, 'wait');
    const last = Array.from({ length: n }, () => -1);
    let longest = 0;
    for (let probe = 0; probe < 200 * n; probe++) {
      const slot = order.next(n, random, anyone);
      longest = Math.max(longest, probe - last[slot]!);
      last[slot] = probe;
    }
    expect(longest).toBeLessThanOrEqual(2 * n - 1);
    expect(Math.min(...last)).toBeGreaterThanOrEqual(0);
  }
});

test('more capacity in mid-pass is seen at the next pass, which is whole', () => {
  const order = new ProbeOrder();
  const random = new Xoshiro128(3);
  const first = Array.from({ length: 4 }, () => order.next(10, random, anyone));
  const rest = Array.from({ length: 6 }, () => order.next(64, random, anyone));
  expect([...first, ...rest].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const visited = pass(order, 64, random);
  expect(visited.toSorted((a, b) => a - b)).toEqual(visited.map((_, slot) => slot));
});

// Correlated round keys make some slots systematically late, unseen by the tests above.
test.each([100, 1000])('over many keys a slot’s position is uniform: capacity %d', (capacity) => {
  const keys = 2000;
  const bins = 10;
  const slots = [0, 1, 2, 3, 7, capacity >> 1, capacity - 2, capacity - 1];
  const counts = slots.map(() => Array.from({ length: bins }, () => 0));
  const sums = slots.map(() => 0);
  const order = new ProbeOrder();
  const random = new Xoshiro128(capacity, 'positions');
  for (let key = 0; key < keys; key++) {
    const position = new Map(pass(order, capacity, random).map((slot, at) => [slot, at]));
    slots.forEach((slot, i) => {
      const at = position.get(slot)!;
      sums[i]! += at;
      counts[i]![Math.floor((at * bins) / capacity)]!++;
    });
  }
  slots.forEach((_, i) => {
    const mean = sums[i]! / keys / (capacity - 1);
    // Standard error of the mean of 2000 uniforms: 0.2887 / √2000 = 0.0065.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * 0.0065);
    let chiSquare = 0;
    for (const count of counts[i]!) chiSquare += (count - keys / bins) ** 2 / (keys / bins);
    expect(chiSquare).toBeLessThan(40); // 9 degrees of freedom; 40 is p = 10⁻⁵.
  });
});

test('over many keys each slot follows each other one equally often', () => {
  const capacity = 10;
  const keys = 9000;
  const order = new ProbeOrder();
  const random = new Xoshiro128(4, 'pairs');
  const counts = new Map<string, number>();
  for (let key = 0; key < keys; key++) {
    const visited = pass(order, capacity, random);
    for (let i = 1; i < capacity; i++) {
      const pair = `${visited[i - 1]} ${visited[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(90);
  // Each of the 90 pairs 900 times, ± 30.
  for (const count of counts.values()) expect(Math.abs(count - 900)).toBeLessThan(160);
});
