import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeNeighbour,
  encodeStamp,
  encodeStart,
  loadSaved,
  NEIGHBOURS_MAX,
  recordsOf,
} from './saved.ts';

const start = fc.nat({ max: 2 ** 48 - 1 });
const address = fc.constantFrom('10.0.0.1:1', '10.0.0.2:65535', '[2001:db8::1]:7946', '[::1]:1');
const record = fc.oneof(
  start.map(encodeStart),
  address.map(encodeNeighbour),
  fc.nat({ max: 2 ** 48 - 1 }).map(encodeStamp),
);

test('a start comes back, the latest of several', () => {
  expect(loadSaved([]).start).toBe(undefined);
  expect(loadSaved([encodeStart(5), encodeStart(7)]).start).toBe(7);
  expect(loadSaved([encodeStart(7), encodeStart(5)]).start).toBe(7);
  fc.assert(
    fc.property(start, (one) => {
      expect(loadSaved([encodeStart(one)]).start).toBe(one);
    }),
  );
});

test('neighbours come back once each, the latest mention last, at most 64', () => {
  const log = ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.1:1'].map(encodeNeighbour);
  expect(loadSaved(log).addresses).toEqual(['10.0.0.2:1', '10.0.0.1:1']);
  const many = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}:1`);
  expect(loadSaved(many.map(encodeNeighbour)).addresses).toEqual(many.slice(-64));
});

test('every prefix of a log loads, its last record cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), record, (whole, last) => {
      const expected = loadSaved(whole);
      for (let length = 0; length < last.length; length++) {
        expect(loadSaved([...whole, last.subarray(0, length)])).toEqual(expected);
      }
    }),
  );
});

test('damage and unknown kinds are as if they had not been written', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (garbage) => {
      expect(Array.isArray(loadSaved(garbage).addresses)).toBe(true);
    }),
  );
  const good = encodeStart(5);
  const log = [Uint8Array.of(99, 1, 2), good, Uint8Array.of(), Uint8Array.of(2, 4)];
  expect(loadSaved(log)).toEqual({
    start: 5,
    addresses: [],
    wallMs: undefined,
  });
});

test('the latest stamp counts, also when the clock was set back', () => {
  expect(loadSaved([]).wallMs).toBe(undefined);
  expect(loadSaved([encodeStamp(9.5), encodeStamp(7)]).wallMs).toBe(7);
  expect(loadSaved([encodeStamp(-1)]).wallMs).toBe(0);
});

test('what a log says can be said anew, in fewer records', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), (log) => {
      const loaded = loadSaved(log);
      const anew = [...recordsOf(loaded)];
      expect(loadSaved(anew)).toEqual(loaded);
      expect(anew.length).toBeLessThanOrEqual(Math.min(log.length, NEIGHBOURS_MAX + 2));
      expect(loadSaved([...log, ...anew])).toEqual(loaded); // A crash between the two is no harm.
    }),
  );
});
