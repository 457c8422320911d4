import { expect, test } from 'vitest';
import { Keyring, KEYS_MAX } from './keyring.ts';

const key = (id: number) => ({ id, fingerprint: `f${id}` });
const refused = expect.objectContaining({ code: 'BAD_KEY' }) as unknown;

function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

test('add, use, remove: each in its order', () => {
  const ring = new Keyring([key(1)]);
  expect(codeOf(() => ring.use('f2'))).toEqual(refused);
  expect(codeOf(() => ring.remove('f1'))).toEqual(refused);
  expect([ring.add(key(2)), ring.add(key(2))]).toEqual([true, false]);
  expect(ring.current.id).toBe(1);
  ring.use('f2');
  expect(ring.list()).toEqual([
    { fingerprint: 'f1', used: false },
    { fingerprint: 'f2', used: true },
  ]);
  expect(ring.find(1)).toEqual(key(1));
  expect(ring.remove('f1')).toEqual(key(1));
  expect(ring.find(1)).toBeUndefined();
  expect(codeOf(() => ring.remove('f1'))).toEqual(refused);
});

test('no two keys of one id, and no more than eight', () => {
  const ring = new Keyring([key(1), key(2)]);
  expect(ring.current.id).toBe(1);
  expect(codeOf(() => ring.add({ id: 2, fingerprint: 'other' }))).toEqual(refused);
  for (let id = 3; id <= KEYS_MAX; id++) ring.add(key(id));
  expect(codeOf(() => ring.add(key(100)))).toEqual(refused);
});
