import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AGE_MS_MAX,
  COUNTER_MAX,
  makeFact,
  Roster,
  START_MAX,
  uniteAccusations,
  type Accusation,
  type Fact,
  type News,
} from '../../blocks/membership/index.ts';
import { RouteBook } from '../../blocks/peers/book.ts';
import type { Peer } from '../../core/index.ts';
import { pureCrypto } from '../../sim/sha256.ts';
import { ByteReader, ByteWriter, familyOf, textBytes } from '../../wire/index.ts';
import { factBytes, hearsayCodec, newsBytes } from './codec.ts';
import type { HearsayMessage } from './messages.ts';
import { LATER, partType } from './part-codecs.ts';
import { HearsayShared } from './shared.ts';

const book = new RouteBook({ permanent: true });
const shared = new HearsayShared(book, pureCrypto);
const codec = hearsayCodec(shared);

const peer: fc.Arbitrary<Peer> = fc
  .tuple(
    fc.constantFrom('10.0.0.1:1', '255.255.255.255:65535', '[2001:db8::1]:7946', '[::1]:65535'),
    fc.constantFrom('0000000000000001', '00000000deadbeef', 'ffffffffffffffff'),
  )
  .map(([address, nodeId]) => book.peer(address, nodeId));

function text(bytesMax: number, bytesMin = 0): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', maxLength: bytesMax }).filter((one) => {
    const bytes = textBytes(one);
    return bytes >= bytesMin && bytes <= bytesMax;
  });
}

const name = fc.oneof(text(30, 1), text(128, 1), fc.constant('n'.repeat(128)));
const tags = fc
  .dictionary(text(20), text(40), { maxKeys: 12 })
  .filter((all) => !Object.hasOwn(all, '__proto__'));

const fact: fc.Arbitrary<Fact> = fc
  .record({
    name,
    peer,
    start: fc.oneof(fc.nat(), fc.integer({ min: 1.6e12, max: 1.8e12 }), fc.constant(START_MAX)),
    raisedBy: fc.oneof(fc.constant(0), fc.nat(1000), fc.constant(START_MAX)),
    counter: fc.oneof(fc.nat(5), fc.constant(COUNTER_MAX)),
    streams: fc.constantFrom('unknown', 'yes', 'no'),
    tags: fc.oneof(fc.constant({}), tags),
  })
  .map(({ raisedBy, ...of }) => factOf({ ...of, born: Math.max(0, of.start - raisedBy) }));

const accuser: fc.Arbitrary<Accusation> = fc.record({
  by: name,
  met: fc.constantFrom('silence', 'refused', 'gone'),
});
const news: fc.Arbitrary<News> = fc.record({
  fact,
  status: fc.constantFrom('alive', 'suspect', 'dead', 'left', 'evicted'),
  accusers: fc.array(accuser, { maxLength: 5 }).map((all) => uniteAccusations([], all, 17)),
  ageMs: fc.oneof(fc.constant(0), fc.nat(), fc.constant(AGE_MS_MAX)),
});
const list = fc.array(news, { maxLength: 4 });
const seq = fc.oneof(fc.nat(), fc.constant(0xffffffff));

const message: fc.Arbitrary<HearsayMessage> = fc.oneof(
  fc.record({ type: fc.constantFrom('ping', 'ack', 'probe'), seq, news: list }),
  fc.record({ type: fc.constant('ping-request'), seq, target: peer, news: list }),
  fc.record({
    type: fc.constant('nack'),
    seq,
    met: fc.constantFrom('silence', 'refused', 'gone'),
    news: list,
  }),
  fc.record({ type: fc.constant('gossip'), news: list }),
  fc.record({ type: fc.constant('join'), fact }),
  fc.record({
    type: fc.constant('admit'),
    verdict: fc.constantFrom('welcome', 'name-taken'),
    start: fc.oneof(fc.nat(), fc.constant(START_MAX)),
    streams: fc.constantFrom('unknown', 'yes', 'no'),
    wallMs: fc.oneof(fc.nat(), fc.constant(START_MAX)),
  }),
  fc.record({ type: fc.constant('sync'), checksum: seq }),
  fc.record({ type: fc.constant('page'), news: list, last: fc.boolean(), want: fc.boolean() }),
) as fc.Arbitrary<HearsayMessage>;

function factOf(of: Omit<Fact, 'nodeId' | 'slot' | 'bytes' | 'hash'>): Fact {
  const whole = { ...of, nodeId: book.nodeIdOf(of.peer), slot: -1 };
  return makeFact({ ...whole, bytes: factBytes(whole) });
}

function encode(one: HearsayMessage): Uint8Array {
  const to = new ByteWriter();
  codec.encode(one, to, book);
  return to.copy();
}

function decode(bytes: Uint8Array): HearsayMessage | undefined {
  return codec.decode(new ByteReader(bytes), book);
}

/** What `sizeOf` reserves and this message does not use, at most. */
function slack(one: HearsayMessage): number {
  let bytes = 'news' in one ? 2 : 0; // A count of one byte where three are reserved.
  const all = 'news' in one ? one.news : [];
  const facts = one.type === 'join' ? [one.fact] : all.map((each) => each.fact);
  const peers = facts.map((each) => each.peer);
  if (one.type === 'ping-request') peers.push(one.target);
  for (const each of peers) if (familyOf(book.addressOf(each)) === 4) bytes += 12;
  bytes += facts.length; // The count of tags, where there are none.
  for (const each of all) bytes += each.accusers.length; // Names shorter than 128 bytes.
  return bytes;
}

test('each message comes back as it was', () => {
  fc.assert(
    fc.property(message, (one) => {
      expect(decode(encode(one))).toEqual(one);
    }),
    { numRuns: 1000 },
  );
});

test('sizeOf is never less than the encoding, nor more than its reserves', () => {
  fc.assert(
    fc.property(message, (one) => {
      const bytes = encode(one).length;
      expect(codec.sizeOf(one)).toBeGreaterThanOrEqual(bytes);
      expect(codec.sizeOf(one) - bytes).toBeLessThanOrEqual(slack(one));
    }),
    { numRuns: 1000 },
  );
});

test('the size of a message is that of its parts', () => {
  fc.assert(
    fc.property(news, news, (a, b) => {
      const sizeOf = (...all: News[]): number => codec.sizeOf({ type: 'gossip', news: all });
      expect(sizeOf(a, b) - sizeOf()).toBe(newsBytes(a) + newsBytes(b));
    }),
  );
});

test('every truncation is refused, and so is what follows the end', () => {
  fc.assert(
    fc.property(message, (one) => {
      const bytes = encode(one);
      for (let length = 0; length < bytes.length; length++) {
        expect(decode(bytes.subarray(0, length))).toBe(undefined);
      }
      expect(decode(Uint8Array.of(...bytes, 0))).toBe(undefined);
    }),
    { numRuns: 50 },
  );
});

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  drop: fc.nat(4),
  put: fc.uint8Array({ maxLength: 4 }),
});

test('whatever is changed: refused, or a message that can be sent on; it never throws', () => {
  let refused = 0;
  fc.assert(
    fc.property(message, fc.array(mutation, { minLength: 1, maxLength: 4 }), (one, mutations) => {
      let bytes = [...encode(one)];
      for (const { at, drop, put } of mutations) {
        bytes = bytes.toSpliced(Math.floor(at * bytes.length), drop, ...put);
      }
      const read = decode(Uint8Array.from(bytes));
      if (read === undefined) refused++;
      else expect(decode(encode(read))).toEqual(read);
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

test('noise is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const bytes = Uint8Array.of(32 + 4, ...noise);
      const read = decode(bytes);
      if (read !== undefined) expect(decode(encode(read))).toEqual(read);
    }),
    { numRuns: 2000 },
  );
});

test('what is refused leaves no route in the book', () => {
  const elsewhere = new RouteBook({ permanent: true });
  const reader = hearsayCodec(new HearsayShared(elsewhere, pureCrypto));
  let refused = 0;
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(255), fc.nat(3), (one, where, value, drop) => {
      const bytes = encode(one);
      bytes[where % bytes.length] = value;
      const before = elsewhere.stats.routes;
      const read = reader.decode(new ByteReader(bytes.slice(0, bytes.length - drop)), elsewhere);
      if (read !== undefined) return;
      refused++;
      expect(elsewhere.stats.routes).toBe(before);
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(500);
});

test('a count beyond what is there allocates nothing much', () => {
  const bytes = new ByteWriter();
  bytes.u8(32 + 4);
  bytes.varint(Number.MAX_SAFE_INTEGER);
  expect(decode(bytes.copy())).toBe(undefined);
});

test('other versions and unknown types are refused', () => {
  const [, ...body] = encode({ type: 'sync', checksum: 7 });
  const readAs = (head: number): unknown => decode(Uint8Array.of(head, ...body));
  expect(readAs(32 + 8)).toEqual({ type: 'sync', checksum: 7 });
  for (let version = 0; version < 8; version++) {
    if (version !== 1) expect(readAs(version * 32 + 8)).toBe(undefined);
  }
  for (let type = 11; type < 32; type++) expect(decode(Uint8Array.of(32 + type))).toBe(undefined);
});

test('all numbers have a type but the one kept for later releases', () => {
  const numbers = Array.from({ length: 22 }, (_, i) => 10 + i);
  expect(numbers.filter((number) => partType(number) === undefined)).toEqual([LATER]);
});

test('a message of a later release is refused whole, whatever it holds, and leaves nothing', () => {
  const elsewhere = new RouteBook({ permanent: true });
  const reader = hearsayCodec(new HearsayShared(elsewhere, pureCrypto));
  const later = fc
    .tuple(fc.nat(), fc.oneof(fc.uint8Array({ maxLength: 1400 }), message.map(encode)))
    .map(([number, body]) => {
      const bytes = new ByteWriter();
      bytes.u8(32 + LATER);
      bytes.varint(number);
      return Uint8Array.of(...bytes.copy(), ...body);
    });
  const before = elsewhere.stats.routes;
  fc.assert(
    fc.property(later, (bytes) => {
      expect(reader.decode(new ByteReader(bytes), elsewhere)).toBe(undefined);
    }),
  );
  expect(elsewhere.stats.routes).toBe(before);
});

const plain = factOf({
  name: 'a',
  peer: book.peer('10.0.0.1:1', '0000000000000001'),
  start: 5,
  born: 5,
  counter: 0,
  streams: 'yes',
  tags: { k: 'v' },
});

test.each<[string, (bytes: number[]) => void]>([
  ['a status beyond the last', (bytes) => (bytes[2]! |= 7)],
  ['streams beyond the last', (bytes) => (bytes[2]! |= 24)],
  ['no name', (bytes) => bytes.splice(3, 2, 0)],
  ['nobody in particular', (bytes) => (bytes[19] = 0)],
  ['a port of 0', (bytes) => (bytes[11] = 0)],
  ['born after its start', (bytes) => (bytes[26] = 0x7f)],
  ['born before time began', (bytes) => (bytes[26] = 6)],
  ['a counter of 2^32', (bytes) => bytes.splice(27, 1, 0x80, 0x80, 0x80, 0x80, 0x10)],
  ['no tags where some are announced', (bytes) => bytes.splice(28, 5, 0)],
  ['a tag twice', (bytes) => bytes.splice(28, 5, 2, 1, 107, 1, 118, 1, 107, 1, 118)],
])('refused: %s', (_what, change) => {
  const bytes = [...encode({ type: 'gossip', news: [newsOf(plain, [])] })];
  expect(decode(Uint8Array.from(bytes))).toBeDefined();
  change(bytes);
  expect(decode(Uint8Array.from(bytes))).toBe(undefined);
});

function newsOf(of: Fact, accusers: readonly Accusation[]): News {
  return { fact: of, status: accusers.length > 0 ? 'suspect' : 'alive', accusers, ageMs: 0 };
}

test('refused: an accuser twice, one without a name, and more than any K allows', () => {
  const by = (...names: string[]): HearsayMessage => {
    const accusers = names.map((one): Accusation => ({ by: one, met: 'refused' }));
    return { type: 'gossip', news: [newsOf(plain, accusers)] };
  };
  expect(decode(encode(by('x', 'y')))).toBeDefined();
  expect(decode(encode(by('x', 'x')))).toBe(undefined);
  expect(decode(encode(by('x', '')))).toBe(undefined);
  const many = Array.from({ length: 18 }, (_, i) => `n${i}`);
  expect(decode(encode(by(...many.slice(0, 17))))).toBeDefined();
  expect(decode(encode(by(...many)))).toBe(undefined);
});

test('refused: an age that could grow beyond what a varint carries', () => {
  const aged = (ageMs: number): HearsayMessage => {
    return { type: 'gossip', news: [{ ...newsOf(plain, []), status: 'dead', ageMs }] };
  };
  expect(decode(encode(aged(AGE_MS_MAX)))).toBeDefined();
  expect(decode(encode(aged(AGE_MS_MAX + 1)))).toBe(undefined);
  expect(decode(encode(aged(Number.MAX_SAFE_INTEGER)))).toBe(undefined);
});

test('refused: tags of more than 512 bytes, and a name of more than 128', () => {
  const tagged = (length: number): Fact => factOf({ ...plain, tags: { k: 'v'.repeat(length) } });
  expect(decode(encode({ type: 'join', fact: tagged(509) }))).toBeDefined();
  expect(decode(encode({ type: 'join', fact: tagged(510) }))).toBe(undefined);
  const named = (length: number): Fact => factOf({ ...plain, name: 'n'.repeat(length) });
  expect(decode(encode({ type: 'join', fact: named(128) }))).toBeDefined();
  expect(decode(encode({ type: 'join', fact: named(129) }))).toBe(undefined);
});

test('refused: a tag that would be the prototype', () => {
  const bytes = [...encode({ type: 'join', fact: factOf({ ...plain, tags: { __prot__: 'v' } }) })];
  const at = bytes.indexOf(8, 20);
  bytes.splice(at, 9, 9, ...new Uint8Array([...'__proto__'].map((one) => one.charCodeAt(0))));
  expect(decode(Uint8Array.from(bytes))).toBe(undefined);
});

test('what is known already comes back as the object that is held', () => {
  const roster = new Roster(shared.registry);
  const held = roster.fact(roster.set(plain, 'alive'));
  const read = decode(encode({ type: 'gossip', news: [newsOf(plain, [])] }));
  expect(read?.type === 'gossip' && read.news[0]?.fact).toBe(held);
  roster.delete(roster.slot('a'));
});
