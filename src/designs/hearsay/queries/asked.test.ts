import { expect, test } from 'vitest';
import { Asked } from './asked.ts';

test('each member counts once, and by its last word', () => {
  const asked = new Asked(['a', 'b', 'c'], Infinity);
  expect(asked.take('a', 'acknowledged')).toBe('news');
  expect(asked.take('a', 'acknowledged')).toBe('known');
  expect(asked.silent).toEqual(['b', 'c']);
  expect(asked.take('a', 'answered')).toBe('news');
  expect(asked.take('a', 'failed')).toBe('known');
  expect(asked.take('b', 'no-handler')).toBe('news');
  expect(asked.take('b', 'acknowledged')).toBe('known');
  expect(asked.end).toBeUndefined();
  expect(asked.take('c', 'busy')).toBe('news');
  expect(asked.end).toBe('complete');
  expect(asked.counts).toEqual({
    asked: 3,
    acknowledged: 3,
    answered: 1,
    refused: { failed: 0, 'no-handler': 1, busy: 1, 'too-large': 0 },
  });
});

test('who was not asked does not count', () => {
  const asked = new Asked(['a'], Infinity);
  expect(asked.take('b', 'answered')).toBe('stranger');
  expect(asked.counts.answered).toBe(0);
});

test('nobody waits for the dead; but what they say counts', () => {
  const asked = new Asked(['a', 'b'], Infinity);
  asked.take('a', 'answered');
  asked.lose('a');
  asked.lose('stranger');
  expect(asked.end).toBeUndefined();
  asked.lose('b');
  expect(asked.end).toBe('complete');
  expect(asked.take('b', 'acknowledged')).toBe('news');
  expect(asked.end).toBeUndefined();
  asked.lose('b');
  expect(asked.take('b', 'answered')).toBe('news');
  expect(asked.end).toBe('complete');
  expect(asked.counts).toMatchObject({ acknowledged: 2, answered: 2 });
});

test('as many answers as are wanted end it; nobody asked ends it too', () => {
  const asked = new Asked(['a', 'b', 'c'], 2);
  asked.take('a', 'answered');
  asked.take('b', 'failed');
  expect(asked.end).toBeUndefined();
  asked.take('c', 'answered');
  expect(asked.end).toBe('enough');
  expect(new Asked([], 1).end).toBe('complete');
});
