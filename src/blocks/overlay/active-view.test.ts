import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { ActiveView, degreeMax, degreeWanted, shallBridge } from './active-view.ts';

test('up to nine nodes all are linked with all', () => {
  expect([1, 2, 9, 10, 1000].map(degreeWanted)).toEqual([0, 1, 8, 6, 6]);
  expect([2, 9, 1000].map(degreeMax)).toEqual([8, 8, 8]);
});

test('a full node makes room for the urgent alone, and not all the time', () => {
  const view = new ActiveView();
  expect(view.answer(0, 7, 100, 'ask')).toBe('grant');
  expect(view.answer(0, 8, 100, 'ask')).toBe('refuse');
  expect(view.answer(0, 8, 100, 'urge')).toBe('swap');
  expect(view.answer(499, 8, 100, 'urge')).toBe('refuse');
  expect(view.answer(500, 8, 100, 'urge')).toBe('swap');
  expect([0, 2, 3].map((degree) => view.askingOf(degree))).toEqual(['urge', 'urge', 'ask']);
});

test('of many that see members return some ask them for a link', () => {
  const random = new Xoshiro128(1);
  const asking = (returned: number): number =>
    Array.from({ length: 1000 }, () => shallBridge(returned, 1000, random)).filter(Boolean).length;
  expect(asking(1)).toBeGreaterThan(0);
  expect(asking(1)).toBeLessThan(20);
  expect(asking(500)).toBe(1000);
});
