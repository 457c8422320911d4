import { expect, test } from 'vitest';
import { ChunkService } from './chunk-service.ts';

const value = { length: 16_000_000, hash: 'a' };
const other = { length: 16_000_000, hash: 'b' };

function drain(service: ChunkService, now: number): string[] {
  const sent: string[] = [];
  for (let next = service.next(now); next !== undefined; next = service.next(now)) {
    sent.push(`${next.to}${next.reference.hash}${next.index}`);
  }
  return sent;
}

test('only four chunks are under way, and askers take turns', () => {
  const service = new ChunkService();
  service.want(1, value, [0, 1, 2, 3]);
  service.want(2, value, [7, 8]);
  service.want(3, value, [9]);
  expect(drain(service, 0)).toEqual(['1a0', '2a7', '3a9', '1a1']);
  expect(service.underWay).toBe(4);
  // 1 has received chunk 0: what it no longer lists has arrived.
  service.want(1, value, [1, 2, 3, 4]);
  expect(drain(service, 10)).toEqual(['2a8']);
  service.want(2, value, []);
  expect(drain(service, 20)).toEqual(['1a2', '1a3']);
});

test('the values of one asker take turns, too', () => {
  const service = new ChunkService();
  service.want(1, value, [0, 1]);
  service.want(1, other, [5]);
  expect(drain(service, 0)).toEqual(['1a0', '1b5', '1a1']);
});

test('what is asked for again while it is under way is not sent twice', () => {
  const service = new ChunkService();
  service.want(1, value, [0]);
  expect(drain(service, 0)).toEqual(['1a0']);
  service.want(1, value, [0]);
  expect(drain(service, 1000)).toEqual([]);
});

test('what nobody acknowledges gives its place up after 2 s, and may be asked for again', () => {
  const service = new ChunkService();
  service.want(1, value, [0, 1, 2, 3]);
  expect(drain(service, 0)).toHaveLength(4);
  service.want(2, value, [0]);
  expect(drain(service, 1999)).toEqual([]);
  expect(drain(service, 2000)).toEqual(['2a0']);
  expect(service.size).toBe(1);
  service.want(1, value, [0]);
  expect(drain(service, 2001)).toEqual(['1a0']);
});

test('who is gone leaves nothing under way', () => {
  const service = new ChunkService();
  service.want(1, value, [0, 1]);
  drain(service, 0);
  service.forget(1);
  service.forget(2);
  expect([service.size, service.underWay]).toEqual([0, 0]);
});

test('askers, values of one and chunks of one are bounded', () => {
  const service = new ChunkService();
  for (let asker = 0; asker < 64; asker++) expect(service.want(asker, value, [1])).toBe(true);
  expect(service.want(64, value, [1])).toBe(false);
  expect(service.want(64, value, [])).toBe(true); // It wants nothing: it needs no place.
  for (const hash of ['b', 'c', 'd']) expect(service.want(0, { ...value, hash }, [1])).toBe(true);
  expect(service.want(0, { ...value, hash: 'e' }, [1])).toBe(false);
  expect(service.turnedAway).toBe(2);
  const one = new ChunkService();
  one.want(1, value, [1, 2, 3, 4, 5, 6, 7, 8]);
  one.want(1, other, []);
  expect(drain(one, 0)).toEqual(['1a1', '1a2', '1a3', '1a4']);
});
