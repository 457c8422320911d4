import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RouteBook } from '../../blocks/peers/book.ts';
import { pureCrypto } from '../../sim/sha256.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { hearsayCodec } from './codec.ts';
import { makePublication, named, skipped, type Hop, type Publication } from './publication.ts';
import { HearsayShared } from './shared.ts';
import type { Note, Run, TopicMessage } from './topic-messages.ts';

const book = new RouteBook({ permanent: true });
const codec = hearsayCodec(new HearsayShared(book, pureCrypto));

const nodeId = fc.constantFrom('0000000000000001', '00000000deadbeef', 'ffffffffffffffff');
const seq = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 52 - 100));
const text = (max: number) =>
  fc.oneof(fc.stringMatching(/^[a-z/]{1,20}$/), fc.constant('x'.repeat(max)));
const hop: fc.Arbitrary<Hop> = fc.record({
  by: nodeId,
  heldMs: fc.nat(),
  path: fc.constantFrom('eager', 'retransmit', 'fetch', 'replay'),
});
const whole: fc.Arbitrary<Publication> = fc
  .record({
    seq,
    form: fc.constant('whole' as const),
    topic: text(128),
    key: fc.oneof(fc.constant(''), text(128)),
    format: fc.constantFrom('bytes', 'json'),
    body: fc.uint8Array({ maxLength: 300 }),
    trace: fc.option(fc.array(hop, { maxLength: 32 }), { nil: undefined }),
  })
  .map(makePublication);
/** Many numbers without an event. */
const row = fc
  .record({ of: seq, more: fc.constantFrom(1, 50, 2 ** 20 - 1) })
  .map(({ of, more }) => skipped(of, Math.min(of + more, 2 ** 52)));
const run: fc.Arbitrary<Run> = fc
  .record({
    origin: fc.record({ nodeId, name: text(128) }),
    events: fc.array(
      fc.oneof(
        whole,
        seq.map((of) => skipped(of)),
        seq.map(named),
        row,
      ),
      {
        minLength: 1,
      },
    ),
  })
  .map(({ origin, events }) => {
    let last = 0;
    const ascending = events.toSorted((a, b) => a.seq - b.seq);
    const apart = ascending.filter((event) => {
      const isAfter = event.seq > last;
      if (isAfter) ({ last } = event);
      return isAfter;
    });
    return { origin, events: apart };
  });
const numbers = { first: seq, count: fc.nat(5000) };
const numbered = (first: number, count: number) => {
  return { first, last: Math.min(2 ** 52, first + count - 1) };
};
const span = fc
  .record({ nodeId, ...numbers })
  .map(({ nodeId: of, first, count }) => ({ nodeId: of, ...numbered(first, count) }));
const note: fc.Arbitrary<Note> = fc.oneof(
  fc.record({ type: fc.constantFrom('prune' as const, 'graft' as const), nodeId }),
  span.map((of) => ({ type: 'have' as const, ...of })),
);
const ack = fc.record({
  last: seq,
  missing: fc.oneof(fc.nat(), fc.constant(0xffffffff)),
  heldMs: fc.nat(255),
});
const message: fc.Arbitrary<TopicMessage> = fc.oneof(
  fc.record({
    type: fc.constant('topic-link' as const),
    step: fc.constantFrom('ask' as const, 'urge', 'grant', 'refuse', 'end'),
    degree: fc.nat(255),
  }),
  fc.record({
    type: fc.constant('topic-flow' as const),
    number: fc.oneof(fc.constant(0), seq),
    ack: fc.option(ack, { nil: undefined }),
    pressure: fc.nat(255),
    notes: fc.array(note),
    runs: fc.array(run, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('topic-page' as const),
    spans: fc.array(span),
    runs: fc.array(run, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('topic-digest' as const),
    purpose: fc.constantFrom('greeting' as const, 'question', 'answer'),
    checksum: fc.nat(),
    spans: fc.array(span),
  }),
  fc.record({
    type: fc.constant('topic-want' as const),
    ranges: fc.array(
      fc.record({ nodeId, from: fc.integer({ min: 1, max: 99 }), to: fc.integer({ min: 99 }) }),
    ),
  }),
  fc.record({ type: fc.constant('topic-doubt' as const), nonce: fc.nat() }),
  fc.record({ nonce: fc.nat(), ...numbers }).map(({ nonce, first, count }) => ({
    type: 'topic-word' as const,
    nonce,
    ...numbered(first, count),
  })),
);

function encoded(of: TopicMessage): Uint8Array {
  const to = new ByteWriter();
  codec.encode(of, to, book);
  return to.copy();
}

test('what is written is read again, and is never more than reserved', () => {
  fc.assert(
    fc.property(message, (one) => {
      const bytes = encoded(one);
      expect(bytes.length).toBeLessThanOrEqual(codec.sizeOf(one));
      expect(codec.decode(new ByteReader(bytes), book)).toEqual(one);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('what is cut off or changed is refused or harmless, and never throws', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, place, flip) => {
      const bytes = encoded(one);
      const at = place % bytes.length;
      expect(codec.decode(new ByteReader(bytes.subarray(0, at)), book)).toBeUndefined();
      bytes[at]! ^= flip;
      codec.decode(new ByteReader(bytes), book);
    }),
    { numRuns: 300, seed: 1 },
  );
});

const ORIGIN = { nodeId: '0123456789abcdef', name: 'api-1' };
const EVENT = makePublication({
  seq: 300,
  form: 'whole',
  topic: 'deploy',
  key: 'k',
  format: 'json',
  body: Uint8Array.of(0x31),
  trace: [{ by: 'fedcba9876543210', heldMs: 7, path: 'fetch' }],
});
const NEXT = makePublication({
  ...EVENT,
  seq: 301,
  key: '',
  format: 'bytes',
  trace: undefined,
});

test.each<[TopicMessage, string]>([
  [{ type: 'topic-link', step: 'urge', degree: 6 }, '31 01 06'],
  [
    {
      type: 'topic-flow',
      number: 5,
      ack: { last: 300, missing: 2, heldMs: 4 },
      pressure: 9,
      notes: [
        { type: 'prune', nodeId: ORIGIN.nodeId },
        { type: 'graft', nodeId: ORIGIN.nodeId },
        { type: 'have', nodeId: ORIGIN.nodeId, first: 2, last: 3 },
      ],
      runs: [{ origin: ORIGIN, events: [EVENT, NEXT, skipped(303), named(304)] }],
    },
    '32 05 ac02 02 04 09 03 00 0123456789abcdef 01 0123456789abcdef 02 0123456789abcdef 02 02 01 ' +
      '0123456789abcdef 056170692d31 04 34 ac02 066465706c6f79 016b 01 fedcba9876543210 02 ' +
      '00000007 01 31 08 01 01 31 01 02 02 01',
  ],
  [
    {
      type: 'topic-page',
      spans: [{ nodeId: ORIGIN.nodeId, first: 1, last: 0 }],
      runs: [{ origin: ORIGIN, events: [NEXT] }],
    },
    '33 01 0123456789abcdef 01 00 01 0123456789abcdef 056170692d31 01 00 ad02 ' +
      '066465706c6f79 01 31',
  ],
  [
    {
      type: 'topic-digest',
      purpose: 'answer',
      checksum: 0xdeadbeef,
      spans: [{ nodeId: ORIGIN.nodeId, first: 1, last: 300 }],
    },
    '34 02 deadbeef 01 0123456789abcdef 01 ac02',
  ],
  [
    { type: 'topic-want', ranges: [{ nodeId: ORIGIN.nodeId, from: 2, to: 2 }] },
    '35 01 0123456789abcdef 02 00',
  ],
  [{ type: 'topic-doubt', nonce: 0xdeadbeef }, '36 deadbeef'],
  [{ type: 'topic-word', nonce: 0xdeadbeef, first: 2, last: 301 }, '37 deadbeef 02 ac02'],
  [{ type: 'topic-word', nonce: 1, first: 1, last: 0 }, '37 00000001 01 00'],
])('version 1, byte for byte: %o', (one, hex) => {
  const text16 = [...encoded(one)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  expect(text16).toBe(hex.replaceAll(' ', ''));
});
