import { expect, test } from 'vitest';
import { Counters } from './counters.ts';
import { Rejections } from './rejections.ts';

function setUp(): { counters: Counters; rejections: Rejections; told: [string, string, number][] } {
  const counters = new Counters();
  const told: [string, string, number][] = [];
  const rejections = new Rejections(counters, (...event) => told.push(event));
  return { counters, rejections, told };
}

test('the first is told at once, then at most one in ten seconds with their number', () => {
  const { counters, rejections, told } = setUp();
  for (let now = 0; now <= 20_000; now += 10) rejections.count('checksum', 'a', now);
  expect(told).toEqual([
    ['checksum', 'a', 1],
    ['checksum', 'a', 1000],
    ['checksum', 'a', 1000],
  ]);
  expect(counters.rejected).toEqual({ checksum: 2001 });
});

test('sources and reasons are told apart', () => {
  const { rejections, told } = setUp();
  rejections.count('checksum', 'a', 0);
  rejections.count('version', 'a', 0);
  rejections.count('checksum', 'b', 0);
  expect(told).toHaveLength(3);
});

test('many sources: the table is bounded, and everything is counted', () => {
  const { counters, rejections, told } = setUp();
  for (let i = 0; i < 100_000; i++) rejections.count('checksum', `s${i}`, i / 100);
  expect(rejections.size).toBeLessThan(300);
  expect(told.length).toBeLessThan(300);
  expect(counters.rejected).toEqual({ checksum: 100_000 });
  rejections.count('checksum', 'new', 20_000);
  expect(told.at(-1)).toEqual(['checksum', 'new', 1]);
});
