import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128, type Peer } from '../../core/index.ts';
import { pureCrypto } from '../../sim/sha256.ts';
import { ChunkSet } from './chunk-set.ts';
import { CHUNK_BYTES, contentOf, joined, type Content } from './content.ts';
import { ContentFetch, LIST } from './content-fetch.ts';

const random = new Xoshiro128(7);
const small = contentOf(new Uint8Array(1000).fill(7), pureCrypto);
const large = contentOf(
  new Uint8Array(5 * CHUNK_BYTES + 17).map((_, i) => (i * 7 + (i >> 9)) & 0xff),
  pureCrypto,
);
const COUNT = large.chunks.length;
const full = ChunkSet.full(COUNT);

function some(...indices: number[]): ChunkSet {
  const set = new ChunkSet(COUNT);
  for (const index of indices) set.add(index);
  return set;
}

function part({ list, chunks }: Content, index: number): Uint8Array {
  return index === LIST ? list : chunks[index]!;
}

function expectWhole(fetch: ContentFetch): void {
  const whole = joined(large);
  const bytes = joined(fetch.content);
  expect(bytes).toHaveLength(whole.length);
  expect(bytes.every((byte, i) => byte === whole[i])).toBe(true);
}

/** Asks and lets everyone asked deliver at once; returns who delivered how much. */
function deliverAll(fetch: ContentFetch, now: number): Map<Peer, number> {
  const delivered = new Map<Peer, number>();
  while (!fetch.isDone) {
    const asked = fetch.ask(now, random, 4);
    expect(asked.length).toBeGreaterThan(0);
    for (const peer of asked) {
      for (const index of fetch.askedOf(peer)) {
        expect(fetch.take(peer, index, part(large, index), now)).toBe('taken');
        delivered.set(peer, (delivered.get(peer) ?? 0) + 1);
      }
    }
  }
  return delivered;
}

test('a value of one chunk needs no list', () => {
  const fetch = new ContentFetch(small.reference, pureCrypto, 0);
  fetch.suggest(1, 0);
  expect(fetch.ask(0, random, 4)).toEqual([1]);
  expect(fetch.askedOf(1)).toEqual([0]);
  expect(fetch.take(1, 0, small.chunks[0]!, 5)).toBe('taken');
  expect(fetch.isDone).toBe(true);
  expect(joined(fetch.content)).toEqual(joined(small));
  expect(fetch.content.list).toEqual(small.list);
});

test('the list comes first, alone; then chunks from all who have them', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  for (const peer of [1, 2, 3]) fetch.heard(peer, full, 0);
  expect(fetch.ask(0, random, 4)).toEqual([1]);
  expect(fetch.askedOf(1)).toEqual([LIST]);
  expect(fetch.take(1, LIST, large.list, 1)).toBe('taken');
  const delivered = deliverAll(fetch, 2);
  expect(new Set(delivered.keys())).toEqual(new Set([1, 2, 3]));
  expectWhole(fetch);
});

test('a partner is asked for one chunk until it has delivered, then for up to four', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, full, 0);
  fetch.ask(0, random, 4);
  fetch.take(1, LIST, large.list, 1);
  fetch.heard(2, full, 1);
  fetch.ask(1, random, 8);
  expect(fetch.askedOf(1)).toHaveLength(4);
  expect(fetch.askedOf(2)).toHaveLength(1);
  expect(fetch.outstanding).toBe(5);
});

test('who has a part is asked for that part', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, some(), 0);
  expect(fetch.ask(0, random, 4)).toEqual([]);
  fetch.heard(1, some(3), 0);
  fetch.ask(0, random, 4);
  expect(fetch.askedOf(1)).toEqual([LIST]);
  fetch.take(1, LIST, large.list, 1);
  fetch.ask(1, random, 4);
  expect(fetch.askedOf(1)).toEqual([3]);
});

test('who sends what is false is not asked for a while, and another is', () => {
  for (const [index, bytes] of [
    [LIST, large.list.slice(32)],
    [LIST, large.list.map((byte) => byte ^ 1)],
  ] as const) {
    const fetch = new ContentFetch(large.reference, pureCrypto, 0);
    fetch.heard(1, full, 0);
    fetch.ask(0, random, 4);
    expect(fetch.take(1, index, bytes, 1)).toBe('false');
    expect(fetch.suggest(1, 1)).toBe(false);
    expect([...fetch.partners]).toEqual([]);
    fetch.heard(2, full, 1);
    expect(fetch.ask(1, random, 4)).toEqual([2]);
    expect(fetch.suggest(1, 30_001)).toBe(true);
  }
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, full, 0);
  fetch.ask(0, random, 4);
  fetch.take(1, LIST, large.list, 1);
  fetch.ask(1, random, 1);
  const [index] = fetch.askedOf(1);
  expect(fetch.take(1, index!, large.chunks[index!]!.slice(1), 1)).toBe('false');
  expect(fetch.have.size).toBe(0);
  expect(fetch.outstanding).toBe(0);
});

test('one chunk that is not the value, by content or by length, is false', () => {
  for (const bytes of [small.chunks[0]!.slice(1), new Uint8Array(1000)]) {
    const fetch = new ContentFetch(small.reference, pureCrypto, 0);
    fetch.suggest(1, 0);
    fetch.ask(0, random, 4);
    expect(fetch.take(1, 0, bytes, 1)).toBe('false');
    expect(fetch.list).toBeUndefined();
  }
});

test('what nobody asked for is not even looked at', () => {
  let hashed = 0;
  const crypto = {
    sha256: (data: Uint8Array): Uint8Array => {
      hashed++;
      return pureCrypto.sha256(data);
    },
  };
  const fetch = new ContentFetch(small.reference, crypto, 0);
  expect(fetch.take(1, 0, small.chunks[0]!, 0)).toBe('unasked');
  fetch.suggest(1, 0);
  expect(fetch.take(1, 0, small.chunks[0]!, 0)).toBe('unasked');
  fetch.ask(0, random, 4);
  expect(fetch.take(1, 5, small.chunks[0]!, 0)).toBe('unasked');
  expect(hashed).toBe(0);
});

test('who has nothing, or is busy, is left alone, and longer each time', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.suggest(1, 0);
  let now = 0;
  for (const quietMs of [500, 1000, 2000]) {
    expect(fetch.ask(now, random, 4)).toEqual([1]);
    fetch.lacked(1, full, true, now);
    expect(fetch.outstanding).toBe(0);
    expect(fetch.ask(now + quietMs - 1, random, 4)).toEqual([]);
    now += quietMs;
  }
  fetch.ask(now, random, 4);
  fetch.lacked(1, some(), false, now);
  expect(fetch.ask(now + 9_000, random, 4)).toEqual([]);
  fetch.heard(1, some(2), now + 9_000); // It has something now.
  expect(fetch.ask(now + 9_000, random, 4)).toEqual([1]);
});

test('who lacked something a while ago is asked for it again', () => {
  const fetch = new ContentFetch(small.reference, pureCrypto, 0);
  fetch.heard(1, new ChunkSet(1), 0);
  expect(fetch.ask(9_999, random, 4)).toEqual([]);
  expect(fetch.ask(10_000, random, 4)).toEqual([1]);
});

test('a silent partner is given up after 5 s; meanwhile others are asked for the same', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, full, 0);
  fetch.ask(0, random, 4);
  fetch.told(1, 0);
  expect(fetch.review(999)).toEqual([]);
  expect(fetch.review(1000)).toEqual([1]); // The question may be lost.
  fetch.told(1, 1000);
  fetch.heard(2, full, 1000);
  expect(fetch.ask(1000, random, 4)).toEqual([2]);
  expect(fetch.take(2, LIST, large.list, 1001)).toBe('taken');
  expect(fetch.askedOf(1)).toEqual([]); // Nor is it wanted of the slow one any more.

  const alone = new ContentFetch(large.reference, pureCrypto, 0);
  alone.heard(1, full, 0);
  alone.ask(0, random, 4);
  alone.told(1, 0);
  alone.review(1000);
  expect(alone.ask(1000, random, 4)).toEqual([]); // It was asked already.
  expect(alone.review(5000)).toEqual([1]);
  expect(alone.askedOf(1)).toEqual([]);
  expect(alone.ask(5499, random, 4)).toEqual([]);
  expect(alone.ask(5500, random, 4)).toEqual([1]);
});

test('partners that lack something hear of what has come here, once', () => {
  const fetch = new ContentFetch(small.reference, pureCrypto, 0);
  fetch.heard(1, new ChunkSet(1), 0);
  fetch.heard(2, ChunkSet.full(1), 0);
  expect(fetch.review(0)).toEqual([]);
  fetch.ask(0, random, 4);
  fetch.take(2, 0, small.chunks[0]!, 1);
  expect(fetch.review(1)).toEqual([1]);
  fetch.told(1, 1);
  expect(fetch.review(2)).toEqual([]);
});

test('who is gone is asked for nothing; what it owed is asked of others', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, full, 0);
  fetch.ask(0, random, 4);
  fetch.forget(1);
  fetch.forget(9);
  fetch.heard(2, full, 0);
  expect(fetch.ask(0, random, 4)).toEqual([2]);
});

test('partners are bounded; who has nothing gives way', () => {
  const fetch = new ContentFetch(large.reference, pureCrypto, 0);
  fetch.heard(1, some(), 0);
  for (let peer = 2; peer <= 16; peer++) fetch.heard(peer, full, peer);
  expect(fetch.suggest(17, 0)).toBe(true);
  expect([...fetch.partners]).not.toContain(1);
  fetch.heard(17, full, 20);
  expect(fetch.suggest(18, 0)).toBe(false);
});

function copyOf({ have }: ContentFetch): ChunkSet {
  return ChunkSet.of(have.count, have.bits);
}

/** Members that fetch from each other; messages may be lost, and one member lies or is silent. */
function swarm(seed: number, members: number, lossOf: number, foe: 'liar' | 'mute'): number {
  const chance = new Xoshiro128(seed);
  const fetches = Array.from(
    { length: members },
    () => new ContentFetch(large.reference, pureCrypto, 0),
  );
  const [SOURCE, FOE] = [members, members + 1];
  for (const fetch of fetches) for (const peer of [SOURCE, FOE]) fetch.suggest(peer, 0);
  let now = 0;
  for (; now < 60_000 && fetches.some((fetch) => !fetch.isDone); now += 50) {
    for (const [self, fetch] of fetches.entries()) {
      fetch.suggest(chance.below(members), now);
      for (const peer of new Set([...fetch.ask(now, chance, 4), ...fetch.review(now)])) {
        fetch.told(peer, now);
        if (chance.float() < lossOf || peer === self) continue;
        if (peer < members) fetches[peer]!.heard(self, copyOf(fetch), now);
        for (const index of fetch.askedOf(peer)) {
          if (chance.float() < lossOf) continue;
          if (peer === SOURCE) fetch.take(peer, index, part(large, index), now);
          else if (peer === FOE && foe === 'liar') fetch.take(peer, index, large.list, now);
          else if (peer < members) {
            const bytes = fetches[peer]!.part(index);
            if (bytes === undefined) fetch.lacked(peer, copyOf(fetches[peer]!), false, now);
            else fetch.take(peer, index, bytes, now);
          }
        }
      }
    }
  }
  for (const fetch of fetches) expectWhole(fetch);
  return now;
}

test('members that fetch from each other all get it, despite loss and a member that lies', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0, 0.2),
      fc.constantFrom('liar' as const, 'mute' as const),
      (seed, members, loss, foe) => {
        expect(swarm(seed, members, loss, foe)).toBeLessThan(60_000);
      },
    ),
    { numRuns: 12 },
  );
});
