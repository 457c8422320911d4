import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantError, varintBytes } from '../core/index.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter, textBytes } from './writer.ts';

type Field = {
  readonly kind: 'u8' | 'u16' | 'u32' | 'u48' | 'f64' | 'varint';
  readonly value: number;
};

const field = fc.oneof<fc.Arbitrary<Field>[]>(
  fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 0xff }) }),
  fc.record({ kind: fc.constant('u16' as const), value: fc.integer({ min: 0, max: 0xffff }) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
  fc.record({ kind: fc.constant('u48' as const), value: fc.maxSafeNat().map((n) => n % 2 ** 48) }),
  fc.record({ kind: fc.constant('f64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
);

const text = fc.string({ unit: 'binary' });

test('what is written is read, in any order of fields', () => {
  fc.assert(
    fc.property(fc.array(field), text, fc.uint8Array(), (fields, words, raw) => {
      const to = new ByteWriter(1);
      for (const { kind, value } of fields) to[kind](value);
      to.text(words);
      to.bytes(raw);
      const from = new ByteReader(to.copy());
      for (const { kind, value } of fields) expect(from[kind]()).toBe(value);
      expect(from.text(textBytes(words))).toBe(words);
      expect(from.bytes(raw.length)).toEqual(raw);
      expect([from.ok, from.left]).toEqual([true, 0]);
    }),
  );
});

test("bytes read from a Buffer are no Buffer, whose copies would share the packet's memory", () => {
  const packet = Buffer.from([1, 2, 3]);
  const from = new ByteReader(packet, 1);
  const read = from.bytes(1);
  from.reset(packet);
  expect([read.constructor, from.bytes(1).constructor]).toEqual([Uint8Array, Uint8Array]);
  const kept = read.slice();
  packet[1] = 9;
  expect([read[0], kept[0]]).toEqual([9, 2]);
});

test('text is the UTF-8 of the Encoding standard, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const words = String.fromCharCode(...units);
      const bytes = new TextEncoder().encode(words);
      const to = new ByteWriter();
      to.text(words);
      expect(textBytes(words)).toBe(bytes.length);
      expect(to.copy().subarray(varintBytes(bytes.length))).toEqual(bytes);
    }),
  );
});

test('any bytes as text: what a strict decoder gives, or a failure', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const nearly = fc
    .array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5))
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.oneof(nearly, fc.uint8Array({ maxLength: 20 })), (bytes) => {
      let expected: string | undefined;
      try {
        expected = strict.decode(bytes);
      } catch {
        expected = undefined;
      }
      const from = new ByteReader(Uint8Array.from([bytes.length, ...bytes]));
      expect(from.text(127)).toBe(expected ?? '');
      expect(from.ok).toBe(expected !== undefined);
    }),
    { numRuns: 2000 },
  );
});

test('cut anywhere, reading fails for good and never throws', () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), fc.nat(), (fields, cut) => {
      const to = new ByteWriter();
      for (const { kind, value } of fields) to[kind](value);
      const from = new ByteReader(to.copy(), 0, cut % to.length);
      for (const { kind } of fields) from[kind]();
      expect(from.ok).toBe(false);
      expect([from.u8(), from.varint(), from.text(9), from.left]).toEqual([0, 0, '', 0]);
      expect(from.bytes(1)).toHaveLength(0);
    }),
  );
});

test('an announced length beyond what is there fails', () => {
  const to = new ByteWriter();
  to.varint(Number.MAX_SAFE_INTEGER);
  const from = new ByteReader(to.view());
  expect(from.text(Number.MAX_SAFE_INTEGER)).toBe('');
  expect(from.ok).toBe(false);
  const long = new ByteReader(Uint8Array.of(2, 0x41, 0x41));
  expect([long.text(1), long.ok]).toEqual(['', false]);
});

test.each([
  ['not in its shortest form', [0x80, 0x00]],
  ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
  ['without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
])('a varint %s is bad', (_name, bytes) => {
  const from = new ByteReader(Uint8Array.from(bytes));
  expect([from.varint(), from.ok]).toEqual([0, false]);
});

test('a negative length is bad', () => {
  const from = new ByteReader(Uint8Array.of(1, 2, 3));
  from.u8();
  expect(from.bytes(-1)).toHaveLength(0);
  expect(from.ok).toBe(false);
});

test('a value that does not fit is a bug of the caller', () => {
  const to = new ByteWriter();
  for (const write of [
    () => to.u8(256),
    () => to.u8(-1),
    () => to.u16(65536),
    () => to.u32(2 ** 32),
    () => to.u32(0.5),
    () => to.u48(2 ** 48),
    () => to.varint(2 ** 53),
    () => to.varint(-1),
  ]) {
    expect(write).toThrow(InvariantError);
  }
});

test('varintBytes is what varint writes', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat({ max: 53 }), (value, shift) => {
      const small = Math.floor(value / 2 ** shift);
      const to = new ByteWriter();
      to.varint(small);
      expect(varintBytes(small)).toBe(to.length);
    }),
  );
});

test('a length known later is filled in', () => {
  const to = new ByteWriter();
  to.u32(0);
  to.u8(7);
  to.setU32(0, 0xfffefdfc);
  expect([...to.view()]).toEqual([0xff, 0xfe, 0xfd, 0xfc, 7]);
  to.clear();
  expect(to.length).toBe(0);
});
