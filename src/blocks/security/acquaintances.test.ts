import { expect, test } from 'vitest';
import { Acquaintances } from './acquaintances.ts';

const id = (n: number): string => n.toString(16).padStart(16, '0');

test('lives that come and go are forgotten, oldest first; those with a route never', () => {
  const kept = new Set([id(0)]);
  const forgotten: string[] = [];
  const known = new Acquaintances<number>({
    isKept: (sender) => kept.has(sender),
    strangersMax: 10,
    onForgotten: (sender) => forgotten.push(sender),
  });
  for (let n = 0; n < 1000; n++) {
    kept.add(id(n));
    known.set(id(n), n);
    if (n > 3) kept.delete(id(n - 3));
    expect(known.size).toBeLessThanOrEqual(kept.size + 2 * 10);
  }
  expect(known.get(id(0))).toBe(0);
  expect(known.get(id(999))).toBe(999);
  expect(known.get(id(500))).toBeUndefined();
  expect(forgotten).toEqual([...forgotten].sort());
  expect(forgotten.length + known.size).toBe(1000);
});

test('what is remembered may change, or end without being forgotten', () => {
  const forgotten: string[] = [];
  const known = new Acquaintances<string>({
    isKept: () => false,
    strangersMax: 1,
    onForgotten: (sender) => forgotten.push(sender),
  });
  known.set(id(1), 'a');
  known.set(id(1), 'b');
  expect([known.get(id(1)), known.size, forgotten]).toEqual(['b', 1, []]);
  known.deleteWhere((what) => what === 'b');
  expect([known.get(id(1)), known.size, forgotten]).toEqual([undefined, 0, []]);
});
