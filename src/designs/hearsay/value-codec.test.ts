import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkCount, ChunkSet, CONTENT_BYTES_MAX, LIST } from '../../blocks/data/index.ts';
import { STREAM_BYTES_MAX } from '../../core/index.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { valueCodec } from './value-codec.ts';
import type { ValueMessage } from './value-messages.ts';

const hash = '0123456789abcdef'.repeat(4);
const of = { hash, length: 16 * 2 ** 20 };
const NOTHING = new Uint8Array(0);

function encode(message: ValueMessage): Uint8Array {
  const to = new ByteWriter();
  valueCodec.write(message, to);
  return to.copy();
}

function decode(type: ValueMessage['type'], bytes: Uint8Array): ValueMessage | undefined {
  const from = new ByteReader(bytes);
  const message = valueCodec.read(type, from);
  return from.ok && from.left === 0 ? message : undefined;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// These bytes never change: nodes of different builds speak version 1. Spaces part the fields.
const small = { hash, length: 130_000 };
const have = Uint8Array.of(0b101);
test.each<[string, ValueMessage, string]>([
  ['want', { type: 'want', of: small, have, indices: [LIST, 0, 2] }, `d0f707 0105 03 000103`],
  ['want', { type: 'want', of: small, have: NOTHING, indices: [] }, `d0f707 00 00`],
  [
    'chunk',
    { type: 'chunk', of: small, have, index: 1, bytes: Uint8Array.of(7, 8) },
    'd0f707 0105 02 0708',
  ],
  ['lack', { type: 'lack', of: small, have, isBusy: true }, 'd0f707 0105 01'],
  ['lack', { type: 'lack', of: small, have: NOTHING, isBusy: false }, 'd0f707 00 00'],
])('%s as bytes', (type, message, hex) => {
  expect(hexOf(encode(message))).toBe(hash + hex.replaceAll(' ', ''));
  expect(decode(type as ValueMessage['type'], encode(message))).toEqual(message);
  expect(valueCodec.sizeOf(message)).toBeGreaterThan(encode(message).length);
});

test('numbers on the wire', () => {
  expect(valueCodec.numbers).toEqual({ want: 14, chunk: 15, lack: 16 });
});

test('the largest messages fit a packet and a stream message', () => {
  const largest = { hash, length: CONTENT_BYTES_MAX };
  const all = ChunkSet.full(chunkCount(CONTENT_BYTES_MAX)).bits;
  const indices = Array.from({ length: 4 }, (_, i) => chunkCount(CONTENT_BYTES_MAX) - 1 - i);
  const want = { type: 'want', of: largest, have: all, indices } as const;
  expect(valueCodec.sizeOf(want)).toBeLessThan(400);
  const bytes = new Uint8Array(60_000);
  const chunk = { type: 'chunk', of: largest, have: all, index: indices[0]!, bytes } as const;
  expect(valueCodec.sizeOf(chunk)).toBeLessThan(STREAM_BYTES_MAX - 40);
  expect(valueCodec.sizeOf(chunk)).toBeGreaterThan(encode(chunk).length);
});

test('what makes no sense is no message', () => {
  const want = encode({ type: 'want', of, have: NOTHING, indices: [0] });
  expect(decode('want', want)).toBeDefined();
  const noLength = want.slice();
  noLength.set([0x80, 0x80, 0x80, 0x00], 32); // The length, in an overlong form or 0.
  expect(decode('want', noLength)).toBeUndefined();
  expect(
    decode('want', encode({ type: 'want', of, have: NOTHING, indices: [280] })),
  ).toBeUndefined();
  const many = { ...of, length: CONTENT_BYTES_MAX + 1 };
  expect(
    decode('want', encode({ type: 'want', of: many, have: NOTHING, indices: [] })),
  ).toBeUndefined();
  const bits = new Uint8Array(34); // One byte too few for 280 chunks.
  expect(decode('want', encode({ type: 'want', of, have: bits, indices: [] }))).toBeUndefined();
  const seventeen = Array.from({ length: 17 }, (_, i) => i);
  expect(
    decode('want', encode({ type: 'want', of, have: NOTHING, indices: seventeen })),
  ).toBeUndefined();
  const bytes = new Uint8Array(60_001);
  expect(
    decode('chunk', encode({ type: 'chunk', of, have: NOTHING, index: 0, bytes })),
  ).toBeUndefined();
  const lack = encode({ type: 'lack', of, have: NOTHING, isBusy: false });
  lack[lack.length - 1] = 2;
  expect(decode('lack', lack)).toBeUndefined();
});

test('noise never throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('want' as const, 'chunk' as const, 'lack' as const),
      fc.uint8Array({ maxLength: 200 }),
      (type, bytes) => {
        const message = decode(type, bytes);
        if (message !== undefined) expect(message.type).toBe(type);
      },
    ),
  );
});
