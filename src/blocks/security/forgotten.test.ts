import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { Forgotten } from './forgotten.ts';

test('none is missed, and few are mistaken', () => {
  const random = new Xoshiro128(1);
  const draw = (): string =>
    [random.u32(), random.u32()].map((word) => word.toString(16).padStart(8, '0')).join('');
  const lives = Array.from({ length: 50_000 }, draw);
  const forgotten = new Forgotten();
  expect(lives.some((life) => forgotten.has(life))).toBe(false);
  for (const life of lives) forgotten.add(life);
  expect(lives.every((life) => forgotten.has(life))).toBe(true);
  const mistaken = Array.from({ length: 20_000 }, draw).filter((life) => forgotten.has(life));
  expect(mistaken.length).toBeLessThan(20_000 / 200);
});
