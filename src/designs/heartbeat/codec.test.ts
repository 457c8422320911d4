import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RouteBook } from '../../blocks/peers/book.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { heartbeatCodec, parcel } from './codec.ts';
import { STATUSES } from './merge.ts';
import type { Fact, HeartbeatMessage } from './messages.ts';

const book = new RouteBook({ permanent: true });
const route = fc.record({
  address: fc.constantFrom('10.0.0.1:1', '[2001:db8::1]:65535'),
  nodeId: fc.constantFrom('0000000000000001', 'ffffffffffffffff'),
});
const fact: fc.Arbitrary<Fact> = fc.record({
  name: fc.oneof(fc.string({ minLength: 1, maxLength: 30 }), fc.constant('ä€𝄞')),
  peer: route.map(({ address, nodeId }) => book.peer(address, nodeId)),
  incarnation: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  heartbeat: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  status: fc.constantFrom(...STATUSES),
});

function encode(message: HeartbeatMessage): Uint8Array {
  const to = new ByteWriter();
  heartbeatCodec.encode(message, to, book);
  return to.copy();
}

test('a view is split into packets that hold it all in order, the last asking', () => {
  const views = fc.array(fact, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(views, fc.integer({ min: 256, max: 1360 }), fc.boolean(), (facts, max, answer) => {
      const parts = parcel(facts, max, answer);
      expect(parts.flatMap((part) => part.facts)).toEqual(facts);
      expect(parts.map((part) => part.answer)).toEqual(
        parts.map((_, i) => answer && i === parts.length - 1),
      );
      for (const part of parts) {
        expect(heartbeatCodec.sizeOf(part)).toBeLessThanOrEqual(max);
        const bytes = encode(part);
        expect(bytes.length).toBeLessThanOrEqual(heartbeatCodec.sizeOf(part));
        expect(heartbeatCodec.decode(new ByteReader(bytes), book)).toEqual(part);
      }
    }),
  );
});

test('a hundred members fill no more packets than they must', () => {
  const facts = Array.from({ length: 100 }, (_, i): Fact => {
    const peer = book.peer('10.0.0.1:1', '0000000000000001');
    return { name: `node-${i}`, peer, incarnation: 1e12, heartbeat: 100, status: 'alive' };
  });
  expect(parcel(facts, 1360, true).map((part) => part.facts.length)).toEqual([31, 31, 31, 7]);
});

const somebody = book.peer('10.0.0.1:1', '0000000000000001');
const good = encode({
  type: 'gossip',
  facts: [{ name: 'a', peer: somebody, incarnation: 1, heartbeat: 1, status: 'alive' }],
  answer: true,
});

test.each<[string, (bytes: number[]) => number[]]>([
  ['another version', ([, ...rest]) => [2, ...rest]],
  ['an unknown flag', ([version, , ...rest]) => [version!, 2, ...rest]],
  ['a count beyond what is there', ([version, flags, , ...rest]) => [version!, flags!, 2, ...rest]],
  ['bytes left over', (bytes) => [...bytes, 0]],
  ['one byte less', (bytes) => bytes.slice(0, -1)],
  ['an unknown status', (bytes) => [...bytes.slice(0, -1), 4]],
  ['no name', (bytes) => [...bytes.slice(0, 3), 0, ...bytes.slice(5)]],
  ['nobody in particular', (bytes) => bytes.map((byte, i) => (i >= 12 && i < 20 ? 0 : byte))],
])('refused: %s', (_name, change) => {
  const read = (bytes: Iterable<number>): unknown =>
    heartbeatCodec.decode(new ByteReader(Uint8Array.from(bytes)), book);
  expect(read(good)).toBeDefined();
  expect(read(change([...good]))).toBeUndefined();
});
