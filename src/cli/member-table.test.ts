import { expect, test } from 'vitest';
import type { ListedMember } from '../agent/control.ts';
import { ago, memberTable, milliseconds } from './member-table.ts';
import { paint, paletteOf, widthOf } from './paint.ts';

const NOW = 1_000_000_000;
const plain = paletteOf(1, {});

function listed(name: string, more: Partial<ListedMember> = {}): ListedMember {
  return {
    name,
    address: '10.0.0.4:7946',
    nodeId: '1',
    status: 'alive',
    tags: {},
    streams: 'yes',
    start: 0,
    counter: 0,
    since: NOW - 90_000,
    ...more,
  };
}

const lines = (members: ListedMember[], columns?: number) =>
  memberTable(members, NOW, columns).map((line) => paint(line, Infinity, plain).trimEnd());

test('a row says status by glyph and word, round trip, since when, and tags', () => {
  const told = lines([
    listed('a', { rttMs: 0.4567, tags: { role: 'worker', zone: 'eu' } }),
    listed('b', { status: 'suspect', since: null }),
    listed('c\u001B[2J', { status: 'dead', since: NOW - 3 * 86_400_000 }),
  ]);
  expect(told).toEqual([
    '   name        status   address        rtt      since  tags',
    '✓  a           alive    10.0.0.4:7946  0.46 ms  90 s   role=worker zone=eu',
    '?  b           suspect  10.0.0.4:7946  -        -',
    '✗  c\\u{1b}[2J  dead     10.0.0.4:7946  -        3 d',
  ]);
});

test('it keeps to the terminal, and says where something was cut off', () => {
  const tags = { comment: 'x'.repeat(100) };
  for (const columns of [80, 40, 10, 1]) {
    const told = lines(
      [listed('a', { tags }), listed('b', { address: '[2001:db8::1]:7946' })],
      columns,
    );
    for (const line of told) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(told[1]).toMatch(/…$/);
  }
  expect(lines([listed('a', { tags })])[1]).toContain('x'.repeat(100));
});

test.each([
  [0, '0 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
  [-5, '0 s'],
])('%d ms ago is %s', (ms, text) => {
  expect(ago(ms)).toBe(text);
});

test('round trips have three digits', () => {
  expect([0.123, 12.34, 123.4].map(milliseconds)).toEqual(['0.12 ms', '12.3 ms', '123 ms']);
});
