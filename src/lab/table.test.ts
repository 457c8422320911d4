import { expect, test } from 'vitest';
import { csv, textTable } from './table.ts';

test('CSV quotes what needs it', () => {
  const rows = [
    { name: 'a "b", c', count: 1, at: null },
    { name: 'two\nlines', count: 0.5, at: 7 },
  ];
  expect(csv(rows)).toBe('name,count,at\n"a ""b"", c",1,\n"two\nlines",0.5,7\n');
});

test('a table aligns text to the left and numbers to the right', () => {
  const rows = [
    { mode: 'push', nodes: 5, rounds: '2.0–3.5' },
    { mode: 'push-pull', nodes: 100, rounds: null },
  ];
  expect(textTable(rows)).toBe(
    [
      'mode       nodes   rounds',
      '---------  -----  -------',
      'push           5  2.0–3.5',
      'push-pull    100        -',
      '',
    ].join('\n'),
  );
});
