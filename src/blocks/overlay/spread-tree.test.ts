import { expect, test } from 'vitest';
import { SpreadTree } from './spread-tree.ts';

test('the first link is the parent; the others are told to be lazy, once each', () => {
  const tree = new SpreadTree();
  tree.fresh(3);
  expect([tree.duplicate(1), tree.duplicate(1), tree.duplicate(3)]).toEqual([true, false, false]);
  tree.fresh(1); // A hushed link was faster once: that moves nothing.
  expect([tree.parent, tree.isWanted(1), tree.isWanted(3)]).toEqual([3, false, true]);
});

test('a new link that is faster becomes the parent, and the old one is told', () => {
  const tree = new SpreadTree();
  tree.fresh(3);
  tree.fresh(5);
  expect([tree.parent, tree.duplicate(3)]).toEqual([5, true]);
});

test('a graft makes a parent of a hushed link', () => {
  const tree = new SpreadTree();
  tree.fresh(0);
  tree.duplicate(31);
  tree.graft(31);
  expect([tree.parent, tree.isWanted(31), tree.duplicate(0)]).toEqual([31, true, true]);
});

test('the other side says what it wants', () => {
  const tree = new SpreadTree();
  tree.asked(31, false);
  expect([tree.isEager(31), tree.isEager(30)]).toEqual([false, true]);
  tree.asked(31, true);
  expect(tree.isEager(31)).toBe(true);
});

test('without its parent a tree opens all links', () => {
  const tree = new SpreadTree();
  tree.fresh(2);
  tree.duplicate(0);
  tree.duplicate(4);
  expect(tree.reset(4)).toBe(false);
  expect(tree.reset(2)).toBe(true);
  expect([tree.openAll(), tree.isWanted(0), tree.parent]).toEqual([1, true, -1]);
});
