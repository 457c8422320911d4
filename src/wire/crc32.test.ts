import { crc32 as reference } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

test('agrees with zlib, whole and in part', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(), fc.nat(), (data, a, b) => {
      expect(crc32(data)).toBe(reference(data));
      const start = a % (data.length + 1);
      const end = start + (b % (data.length - start + 1));
      expect(crc32(data, start, end)).toBe(reference(data.subarray(start, end)));
    }),
  );
});

test('the check value of the catalogue of CRC algorithms', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
