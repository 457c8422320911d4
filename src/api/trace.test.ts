import { expect, test } from 'vitest';
import type { TraceReport } from '../designs/hearsay/index.ts';
import { treeOf } from './trace.ts';

const TRACED = { origin: 'a', nodeId: 'id-a', seq: 1, topic: 't' };

function report(parent: string, wallMs: number, path: TraceReport['path'] = 'eager'): TraceReport {
  return { parent: `id-${parent}`, path, heldMs: 1, hops: 1, wallMs };
}

function tree(reports: Record<string, TraceReport>, members: readonly string[] = []) {
  const map = new Map(Object.entries(reports));
  return treeOf(TRACED, map, (nodeId) => nodeId.slice('id-'.length), members);
}

test('who has it from whom, the soonest first', () => {
  const { roots, silent } = tree(
    { a: report('a', 100), b: report('a', 130), c: report('a', 120), d: report('b', 150, 'fetch') },
    ['a', 'b', 'e'],
  );
  expect(silent).toEqual(['e']);
  expect(roots).toMatchObject([
    {
      member: 'a',
      children: [
        { member: 'c', atMs: 20, children: [] },
        { member: 'b', atMs: 30, children: [{ member: 'd', path: 'fetch', atMs: 50 }] },
      ],
    },
  ]);
});

test('where the publisher is silent, those nearest to it are the roots', () => {
  const { roots } = tree({ b: report('a', 130), d: report('b', 150) });
  expect(roots).toMatchObject([{ member: 'b', atMs: 0, children: [{ member: 'd', atMs: 20 }] }]);
});

test('reports that make a circle are no tree, and harmless', () => {
  const { roots } = tree({ a: report('a', 1), b: report('c', 2), c: report('b', 3) });
  expect(roots).toMatchObject([{ member: 'a', children: [] }]);
});
