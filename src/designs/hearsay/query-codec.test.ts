import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { queryCodec } from './query-codec.ts';
import { QUERY_BYTES_MAX, QUERY_MS_MAX, type QueryMessage } from './query-messages.ts';
import { NO_RANGE } from './query-messages.ts';

const nodeId = fc.constantFrom('0000000000000001', '00000000deadbeef', 'ffffffffffffffff');
const text = fc.oneof(fc.string({ minLength: 1, maxLength: 30 }), fc.constant('n'.repeat(128)));
const bytes = fc.uint8Array({ maxLength: QUERY_BYTES_MAX });
const where = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 5 })
  .filter((tags) => !Object.hasOwn(tags, '__proto__'));
const range = fc.oneof(
  fc.constant(NO_RANGE),
  fc.tuple(nodeId, nodeId).map((both) => {
    const [first, last] = both.sort() as [string, string];
    return { first, last };
  }),
);

const message: fc.Arbitrary<QueryMessage> = fc.oneof(
  fc
    .record({
      id: nodeId,
      asker: text,
      name: text,
      payload: bytes,
      where,
      range,
      leftMs: fc.nat(QUERY_MS_MAX),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      acknowledge: fc.boolean(),
    })
    .map(({ range: own, part, ...of }) => {
      const spreadMs = Math.floor(of.leftMs * part);
      return { type: 'query', ...of, ...own, spreadMs } as const;
    }),
  fc.record({
    type: fc.constant('query-receipt'),
    id: nodeId,
    of: fc.constantFrom('query', 'acknowledgement', 'answer'),
  }),
  fc.record({
    type: fc.constant('query-answer'),
    id: nodeId,
    verdict: fc.constantFrom('acknowledged', 'answered', 'failed', 'no-handler', 'busy'),
    value: bytes,
  }),
);

function bytesOf(one: QueryMessage): Uint8Array {
  const to = new ByteWriter();
  queryCodec.write(one, to);
  return to.copy();
}

test('what is written is read, and is as long as was said', () => {
  fc.assert(
    fc.property(message, (one) => {
      const written = bytesOf(one);
      expect(written.length).toBe(queryCodec.sizeOf(one) - 1);
      const from = new ByteReader(written);
      expect(queryCodec.read(one.type, from)).toEqual(one);
      expect(from.ok).toBe(true);
    }),
  );
});

test('what is cut or changed is refused, or means something', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(255), (one, where, value) => {
      const written = bytesOf(one);
      const at = where % written.length;
      const cut = new ByteReader(written.slice(0, at));
      queryCodec.read(one.type, cut);
      expect(cut.ok).toBe(false);
      written[at] = value;
      const changed = new ByteReader(written);
      const read = queryCodec.read(one.type, changed);
      if (read === undefined || !changed.ok || changed.left > 0) return;
      expect(bytesOf(read)).toEqual(written);
    }),
  );
});

test.each([
  ['a payload over 1 kB', { payload: new Uint8Array(1025) }],
  ['more time than there is', { leftMs: QUERY_MS_MAX + 1 }],
  ['to be silent for longer than is asked', { spreadMs: 6000 }],
  ['nobody who asks', { asker: '' }],
  ['no name', { name: '' }],
  ['a name over its bound', { name: 'n'.repeat(129) }],
])('garbage: %s', (_what, change) => {
  const sound = {
    type: 'query',
    id: '00000000000000aa',
    asker: 'a',
    name: 'b',
    payload: new Uint8Array(),
    where: {},
    ...NO_RANGE,
    leftMs: 5000,
    spreadMs: 0,
    acknowledge: false,
  } as const;
  const from = new ByteReader(bytesOf({ ...sound, ...change }));
  queryCodec.read('query', from);
  expect(from.ok).toBe(false);
});
