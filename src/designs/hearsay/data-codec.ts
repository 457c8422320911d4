/**
 * Messages about data as bytes.
 *
 * | part      | bytes                                                                   |
 * | --------- | ----------------------------------------------------------------------- |
 * | entry     | flags 1 (map, bytes, by reference, deleted), key, rank, value           |
 * | rank      | state: owner 8, version; map: ms 6, count 2, writer 8                   |
 * | value     | length and bytes; by reference: length and SHA-256 32; deleted: age ms  |
 * | key       | length and UTF-8                                                        |
 *
 * Lengths, versions and ages are varints.
 */
import {
  HASH_BYTES,
  INLINE_BYTES_MAX,
  isInline,
  KEY_BYTES_MAX,
  STAMP_COUNT_MAX,
  VALUE_BYTES_MAX,
  VERSION_MAX,
  type Entry,
  type Stamp,
  type Value,
  type ValueKind,
} from '../../blocks/data/index.ts';
import { AGE_MS_MAX } from '../../blocks/membership/index.ts';
import { ANYONE, assert, NODE_ID_BYTES, type Reader, type Writer } from '../../core/index.ts';
import { readNodeId, textBytes, varintBytes, writeNodeId } from '../../wire/index.ts';
import type { PartCodec } from './part.ts';
import type { DataChecksum, DataMessage } from './data-messages.ts';

export const dataCodec: PartCodec<DataMessage> = {
  numbers: { 'data-gossip': 10, 'data-compare': 11, 'data-agree': 12, 'data-page': 13 },
  sizeOf,
  write,
  read,
};

/** What a message costs beside its entries, with the byte that says version and type. */
export const DATA_MESSAGE_BYTES: Readonly<Record<DataMessage['type'], number>> = {
  'data-gossip': 1 + 3,
  'data-compare': 1 + 8,
  'data-agree': 1 + 8,
  'data-page': 2 + 3,
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
  let bytes = DATA_MESSAGE_BYTES[message.type];
  if ('entries' in message) for (const entry of message.entries) bytes += entryBytes(entry);
  return bytes;
}

function write(message: DataMessage, to: Writer): void {
  if ('checksum' in message) {
    to.u32(message.checksum.high);
    to.u32(message.checksum.low);
    return;
  }
  if (message.type === 'data-page') to.u8((message.last ? 1 : 0) + (message.want ? 2 : 0));
  to.varint(message.entries.length);
  for (const entry of message.entries) writeEntry(entry, to);
}

function read(type: DataMessage['type'], from: Reader): DataMessage | undefined {
  switch (type) {
    case 'data-compare':
    case 'data-agree':
      return { type, checksum: readChecksum(from) };
    case 'data-gossip':
      return { type, entries: readEntries(from) };
    case 'data-page': {
      const bits = from.u8();
      if (bits > 3) from.fail();
      return { type, last: (bits & 1) > 0, want: (bits & 2) > 0, entries: readEntries(from) };
    }
  }
}

function readChecksum(from: Reader): DataChecksum {
  return { high: from.u32(), low: from.u32() };
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
    to.bytes(value.sha256);
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
    if (length <= INLINE_BYTES_MAX || length > VALUE_BYTES_MAX) from.fail();
    return { value: { kind, length, sha256: from.bytes(HASH_BYTES).slice() }, ageMs: 0 };
  }
  if (length > INLINE_BYTES_MAX) from.fail();
  return { value: { kind, bytes: from.bytes(length).slice() }, ageMs: 0 };
}

/** Of 2^40 ms: an age grows, and an entry's size is counted once. */
const AGE_BYTES_MAX = 6;
const STAMP_BYTES = 6 + 2 + NODE_ID_BYTES;
const IS_MAP = 1;
const IS_BYTES = 2;
const IS_REFERENCE = 4;
const IS_DELETED = 8;
const ALL_FLAGS = 15;
