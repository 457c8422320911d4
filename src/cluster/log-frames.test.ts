import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrames, encodeFrame, LOG_LINE, RECORD_BYTES_MAX, versionOf } from './log-frames.ts';

const records = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
const bytesOf = (list: readonly Uint8Array[]) => Buffer.concat(list.map(encodeFrame));
const plain = (list: readonly Uint8Array[]) => list.map((record) => [...record]);

test('records come back, to the last byte', () => {
  fc.assert(
    fc.property(records, fc.nat({ max: 9 }), (list, start) => {
      const data = Buffer.concat([Buffer.alloc(start, 7), bytesOf(list)]);
      const read = decodeFrames(data, start);
      expect(plain(read.records)).toEqual(plain(list));
      expect(read.end).toBe(data.length);
    }),
  );
});

test('every prefix gives the records that are whole in it', () => {
  fc.assert(
    fc.property(records, (list) => {
      const data = bytesOf(list);
      for (let length = 0; length <= data.length; length++) {
        const read = decodeFrames(data.subarray(0, length));
        expect(plain(read.records)).toEqual(plain(list.slice(0, read.records.length)));
        expect(bytesOf(list.slice(0, read.records.length)).length).toBe(read.end);
        const next = list[read.records.length];
        if (next !== undefined) expect(length - read.end).toBeLessThan(8 + next.length);
      }
    }),
    { numRuns: 40 },
  );
});

test('behind a damaged byte nothing is believed, before it everything', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, where, change) => {
      const data = bytesOf(list);
      if (data.length === 0) return;
      const at = where % data.length;
      data[at]! ^= change;
      const read = decodeFrames(data);
      expect(plain(read.records)).toEqual(plain(list.slice(0, read.records.length)));
      expect(read.end).toBeLessThanOrEqual(at);
      const next = list[read.records.length];
      expect(at).toBeLessThan(read.end + 8 + (next?.length ?? 0));
    }),
  );
});

test('a hole of zeros is no record, nor is an announced length beyond all bounds', () => {
  expect(decodeFrames(new Uint8Array(100))).toEqual({ records: [], end: 0 });
  expect(decodeFrames(new Uint8Array(100).fill(255)).records).toEqual([]);
  const large = encodeFrame(new Uint8Array(RECORD_BYTES_MAX + 1));
  expect(decodeFrames(large).records).toEqual([]);
});

test('the first line tells the version', () => {
  expect(versionOf(LOG_LINE)).toBe(1);
  expect(versionOf(Buffer.from('hearsay log 12\nxyz'))).toBe(12);
  for (const other of ['', 'hearsay log 1', 'hearsay log x\n', 'Hearsay log 1\n']) {
    expect(versionOf(Buffer.from(other))).toBe(undefined);
  }
});
