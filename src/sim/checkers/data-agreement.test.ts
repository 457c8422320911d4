import { expect, test } from 'vitest';
import type { HeldEntry } from '../../core/index.ts';
import type { Observed, ObservedNode } from './checker.ts';
import { DataAgreement } from './data-agreement.ts';

const bounds = { boundMs: 10_000, rememberedMs: 100_000 };

function shared(key: string, rank: string, content?: string): HeldEntry {
  return { owner: undefined, isOwn: false, key, rank, content };
}

function node(name: string, data: readonly HeldEntry[], self = 1): ObservedNode {
  return {
    name,
    member: name,
    cluster: 'test',
    self,
    isUp: true,
    stopReason: undefined,
    healthySinceMs: 0,
    downSinceMs: undefined,
    members: () => [{ name, peer: self, start: 1, counter: 0, status: 'alive' }],
    holdings: () => [],
    heldData: () => data,
    timers: () => 0,
    forgettings: 0,
    checksum: () => 0,
  };
}

/** What it complains of, looking at each of these a while after the one before. */
function complaints(...looks: ObservedNode[][]): string[] {
  const checker = new DataAgreement(bounds);
  const told: string[] = [];
  for (const [i, nodes] of looks.entries()) {
    const elapsedMs = 15_000 * (i + 1);
    const run: Observed = { elapsedMs, quietSinceMs: 0, nodes, ownerOf: () => undefined };
    checker.observe(run, (name, text) => told.push(`${name}: ${text}`));
  }
  return told;
}

test('all is well where all hold the same, deletions remembered or not', () => {
  const held = [shared('a', '1', 'x')];
  const both = [node('n', held), node('m', [...held, shared('b', '2')])];
  expect(complaints(both, both, both)).toEqual([]);
});

test('nobody loses what it holds, or goes back', () => {
  const [new_, old] = [shared('a', '2', 'new'), shared('a', '1', 'old')];
  expect(complaints([node('n', [new_])], [node('n', [old])])).toEqual([
    'n: shared a was "new" (2), and is "old" (1)',
  ]);
  expect(complaints([node('n', [new_])], [node('n', [])])).toHaveLength(1);
  expect(complaints([node('n', [new_])], [node('n', [], 2)])).toEqual([]); // A new life.
});

test('what differs is no fault while it is written, and one when all was quiet', () => {
  const ahead = node('n', [shared('a', '2', 'new')]);
  const behind = node('m', [shared('a', '1', 'old')]);
  expect(complaints([ahead, behind])).toEqual([]);
  expect(complaints([ahead, behind], [ahead, behind])).toHaveLength(1);
});

test('state is what its owner says', () => {
  const mine = { ...shared('k', '1', 'x'), owner: 'life', isOwn: true };
  const known = { ...mine, isOwn: false };
  const right = [node('n', [mine]), node('m', [known])];
  expect(complaints(right, right)).toEqual([]);
  const unknown = [node('n', [mine]), node('m', [])];
  expect(complaints(unknown, unknown)).toHaveLength(1);
  const invented = [node('n', [mine]), node('m', [known, { ...known, key: 'other' }])];
  expect(complaints(invented, invented)).toHaveLength(1);
});

test('of a life that is over nothing is left', () => {
  const mine = { ...shared('k', '1', 'x'), owner: 'one', isOwn: true };
  const known = { ...mine, isOwn: false };
  const now = { ...mine, owner: 'two' };
  const before = [node('n', [mine]), node('m', [known])];
  const next = { ...known, owner: 'two' };
  const right = [node('n', [now], 2), node('m', [next])];
  expect(complaints(before, right, right)).toEqual([]);
  const kept = [node('n', [now], 2), node('m', [known, next])];
  expect(complaints(before, kept, kept)).toEqual(['m: one k is of a life of n that is over']);
});

test('what was deleted does not come back', () => {
  const value = shared('a', '1', 'x');
  const deleted = [node('n', [shared('a', '2')]), node('m', [shared('a', '2')])];
  const back = [node('n', [value]), node('m', [value], 2)];
  expect(complaints(deleted, back, back).filter((text) => /is back/.test(text))).toHaveLength(4);
  const unknown = [node('n', [value], 2), node('m', [value], 2)];
  expect(complaints(deleted, unknown, unknown)).toEqual([]); // Lost with all that knew of it.
});

test('nor when deletions are forgotten, unless somebody was away for as long', () => {
  const value = shared('a', '1', 'x');
  const deleted = [node('n', [shared('a', '2')]), node('m', [shared('a', '2')])];
  const gone = [node('n', []), node('m', [])];
  const back = [node('n', [value]), node('m', [value], 2)];
  const forgotten = Array.from({ length: 10 }, (_, i) => (i < 8 ? deleted : gone));
  expect(complaints(...forgotten, back, back)).toHaveLength(4);
  const away = forgotten.map((nodes) =>
    nodes.map((one) => ({ ...one, healthySinceMs: undefined })),
  );
  const later = back.map((one) => ({ ...one, healthySinceMs: 150_000 }));
  expect(complaints(...away, later, later)).toEqual([]);
});
