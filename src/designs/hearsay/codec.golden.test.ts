/**
 * Version 1 of the flagship's messages, byte for byte.
 *
 * These never change: nodes of different builds speak version 1 with each other. What differs is
 * another version, told apart by the first byte.
 */
import { expect, test } from 'vitest';
import { makeFact, type Fact, type News } from '../../blocks/membership/index.ts';
import { RouteBook } from '../../blocks/peers/book.ts';
import { pureCrypto } from '../../sim/sha256.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { factBytes, hearsayCodec } from './codec.ts';
import type { HearsayMessage } from './messages.ts';
import { HearsayShared } from './shared.ts';

const book = new RouteBook({ permanent: true });
const codec = hearsayCodec(new HearsayShared(book, pureCrypto));

const plain = factOf({
  name: 'api-1',
  peer: book.peer('10.0.0.4:7946', '0123456789abcdef'),
  start: 1_700_000_000_000,
  born: 1_700_000_000_000,
  counter: 1,
  streams: 'yes',
  tags: {},
});
const full = factOf({
  name: 'größe',
  peer: book.peer('[2001:db8::1]:443', 'fedcba9876543210'),
  start: 1_700_000_000_300,
  born: 1_700_000_000_000,
  counter: 300,
  streams: 'no',
  tags: { role: 'worker', zone: 'b' },
});
const alive: News = { fact: plain, status: 'alive', accusers: [], ageMs: 0 };
const suspect: News = {
  fact: full,
  status: 'suspect',
  accusers: [
    { by: 'a', met: 'gone' },
    { by: 'b', met: 'refused' },
    { by: 'c', met: 'silence' },
  ],
  ageMs: 0,
};
const dead: News = { fact: plain, status: 'dead', accusers: [], ageMs: 90_000 };
const left: News = { fact: plain, status: 'left', accusers: [], ageMs: 1 };
const evicted: News = { fact: plain, status: 'evicted', accusers: [], ageMs: 0 };

function factOf(of: Omit<Fact, 'nodeId' | 'slot' | 'bytes' | 'hash'>): Fact {
  const whole = { ...of, nodeId: book.nodeIdOf(of.peer), slot: -1 };
  return makeFact({ ...whole, bytes: factBytes(whole) });
}

// Spaces part the fields.
const PLAIN = '056170692d31 040a0000041f0a 0123456789abcdef 018bcfe56800 00 01';
const FULL =
  '076772c3b6c39f65 0620010db800000000000000000000000101bb fedcba9876543210 018bcfe5692c ac02 ' +
  'ac02 02 04726f6c6506776f726b6572 047a6f6e650162';

test.each<[HearsayMessage, string]>([
  [{ type: 'ping', seq: 1, news: [] }, '20 00000001 00'],
  [{ type: 'ack', seq: 0xffffffff, news: [alive] }, `21 ffffffff 01 08 ${PLAIN}`],
  [
    { type: 'ping-request', seq: 2, target: plain.peer, news: [] },
    '22 00000002 040a0000041f0a0123456789abcdef 00',
  ],
  [{ type: 'nack', seq: 3, met: 'refused', news: [] }, '23 00000003 01 00'],
  [
    { type: 'gossip', news: [suspect, dead] },
    `24 02 71 ${FULL} 03016102016201016300 8a ${PLAIN} 90bf05`,
  ],
  [{ type: 'probe', seq: 4, news: [left, evicted] }, `25 00000004 02 8b ${PLAIN} 01 0c ${PLAIN}`],
  [{ type: 'join', fact: full }, `26 30 ${FULL}`],
  [
    { type: 'admit', verdict: 'welcome', start: 1_700_000_000_000, streams: 'no', wallMs: 1 },
    '27 04 018bcfe56800 000000000001',
  ],
  [
    { type: 'admit', verdict: 'name-taken', start: 0, streams: 'unknown', wallMs: 0 },
    '27 01 000000000000 000000000000',
  ],
  [{ type: 'sync', checksum: 0xdeadbeef }, '28 deadbeef'],
  [{ type: 'page', news: [alive], last: true, want: true }, `29 03 01 08 ${PLAIN}`],
  [{ type: 'page', news: [], last: false, want: false }, '29 00 00'],
])('version 1, message %#: $type', (message, hex) => {
  const to = new ByteWriter();
  codec.encode(message, to, book);
  expect(Buffer.from(to.view()).toString('hex')).toBe(hex.replaceAll(' ', ''));
  expect(codec.decode(new ByteReader(to.copy()), book)).toEqual(message);
});
