/**
 * Messages about large values as bytes.
 *
 * | part  | bytes                                                                     |
 * | ----- | ------------------------------------------------------------------------- |
 * | want  | value, have, number of indices 1, indices                                 |
 * | chunk | value, have, index, bytes to the end                                      |
 * | lack  | value, have, busy 1                                                       |
 * | value | hash 32, length                                                           |
 * | have  | number of bytes, 0 or one for each 8 chunks of the value; bits            |
 * | index | 0: the list of the chunks' hashes; else the chunk's place, counted from 1 |
 *
 * Lengths, numbers of bytes and indices are varints.
 */
import {
  CHUNK_BYTES,
  chunkCount,
  ChunkSet,
  CONTENT_BYTES_MAX,
  HASH_BYTES,
  LIST,
  type ContentReference,
} from '../../blocks/data/index.ts';
import type { Reader, Writer } from '../../core/index.ts';
import { varintBytes } from '../../wire/index.ts';
import { readHash, writeHash } from './hash-codec.ts';
import type { PartCodec } from './part.ts';
import { WANTED_MAX, type ValueMessage } from './value-messages.ts';

export const valueCodec: PartCodec<ValueMessage> = {
  numbers: { want: 14, chunk: 15, lack: 16 },
  sizeOf,
  write,
  read,
};

function sizeOf(message: ValueMessage): number {
  const { have, of, type } = message;
  const bytes = 1 + HASH_BYTES + varintBytes(of.length) + varintBytes(have.length) + have.length;
  if (type === 'want') return bytes + 1 + message.indices.length * INDEX_BYTES_MAX;
  return type === 'chunk' ? bytes + INDEX_BYTES_MAX + message.bytes.length : bytes + 1;
}

function write(message: ValueMessage, to: Writer): void {
  writeHash(message.of.hash, to);
  to.varint(message.of.length);
  to.varint(message.have.length);
  to.bytes(message.have);
  switch (message.type) {
    case 'want':
      to.u8(message.indices.length);
      for (const index of message.indices) to.varint(index - LIST);
      return;
    case 'chunk':
      to.varint(message.index - LIST);
      to.bytes(message.bytes);
      return;
    case 'lack':
      to.u8(message.isBusy ? 1 : 0);
  }
}

function read(type: ValueMessage['type'], from: Reader): ValueMessage {
  const of: ContentReference = { hash: readHash(from), length: from.varint() };
  const count = chunkCount(of.length);
  if (of.length < 1 || of.length > CONTENT_BYTES_MAX) from.fail();
  const bits = from.varint();
  if (bits !== 0 && bits !== ChunkSet.byteCount(count)) from.fail();
  const have = from.bytes(from.ok ? bits : 0).slice();
  switch (type) {
    case 'want':
      return { type, of, have, indices: readIndices(count, from) };
    case 'chunk': {
      const index = readIndex(count, from);
      if (from.left > CHUNK_BYTES) from.fail();
      return { type, of, have, index, bytes: from.bytes(from.left).slice() };
    }
    case 'lack': {
      const busy = from.u8();
      if (busy > 1) from.fail();
      return { type, of, have, isBusy: busy === 1 };
    }
  }
}

function readIndices(count: number, from: Reader): readonly number[] {
  const indices: number[] = [];
  const length = from.u8();
  if (length > WANTED_MAX) from.fail();
  for (let i = 0; i < length && from.ok; i++) indices.push(readIndex(count, from));
  return indices;
}

function readIndex(count: number, from: Reader): number {
  const index = from.varint() + LIST;
  if (index >= count) from.fail();
  return index;
}

/** Of the largest value's last chunk. */
const INDEX_BYTES_MAX = 2;
