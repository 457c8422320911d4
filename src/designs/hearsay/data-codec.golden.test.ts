/** Messages about data, byte for byte: these never change. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../blocks/data/index.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { dataCodec, readEntry, writeEntry } from './data-codec.ts';
import type { DataMessage } from './data-messages.ts';

const owner = '0123456789abcdef';
const bytes = Uint8Array.of(1, 2, 3);
const set: Entry = {
  type: 'state',
  owner,
  key: 'load',
  version: 300,
  value: { kind: 'json', bytes },
  ageMs: 0,
};
const gone: Entry = { ...set, version: 1, value: undefined, ageMs: 128 };
const shared: Entry = {
  type: 'map',
  key: 'größe',
  stamp: { wallMs: 1_700_000_000_000, count: 2, by: owner },
  value: { kind: 'bytes', bytes: new Uint8Array(0) },
  ageMs: 0,
};
const words = Int32Array.of(1, 2, 3, 4, 5, 6, 10, -1, 0, 0, 0, 0, 0, 8);

// Spaces part the fields.
test.each<[DataMessage, string]>([
  [
    { type: 'data-gossip', entries: [set, gone] },
    `02 00 046c6f6164 ${owner} ac02 03 010203 08 046c6f6164 ${owner} 01 8001`,
  ],
  [
    { type: 'data-compare', checksum: { high: 1, low: 0xffffffff }, memory: 'fresh' },
    '00 00000001 ffffffff',
  ],
  [{ type: 'data-agree', checksum: { high: 0, low: 2 }, memory: 'whole' }, '01 00000000 00000002'],
  [
    { type: 'data-page', entries: [shared], last: true, want: false, memory: 'doubtful' },
    `09 01 03 076772c3b6c39f65 018bcfe56800 0002 ${owner} 00`,
  ],
  [
    {
      type: 'data-symbols',
      memory: 'whole',
      salt: [1, 2, 3, 0xffffffff],
      held: 10,
      symbols: { from: 0, words },
    },
    '01 00000001 00000002 00000003 ffffffff 0a 00 02 ' +
      '000000010000000200000003000000040000000500000006 00 ' +
      'ffffffff0000000000000000000000000000000000000000 02',
  ],
  [{ type: 'data-ask', symbolsEnd: 200, ids: [] }, 'c801 00'],
  [{ type: 'data-ask', symbolsEnd: 0, ids: [7, 0xffffffff] }, '00 02 00000007 ffffffff'],
  [{ type: 'data-ahead', key: 'k', aheadMs: 360_000 }, '016b c0fc15'],
  [{ type: 'data-word', version: 0, asks: true }, '01 00'],
  [{ type: 'data-word', version: 2 ** 48 - 1, asks: false }, '00 ffffffffffff3f'],
])('%#: these bytes', (message, expected) => {
  const to = new ByteWriter();
  dataCodec.write(message, to);
  expect(hex(to.view())).toBe(expected.replaceAll(' ', ''));
  expect(dataCodec.sizeOf(message)).toBeGreaterThanOrEqual(to.length + 1);
  const from = new ByteReader(to.copy());
  expect(dataCodec.read(message.type, from)).toEqual(message);
  expect([from.ok, from.left]).toEqual([true, 0]);
});

test('the numbers of types', () => {
  expect(dataCodec.numbers).toEqual({
    'data-gossip': 10,
    'data-compare': 11,
    'data-agree': 12,
    'data-page': 13,
    'data-symbols': 29,
    'data-ask': 30,
    'data-ahead': 31,
    'data-word': 28,
  });
});

const key = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
const nodeId = fc.stringMatching(/^[0-9a-f]{16}$/).filter((id) => id !== '0000000000000000');
const content = fc.oneof(
  fc.record({
    value: fc.record({
      kind: fc.constantFrom('json' as const, 'bytes' as const),
      bytes: fc.uint8Array({ maxLength: 512 }),
    }),
    ageMs: fc.constant(0),
  }),
  fc.record({ value: fc.constant(undefined), ageMs: fc.nat(2 ** 30) }),
);
const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc
    .tuple(key, nodeId, fc.integer({ min: 1, max: 2 ** 48 - 1 }), content)
    .map(([k, of, version, rest]) => ({
      type: 'state' as const,
      owner: of,
      key: k,
      version,
      ...rest,
    })),
  fc
    .tuple(key, nodeId, fc.nat(2 ** 48 - 1), fc.nat(65_535), content)
    .map(([k, by, wallMs, count, rest]) => ({
      type: 'map' as const,
      key: k,
      stamp: { wallMs, count, by },
      ...rest,
    })),
);

test('an entry is read as it was written; a part of it is none', () => {
  fc.assert(
    fc.property(entries, fc.nat(1000), (entry, cut) => {
      const to = new ByteWriter();
      writeEntry(entry, to);
      const from = new ByteReader(to.copy());
      expect(readEntry(from)).toEqual(entry);
      expect([from.ok, from.left]).toEqual([true, 0]);
      const part = new ByteReader(to.copy(), 0, cut % to.length);
      readEntry(part);
      expect(part.ok).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('whatever comes, reading ends and takes no more than is there', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(dataCodec.numbers) as DataMessage['type'][])),
      fc.uint8Array({ maxLength: 200 }),
      (type, garbage) => {
        const from = new ByteReader(garbage);
        const message = dataCodec.read(type, from);
        if (message === undefined || !from.ok || from.left > 0) return;
        const to = new ByteWriter();
        dataCodec.write(message, to);
        expect(hex(to.view())).toBe(hex(garbage)); // One message, one encoding.
      },
    ),
    { numRuns: 300 },
  );
});

function hex(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
