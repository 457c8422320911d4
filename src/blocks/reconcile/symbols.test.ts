import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { SYMBOL_WORDS } from './places.ts';
import { readSymbols, sizeOfSymbols, symbolCount, writeSymbols } from './symbols.ts';

const rows = fc.array(fc.integer(), { maxLength: 200 }).map((words) => {
  const whole = Int32Array.from(words.slice(0, words.length - (words.length % SYMBOL_WORDS)));
  // The sender's counts are those of a set.
  for (let at = SYMBOL_WORDS - 1; at < whole.length; at += SYMBOL_WORDS) {
    whole[at] = Math.abs(whole[at]! % 20_000);
  }
  return whole;
});

test('symbols come back as they were, and take as many bytes as was said', () => {
  fc.assert(
    fc.property(rows, fc.nat(20_000), fc.nat(10_000), (words, facts, from) => {
      const symbols = { from, words };
      const writer = new ByteWriter();
      writeSymbols(symbols, facts, writer);
      expect(writer.length).toBe(sizeOfSymbols(symbols, facts));
      const reader = new ByteReader(writer.copy());
      expect(readSymbols(from, symbolCount(symbols), facts, reader)).toEqual(symbols);
      expect(reader.left).toBe(0);
    }),
  );
});

test('any bytes are symbols or are refused; an announced number allocates nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.nat(), (bytes, count, facts) => {
      const reader = new ByteReader(bytes);
      const symbols = readSymbols(0, count, facts, reader);
      expect(symbols === undefined).toBe(!reader.ok);
      if (count > 12) expect(symbols).toBeUndefined();
    }),
  );
});

test('a count beyond 31 bits is refused', () => {
  const writer = new ByteWriter();
  for (let word = 0; word < 6; word++) writer.u32(0);
  writer.varint(2 ** 33);
  expect(readSymbols(0, 1, 0, new ByteReader(writer.copy()))).toBeUndefined();
});
