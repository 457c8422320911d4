import { expect, test } from 'vitest';
import { Pipe } from './pipe.ts';

/** Sends a lot and says how many are under way after each round trip. */
function rounds(pipe: Pipe, count: number, lossIn?: number): number[] {
  let sent = 0;
  let delivered = 0;
  for (let i = 0; i < 10_000; i++) pipe.push(() => void sent++);
  return Array.from({ length: count }, (_, round) => {
    const underWay = sent - delivered;
    if (round === lossIn) pipe.lost();
    for (let i = 0; i < underWay; i++) pipe.delivered();
    delivered += underWay;
    return underWay;
  });
}

test('a window starts with 10, doubles each round trip and ends at 64 kB', () => {
  expect(rounds(new Pipe(), 5)).toEqual([10, 20, 40, 46, 46]);
});

test('a loss halves it; from there it grows by one each round trip', () => {
  const [, , , full, after, later] = rounds(new Pipe(), 6, 3);
  expect(full).toBe(46);
  expect(after).toBe(24);
  expect(later).toBe(25);
});

test('after however many losses two may be under way', () => {
  const pipe = new Pipe();
  for (let i = 0; i < 20; i++) pipe.lost();
  let sent = 0;
  for (let i = 0; i < 5; i++) pipe.push(() => void sent++);
  expect(sent).toBe(2);
});
