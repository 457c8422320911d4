import { expect, test } from 'vitest';
import { compare, type Compared } from './comparison.ts';
import type { Entry } from './entry.ts';
import type { Line } from './line.ts';

const line = (measured: string, rest: Partial<Line> = {}): Line => ({
  what: 'a',
  on: 'N = 10, process 3 % busy',
  measured,
  target: '–',
  ...rest,
});

const entry = (commit: string, lines: readonly Line[], group = 'storm'): Entry => ({
  group,
  commit,
  date: '',
  machine: 'load 2.0 1 1',
  lines,
});

/** Before nodes had data, and since. */
const both = (was: Line, is: Line, group?: string): Compared | undefined =>
  compare([entry('b9685bd', [was], group), entry('later', [is], group)]).rows[0];

test.each([
  ['2.00 s, 5', '2.09 s, 5', 1.045, 'same'],
  ['2.00 s, 5', '2.20 s, 4', 1.1, 'worse'],
  ['2.00 s, 5', '1.00 s, 5', 0.5, 'better'],
  ['1,000 (0)', '1,000 (3)', Infinity, 'worse'],
  ['seed 3: accuracy', 'seed 9: accuracy', null, 'same'],
  ['never', '2 s', null, 'same'],
])('%s, now %s', (was, is, ratio, verdict) => {
  const row = both(line(was), line(is, { on: 'N = 10, process 9 % busy' }));
  expect(row?.verdict).toBe(verdict);
  if (ratio === null) expect(row?.ratio).toBeNull();
  else expect(row?.ratio).toBeCloseTo(ratio, 9);
});

test('speeds are better the more they are, and say how busy the machine was', () => {
  const what = 'flagship: million events a second';
  const row = both(line('0.50', { what }), line('0.40', { what }), 'speed');
  expect(row).toMatchObject({ verdict: 'worse', ratio: 0.8 });
  expect(row?.note).toContain('load 2.0 → 2.0');
});

test('what has no row of the same name and scenario is said', () => {
  const old = entry('b9685bd', [line('1'), line('2', { what: 'b' })]);
  const now = entry('later', [line('9', { on: 'N = 20' })]);
  const gone = entry('b9685bd', [line('1')], 'detect');
  const { rows, unpaired } = compare([gone, old, now]);
  expect(rows).toEqual([]);
  expect(unpaired.map(({ why }) => why)).toEqual([
    'not recorded again',
    'another scenario since',
    'another name since',
  ]);
});
