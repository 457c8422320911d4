/** What a node believes of one origin, and takes back. */
import { expect, test } from 'vitest';
import type { Peer } from '../../../core/index.ts';
import { makePublication } from '../publication.ts';
import { OriginState, type Doubt } from './origins.ts';

const PEER: Peer = 1;

function state(...held: number[]): OriginState {
  const origin = new OriginState('00000000000000aa', 'a');
  for (const seq of held) origin.log.add(event(seq));
  while (origin.log.deliver() !== undefined);
  return origin;
}

function event(seq: number) {
  const text = { topic: 't', key: '', format: 'bytes', body: new Uint8Array(1) } as const;
  return makePublication({ seq, form: 'whole', ...text, trace: undefined });
}

/** Asked at this moment. */
function doubt({ log: { next, highest } }: OriginState): Doubt {
  const of = { peer: PEER, nonce: 1, askedMs: 0, asks: 1, isAnswered: true, again: false };
  return { ...of, next, highest };
}

function believed(origin: OriginState, first: number, last: number, asked = doubt(origin)) {
  return origin.believe({ first, last, atMs: 1 }, asked).map(({ seq }) => seq);
}

test('what waits above the last there is goes', () => {
  const origin = state(1, 2, 3, 9);
  expect(believed(origin, 1, 5)).toEqual([9]);
  expect([origin.last, origin.claimedLast]).toEqual([3, 3]);
});

test('what was told above the last there is goes, and its numbers are awaited again', () => {
  const origin = state(1, 2, 3, 4, 5);
  expect(believed(origin, 1, 3)).toEqual([4, 5]);
  expect([origin.log.first, origin.last]).toEqual([1, 3]);
});

test('what has come since the question was asked stays', () => {
  const origin = state(1, 2, 3);
  const asked = doubt(origin);
  for (const seq of [4, 7]) origin.log.add(event(seq));
  origin.log.deliver();
  expect(believed(origin, 1, 3, asked)).toEqual([]);
  expect([origin.last, origin.claimedLast]).toEqual([4, 7]);
});

test('a gap that ends above the last there is was none; one that ends below it stays', () => {
  const origin = state(1, 2);
  origin.passOver(10);
  origin.passOver(500);
  expect(believed(origin, 1, 20)).toEqual([]);
  expect([origin.log.first, origin.log.next]).toEqual([10, 10]);
  expect(believed(origin, 1, 5)).toEqual([]);
  expect([origin.log.first, origin.log.next]).toEqual([3, 3]);
});

test('a newcomer that was told of a past above the last there is begins again', () => {
  const origin = state();
  origin.beginAt(1000, 2000);
  expect(believed(origin, 7, 20)).toEqual([]);
  expect([origin.log.first, origin.log.next, origin.replayedTo]).toEqual([7, 7, 20]);
});

test('what is the past of a newcomer ends with the last there is', () => {
  const origin = state();
  origin.beginAt(1, 2000);
  believed(origin, 1, 20);
  expect([origin.log.next, origin.replayedTo]).toEqual([1, 20]);
});

test('claims above the last there is go, but for those that came after the question', () => {
  const origin = state(1, 2, 3);
  origin.claimed(PEER, 1, 9, 10);
  origin.claimed(2, 1, 3, 10);
  origin.claimed(3, 1, 4, 20);
  expect(origin.disclaim(3, 15)).toBe(1);
  expect([...(origin.sources ?? [])].map(([peer]) => peer)).toEqual([2, 3]);
});
