/**
 * Messages about data as bytes.
 *
 * | part      | bytes                                                                   |
 * | --------- | ----------------------------------------------------------------------- |
 * | entry     | flags 1 (map, bytes, by reference, deleted), key, rank, value           |
 * | rank      | state: owner 8, version; map: ms 6, count 2, writer 8                   |
 * | value     | length and bytes; by reference: length and hash 32; deleted: age ms     |
 * | key       | length and UTF-8                                                        |
 *
 * Lengths, versions and ages are varints. Numbers of messages about large values come between.
 */
import {
  CONTENT_BYTES_MAX,
  HASH_BYTES,
  INLINE_BYTES_MAX,
  isInline,
  KEY_BYTES_MAX,
  STAMP_COUNT_MAX,
  VERSION_MAX,
  type Entry,
  type Stamp,
  type Value,
  type ValueKind,
} from '../../blocks/data/index.ts';
import { AGE_MS_MAX } from '../../blocks/membership/index.ts';
import {
  readSymbols,
  SALT_BYTES,
  sizeOfSymbols,
  symbolCount,
  writeSymbols,
  type SaltKey,
  type SetChecksum,
} from '../../blocks/reconcile/index.ts';
import { ANYONE, assert, NODE_ID_BYTES, type Reader, type Writer } from '../../core/index.ts';
import { readNodeId, textBytes, varintBytes, writeNodeId } from '../../wire/index.ts';
import { readHash, writeHash } from './hash-codec.ts';
import type { PartCodec } from './part.ts';
import type { DataMessage, Memory } from './data-messages.ts';

export const dataCodec: PartCodec<DataMessage> = {
  numbers: {
    'data-gossip': 10,
    'data-compare': 11,
    'data-agree': 12,
    'data-page': 13,
    'data-word': 28,
    'data-symbols': 29,
    'data-ask': 30,
    'data-ahead': 31,
  },
  sizeOf,
  write,
  read,
};

/** Never reordered: a place is a number on the wire. */
const MEMORIES: readonly Memory[] = ['fresh', 'whole', 'doubtful'];
/** Of 2^40 ms: an age grows, and an entry's size is counted once. */
const AGE_BYTES_MAX = 6;
/** Of 2^48 − 1. */
const VERSION_BYTES_MAX = 7;
/** Of entries, symbols and ids: below 2^21, which is more than a node holds. */
const COUNT_BYTES_MAX = 3;
const COUNT_END = 2 ** 21;
const ID_BYTES = 4;

/** What a message costs beside entries, symbols, ids and key; with its first byte. */
export const DATA_MESSAGE_BYTES: Readonly<Record<DataMessage['type'], number>> = {
  'data-gossip': 1 + 3,
  'data-compare': 2 + 8,
  'data-agree': 2 + 8,
  'data-page': 2 + 3,
  'data-symbols': 2 + SALT_BYTES + 3 * COUNT_BYTES_MAX,
  'data-ask': 1 + 2 * COUNT_BYTES_MAX,
  'data-ahead': 1 + 2 + AGE_BYTES_MAX,
  'data-word': 2 + VERSION_BYTES_MAX,
};

/** Bytes of an entry, at most. */
export function entryBytes(entry: Entry): number {
  const keyBytes = textBytes(entry.key);
  const rankBytes = entry.type === 'map' ? STAMP_BYTES : NODE_ID_BYTES + varintBytes(entry.version);
  const rest = entry.value === undefined ? AGE_BYTES_MAX : valueBytes(entry.value);
  return 1 + varintBytes(keyBytes) + keyBytes + rankBytes + rest;
}

function valueBytes(value: Value): number {
  if (!isInline(value)) return varintBytes(value.length) + HASH_BYTES;
  return varintBytes(value.bytes.length) + value.bytes.length;
}

function sizeOf(message: DataMessage): number {
  const bytes = DATA_MESSAGE_BYTES[message.type];
  if (message.type === 'data-symbols') return bytes + sizeOfSymbols(message.symbols, message.held);
  if (message.type === 'data-ask') return bytes + message.ids.length * ID_BYTES;
  if (message.type === 'data-ahead') return bytes + textBytes(message.key);
  return 'entries' in message ? bytes + entriesBytes(message.entries) : bytes;
}

function entriesBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}

function write(message: DataMessage, to: Writer): void {
  switch (message.type) {
    case 'data-gossip':
      return writeEntries(message.entries, to);
    case 'data-compare':
    case 'data-agree':
      to.u8(MEMORIES.indexOf(message.memory));
      to.u32(message.checksum.high);
      to.u32(message.checksum.low);
      return;
    case 'data-page': {
      const bits = (message.last ? 1 : 0) + (message.want ? 2 : 0);
      to.u8(MEMORIES.indexOf(message.memory) * 4 + bits);
      return writeEntries(message.entries, to);
    }
    case 'data-symbols':
      to.u8(MEMORIES.indexOf(message.memory));
      for (const word of message.salt) to.u32(word);
      to.varint(message.held);
      to.varint(message.symbols.from);
      to.varint(symbolCount(message.symbols));
      return writeSymbols(message.symbols, message.held, to);
    case 'data-ask':
      to.varint(message.symbolsEnd);
      to.varint(message.ids.length);
      for (const id of message.ids) to.u32(id);
      return;
    case 'data-ahead':
      to.text(message.key);
      to.varint(message.aheadMs);
      return;
    case 'data-word':
      to.u8(message.asks ? 1 : 0);
      to.varint(message.version);
      return;
  }
}

function read(type: DataMessage['type'], from: Reader): DataMessage | undefined {
  switch (type) {
    case 'data-gossip':
      return { type, entries: readEntries(from) };
    case 'data-compare':
    case 'data-agree':
      return { type, memory: readMemory(from.u8(), from), checksum: readChecksum(from) };
    case 'data-page': {
      const bits = from.u8();
      const memory = readMemory(bits >> 2, from);
      const entries = readEntries(from);
      return { type, last: (bits & 1) > 0, want: (bits & 2) > 0, memory, entries };
    }
    case 'data-symbols': {
      const memory = readMemory(from.u8(), from);
      const salt: SaltKey = [from.u32(), from.u32(), from.u32(), from.u32()];
      const held = readCount(from);
      const symbols = readSymbols(readCount(from), readCount(from), held, from);
      return symbols && { type, memory, salt, held, symbols };
    }
    case 'data-ask': {
      const symbolsEnd = readCount(from);
      const count = readCount(from);
      const ids: number[] = [];
      for (let i = 0; i < count && from.ok; i++) ids.push(from.u32());
      return { type, symbolsEnd, ids };
    }
    case 'data-ahead': {
      const key = from.text(KEY_BYTES_MAX);
      const aheadMs = from.varint();
      if (key === '' || aheadMs > AGE_MS_MAX) from.fail();
      return { type, key, aheadMs };
    }
    case 'data-word': {
      const flags = from.u8();
      const version = from.varint();
      if (flags > 1 || version > VERSION_MAX) from.fail();
      return { type, version, asks: flags === 1 };
    }
  }
}

function readMemory(number: number, from: Reader): Memory {
  const memory = MEMORIES[number];
  if (memory === undefined) from.fail();
  return memory ?? 'fresh';
}

function readChecksum(from: Reader): SetChecksum {
  return { high: from.u32(), low: from.u32() };
}

function readCount(from: Reader): number {
  const count = from.varint();
  if (count >= COUNT_END) from.fail();
  return count;
}

function writeEntries(entries: readonly Entry[], to: Writer): void {
  to.varint(entries.length);
  for (const entry of entries) writeEntry(entry, to);
}

function readEntries(from: Reader): readonly Entry[] {
  const count = from.varint();
  const entries: Entry[] = [];
  for (let i = 0; i < count && from.ok; i++) entries.push(readEntry(from));
  return entries;
}

/** Writes an entry as it travels and as it is saved. */
export function writeEntry(entry: Entry, to: Writer): void {
  const { key, value, ageMs } = entry;
  let flags = entry.type === 'map' ? IS_MAP : 0;
  if (value === undefined) flags += IS_DELETED;
  else flags += (value.kind === 'bytes' ? IS_BYTES : 0) + (isInline(value) ? 0 : IS_REFERENCE);
  to.u8(flags);
  to.text(key);
  if (entry.type === 'map') {
    to.u48(entry.stamp.wallMs);
    to.u16(entry.stamp.count);
    writeNodeId(to, entry.stamp.by);
  } else {
    writeNodeId(to, entry.owner);
    to.varint(entry.version);
  }
  if (value === undefined) to.varint(Math.min(AGE_MS_MAX, ageMs));
  else writeValue(value, to);
}

function writeValue(value: Value, to: Writer): void {
  if (isInline(value)) {
    assert(value.bytes.length <= INLINE_BYTES_MAX, 'a value too large to travel in its entry');
    to.varint(value.bytes.length);
    to.bytes(value.bytes);
  } else {
    to.varint(value.length);
    writeHash(value.hash, to);
  }
}

/** What {@link writeEntry} wrote; what is none makes the reader not ok. */
export function readEntry(from: Reader): Entry {
  const flags = from.u8();
  if (flags > ALL_FLAGS || (flags & IS_DELETED && flags & (IS_BYTES | IS_REFERENCE))) from.fail();
  const key = from.text(KEY_BYTES_MAX);
  if (key === '') from.fail();
  if (flags & IS_MAP) {
    const stamp = readStamp(from);
    return { type: 'map', key, stamp, ...readContent(flags, from) };
  }
  const owner = readNodeId(from);
  const version = from.varint();
  if (owner === ANYONE || version < 1 || version > VERSION_MAX) from.fail();
  return { type: 'state', owner, key, version, ...readContent(flags, from) };
}

function readStamp(from: Reader): Stamp {
  const stamp = { wallMs: from.u48(), count: from.u16(), by: readNodeId(from) };
  if (stamp.by === ANYONE || stamp.count > STAMP_COUNT_MAX) from.fail();
  return stamp;
}

function readContent(flags: number, from: Reader): Pick<Entry, 'value' | 'ageMs'> {
  if (flags & IS_DELETED) {
    const ageMs = from.varint();
    if (ageMs > AGE_MS_MAX) from.fail();
    return { value: undefined, ageMs };
  }
  const kind: ValueKind = flags & IS_BYTES ? 'bytes' : 'json';
  const length = from.varint();
  if (flags & IS_REFERENCE) {
    if (length <= INLINE_BYTES_MAX || length > CONTENT_BYTES_MAX) from.fail();
    return { value: { kind, length, hash: readHash(from) }, ageMs: 0 };
  }
  if (length > INLINE_BYTES_MAX) from.fail();
  return { value: { kind, bytes: from.bytes(length).slice() }, ageMs: 0 };
}

const STAMP_BYTES = 6 + 2 + NODE_ID_BYTES;
const IS_MAP = 1;
const IS_BYTES = 2;
const IS_REFERENCE = 4;
const IS_DELETED = 8;
const ALL_FLAGS = 15;
