import { expect, test } from 'vitest';
import { StreamWatch } from './stream-watch.ts';

function watched(): { watch: StreamWatch; told: boolean[] } {
  const told: boolean[] = [];
  return { watch: new StreamWatch((isBlocked) => told.push(isBlocked)), told };
}

test('three failed dials to members that live are a blocked TCP; one that opens ends it', () => {
  const { watch, told } = watched();
  for (const address of ['a', 'b', 'a']) {
    expect(told).toEqual([]);
    watch.failed(address);
    watch.heard(address);
  }
  expect([told, watch.isBlocked]).toEqual([[true], true]);
  watch.failed('c');
  watch.heard('c');
  expect(told).toEqual([true]);
  watch.opened();
  watch.opened();
  expect(told).toEqual([true, false]);
});

test('the dead are no evidence, nor is one closed port among others that open', () => {
  const { watch, told } = watched();
  for (let i = 0; i < 100; i++) watch.failed(`dead ${i}`);
  watch.heard('somebody');
  for (let i = 0; i < 100; i++) {
    watch.failed('closed');
    watch.heard('closed');
    if (i % 2 === 1) watch.opened();
  }
  expect(told).toEqual([]);
});
