/**
 * The flagship's messages as bytes: version 1.
 *
 * The first byte is version · 32 + type; a receiver drops a version it does not know (the host
 * counts it), so a later version is spoken only to those whose facts say that they know it. Type 24
 * is kept for types beyond 31, of later releases; dropped as well.
 * Fixed-size fields are big-endian; counts and counters are varints.
 *
 * | part      | bytes                                                                    |
 * | --------- | ------------------------------------------------------------------------ |
 * | fact      | name, address, nodeId 8, start 6, start − born, counter                    |
 * | news      | flags 1 (status, streams, and which parts follow), fact, tags, accusers, age |
 * | tags      | count 1, then key and value of each                                        |
 * | accusers  | count 1, then name and what it met 1 of each                               |
 * | age       | ms, varint                                                               |
 */
import {
  AGE_MS_MAX,
  COUNTER_MAX,
  makeFact,
  NAME_BYTES_MAX,
  NO_ACCUSERS,
  type Accusation,
  type Fact,
  type Met,
  type News,
  type Streams,
  type Tags,
} from '../../blocks/membership/index.ts';
import { ADDRESS_BYTES, ANYONE, NODE_ID_BYTES } from '../../core/index.ts';
import type { Address, Book, Codec, NodeId } from '../../core/index.ts';
import type { Peer, Reader, Status, Writer } from '../../core/index.ts';
import {
  choose,
  readAddress,
  readNodeId,
  textBytes,
  varintBytes,
  writeAddress,
  writeNodeId,
} from '../../wire/index.ts';
import type { HearsayMessage, MembershipMessage, PartMessage } from './messages.ts';
import { partType, readOfPart, sizeOfPart, writeOfPart } from './part-codecs.ts';
import type { HearsayShared } from './shared.ts';
import { isEmpty, readTags, writeTags, writtenTagsBytes } from './tags-codec.ts';

export function hearsayCodec(shared: HearsayShared): Codec<HearsayMessage> {
  return {
    sizeOf: (message) => (isOfPart(message) ? sizeOfPart(message) : sizeOf(message)),
    encode(message, to, book) {
      if (isOfPart(message)) writeOfPart(message, VERSION * 32, to);
      else writeMessage(message, to, book);
    },
    decode(from, book) {
      const head = from.u8();
      if (Math.floor(head / 32) !== VERSION) return undefined;
      const ofPart = partType(head % 32);
      if (ofPart !== undefined) return readOfPart(ofPart, from);
      const draft = readMessage(TYPES[head % 32], from);
      if (draft === undefined || !from.ok || from.left > 0) return undefined;
      return intern(draft, book, shared);
    },
  };
}

/** What a message costs beside its news. */
export const MESSAGE_BYTES: Readonly<Record<MembershipMessage['type'], number>> = {
  ping: 5 + 3,
  ack: 5 + 3,
  'ping-request': 5 + ADDRESS_BYTES + NODE_ID_BYTES + 3,
  nack: 6 + 3,
  gossip: 1 + 3,
  probe: 5 + 3,
  join: 1,
  admit: 1 + 1 + 6 + 6,
  sync: 1 + 4,
  page: 2 + 3,
};

/** Bytes of a fact within news, at most. */
export function factBytes(of: Omit<Fact, 'hash' | 'bytes'>): number {
  const nameBytes = textBytes(of.name);
  let bytes = 1 + varintBytes(nameBytes) + nameBytes + ADDRESS_BYTES + NODE_ID_BYTES + 6;
  bytes += varintBytes(of.start - of.born) + varintBytes(of.counter);
  return bytes + writtenTagsBytes(of.tags) + 1;
}

/** Bytes of one piece of news, at most. */
export function newsBytes(news: News): number {
  let bytes = news.fact.bytes;
  if (news.ageMs > 0) bytes += varintBytes(news.ageMs);
  if (news.accusers.length > 0) {
    bytes += 1;
    for (const accuser of news.accusers) bytes += accuserBytes(accuser);
  }
  return bytes;
}

/** The same news with as many of its accusers, the first ones, as fit into so many bytes. */
export function fitted(news: News, bytesMax: number): News {
  let bytes = newsBytes(news);
  if (bytes <= bytesMax) return news;
  const accusers = [...news.accusers];
  while (bytes > bytesMax && accusers.length > 0) bytes -= accuserBytes(accusers.pop()!);
  return { ...news, accusers };
}

function accuserBytes({ by }: Accusation): number {
  return 3 + textBytes(by);
}

function isOfPart(message: HearsayMessage): message is PartMessage {
  return MESSAGE_BYTES[message.type as MembershipMessage['type']] === undefined;
}

function sizeOf(message: MembershipMessage): number {
  const bytes = MESSAGE_BYTES[message.type];
  if (message.type === 'join') return bytes + message.fact.bytes;
  return 'news' in message ? bytes + listBytes(message.news) : bytes;
}

/** Bytes of a list of news, at most. */
export function listBytes(list: readonly News[]): number {
  let bytes = 0;
  for (const news of list) bytes += newsBytes(news);
  return bytes;
}

function writeMessage(message: MembershipMessage, to: Writer, book: Book): void {
  to.u8(VERSION * 32 + TYPES.indexOf(message.type));
  switch (message.type) {
    case 'ping':
    case 'ack':
    case 'probe':
      to.u32(message.seq);
      break;
    case 'ping-request':
      to.u32(message.seq);
      writePeer(message.target, to, book);
      break;
    case 'nack':
      to.u32(message.seq);
      to.u8(METS.indexOf(message.met));
      break;
    case 'join':
      writeNews({ fact: message.fact, status: 'alive', accusers: NO_ACCUSERS, ageMs: 0 }, to, book);
      break;
    case 'admit':
      to.u8(STREAMS.indexOf(message.streams) * 2 + (message.verdict === 'name-taken' ? 1 : 0));
      to.u48(message.start);
      to.u48(message.wallMs);
      break;
    case 'sync':
      to.u32(message.checksum);
      break;
    case 'page':
      to.u8((message.last ? 1 : 0) + (message.want ? 2 : 0));
      break;
    case 'gossip':
      break;
  }
  if (!('news' in message)) return;
  to.varint(message.news.length);
  for (const news of message.news) writeNews(news, to, book);
}

/** A message as it was read: routes are texts yet, so that garbage interns none. */
type Draft = DraftOf<MembershipMessage>;
type DraftOf<M> = M extends unknown
  ? {
      readonly [K in keyof M]: K extends 'news'
        ? readonly NewsDraft[]
        : K extends 'fact'
          ? FactDraft
          : K extends 'target'
            ? Route
            : M[K];
    }
  : never;
type NewsDraft = Omit<News, 'fact'> & { readonly fact: FactDraft };
type FactDraft = Omit<Fact, 'peer' | 'slot' | 'bytes' | 'hash'> & Pick<Route, 'address'>;
interface Route {
  readonly address: Address;
  readonly nodeId: NodeId;
}

function intern(draft: Draft, book: Book, shared: HearsayShared): MembershipMessage {
  if (draft.type === 'join') return { ...draft, fact: internFact(draft.fact, book, shared) };
  if (!('news' in draft)) return draft;
  let news = NO_NEWS;
  if (draft.news.length > 0) {
    news = draft.news.map((one) => ({ ...one, fact: internFact(one.fact, book, shared) }));
  }
  if (draft.type !== 'ping-request') return { ...draft, news };
  return { ...draft, target: book.peer(draft.target.address, draft.target.nodeId), news };
}

function internFact(draft: FactDraft, book: Book, shared: HearsayShared): Fact {
  const { address, ...own } = draft;
  const peer = book.peer(address, own.nodeId);
  const of = { ...own, peer, slot: shared.registry.slot(own.name) };
  return shared.registry.recognise(makeFact({ ...of, bytes: factBytes(of) }));
}

function readMessage(type: Draft['type'] | undefined, from: Reader): Draft | undefined {
  if (type === undefined) return undefined; // One that this version does not have.
  switch (type) {
    case 'ping':
    case 'ack':
    case 'probe':
      return { type, seq: from.u32(), news: readList(from) };
    case 'ping-request':
      return { type, seq: from.u32(), target: readRoute(from), news: readList(from) };
    case 'nack':
      return { type, seq: from.u32(), met: choose(METS, from.u8(), from), news: readList(from) };
    case 'gossip':
      return { type, news: readList(from) };
    case 'join':
      return { type, fact: readNews(from).fact };
    case 'admit': {
      const bits = from.u8();
      const streams = choose(STREAMS, bits >> 1, from);
      const verdict = bits & 1 ? 'name-taken' : 'welcome';
      return { type, verdict, start: from.u48(), streams, wallMs: from.u48() };
    }
    case 'sync':
      return { type, checksum: from.u32() };
    case 'page': {
      const bits = from.u8();
      if (bits > 3) from.fail();
      return { type, last: (bits & 1) > 0, want: (bits & 2) > 0, news: readList(from) };
    }
  }
}

function readList(from: Reader): readonly NewsDraft[] {
  const count = from.varint();
  const list: NewsDraft[] = [];
  for (let i = 0; i < count && from.ok; i++) list.push(readNews(from));
  return list;
}

function writeNews(news: News, to: Writer, book: Book): void {
  const { fact, status, accusers, ageMs } = news;
  const hasTags = !isEmpty(fact.tags);
  let flags = STATUSES.indexOf(status) + STREAMS.indexOf(fact.streams) * 8;
  if (hasTags) flags += HAS_TAGS;
  if (accusers.length > 0) flags += HAS_ACCUSERS;
  if (ageMs > 0) flags += HAS_AGE;
  to.u8(flags);
  to.text(fact.name);
  writePeer(fact.peer, to, book);
  to.u48(fact.start);
  to.varint(fact.start - fact.born);
  to.varint(fact.counter);
  if (hasTags) writeTags(fact.tags, to);
  if (accusers.length > 0) {
    to.u8(accusers.length);
    for (const { by, met } of accusers) {
      to.text(by);
      to.u8(METS.indexOf(met));
    }
  }
  if (ageMs > 0) to.varint(ageMs);
}

function readNews(from: Reader): NewsDraft {
  const flags = from.u8();
  const name = from.text(NAME_BYTES_MAX);
  const route = readRoute(from);
  const start = from.u48();
  const born = start - from.varint();
  const counter = from.varint();
  if (name === '' || born < 0 || counter > COUNTER_MAX) from.fail();
  const tags = flags & HAS_TAGS ? readTags(from) : NO_TAGS;
  const accusers = flags & HAS_ACCUSERS ? readAccusers(from) : NO_ACCUSERS;
  const ageMs = flags & HAS_AGE ? from.varint() : 0;
  if (ageMs > AGE_MS_MAX) from.fail();
  const status = choose(STATUSES, flags & 7, from);
  const streams = choose(STREAMS, (flags >> 3) & 3, from);
  return { fact: { name, ...route, start, born, counter, streams, tags }, status, accusers, ageMs };
}

function readAccusers(from: Reader): readonly Accusation[] {
  const accusers: Accusation[] = [];
  const count = from.u8();
  if (count === 0 || count > ACCUSERS_MAX) from.fail();
  for (let i = 0; i < count && from.ok; i++) {
    const by = from.text(NAME_BYTES_MAX);
    // Nobody accuses twice: the number of accusers counts.
    if (by === '' || accusers.some((one) => one.by === by)) from.fail();
    accusers.push({ by, met: choose(METS, from.u8(), from) });
  }
  return accusers;
}

function writePeer(peer: Peer, to: Writer, book: Book): void {
  writeAddress(to, book.addressOf(peer));
  writeNodeId(to, book.nodeIdOf(peer));
}

function readRoute(from: Reader): Route {
  const address = readAddress(from);
  const nodeId = readNodeId(from);
  if (nodeId === ANYONE) from.fail();
  return { address, nodeId };
}

const VERSION = 1;
/** Never reordered: a type's place is its number on the wire. Those of parts begin at 10. */
const TYPES: readonly MembershipMessage['type'][] = [
  'ping',
  'ack',
  'ping-request',
  'nack',
  'gossip',
  'probe',
  'join',
  'admit',
  'sync',
  'page',
];
const STATUSES: readonly Status[] = ['alive', 'suspect', 'dead', 'left', 'evicted'];
const STREAMS: readonly Streams[] = ['unknown', 'yes', 'no'];
const METS: readonly Met[] = ['silence', 'refused', 'gone'];
const HAS_TAGS = 32;
const HAS_ACCUSERS = 64;
const HAS_AGE = 128;
/** K + 1 for the largest K that a configuration may have. */
const ACCUSERS_MAX = 17;
const NO_NEWS: readonly News[] = [];
const NO_TAGS: Tags = {};
