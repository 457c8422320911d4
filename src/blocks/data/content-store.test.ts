import { expect, test } from 'vitest';
import { pureCrypto } from '../../sim/sha256.ts';
import { contentOf, type Content } from './content.ts';
import { ContentStore } from './content-store.ts';

const content = (fill: number, length = 1000): Content =>
  contentOf(new Uint8Array(length).fill(fill), pureCrypto);

test('a value stays while an entry names it, and goes a grace time after the last', () => {
  const store = new ContentStore(10_000, 60_000);
  const value = content(1);
  store.put(value, 0);
  store.name(value.reference);
  store.name(value.reference);
  store.unname(value.reference, 1000);
  store.sweep(1_000_000);
  expect(store.get(value.reference)).toBe(value);
  store.unname(value.reference, 1_000_000);
  store.sweep(1_059_999);
  expect(store.bytes).toBe(1000);
  store.sweep(1_060_000);
  expect(store.has(value.reference)).toBe(false);
  expect(store.bytes).toBe(0);
  expect(store.size).toBe(0);
});

test('named again within the grace time, it stays', () => {
  const store = new ContentStore(10_000, 60_000);
  const value = content(1);
  store.put(value, 0);
  store.name(value.reference);
  store.sweep(100_000);
  expect(store.has(value.reference)).toBe(true);
});

test('what is named and not here is missing, until it is put or not named any more', () => {
  const store = new ContentStore(10_000, 60_000);
  const [here, absent] = [content(1), content(2)];
  store.name(here.reference);
  store.name(absent.reference);
  store.put(here, 0);
  expect([...store.missing()]).toEqual([absent.reference]);
  store.unname(absent.reference, 0);
  expect([...store.missing()]).toEqual([]);
  store.unname(absent.reference, 0); // Once too often: nothing.
  expect(store.size).toBe(1);
});

test('beyond the bound what nobody names gives way, then nothing more is taken', () => {
  const store = new ContentStore(2500, 60_000);
  const [first, second, third] = [content(1), content(2), content(3)];
  store.put(first, 0);
  store.put(second, 0);
  store.name(second.reference);
  expect(store.put(third, 1)).toBe(true);
  expect(store.has(first.reference)).toBe(false);
  store.name(third.reference);
  expect(store.fits(501)).toBe(false);
  expect(store.fits(300, 300)).toBe(false);
  expect(store.put(content(4), 2)).toBe(false);
  expect(store.turnedAway).toBe(1);
  expect(store.bytes).toBe(2000);
});

test('a reference that lies about the length of a value that is here names another one', () => {
  const store = new ContentStore(2500, 60_000);
  const value = content(1);
  store.put(value, 0);
  expect(store.has({ ...value.reference, length: 999 })).toBe(false);
});
