import { afterEach, expect, test } from 'vitest';
import { collectMarks, mark } from './marks.ts';

afterEach(() => void collectMarks(undefined));

test('marks are counted by name while a table collects them', () => {
  const table = new Map<string, number>();
  mark('before');
  expect(collectMarks(table)).toBe(undefined);
  mark('rare');
  mark('rare');
  mark('other');
  expect(collectMarks(undefined)).toBe(table);
  mark('after');
  expect([...table]).toEqual([
    ['rare', 2],
    ['other', 1],
  ]);
});

test('tables nest: the inner one gives the outer one back', () => {
  const [outer, inner] = [new Map<string, number>(), new Map<string, number>()];
  collectMarks(outer);
  const before = collectMarks(inner);
  mark('a');
  collectMarks(before);
  mark('b');
  expect([...inner.keys()]).toEqual(['a']);
  expect([...outer.keys()]).toEqual(['b']);
});
