/**
 * The messages of queries as bytes.
 *
 * | message       | bytes                                                                  |
 * | ------------- | ---------------------------------------------------------------------- |
 * | query         | id 8, flags 1, asker, name, payload, leftMs, spreadMs, tags, range 16; |
 * |               | tags and range only where a flag says so                               |
 * | query-receipt | id 8, of 1                                                             |
 * | query-answer  | id 8, verdict 1, value                                                 |
 */
import { NAME_BYTES_MAX, type Tags } from '../../blocks/membership/index.ts';
import { NODE_ID_BYTES, type Reader, type Writer } from '../../core/index.ts';
import { choose, readNodeId, textBytes, varintBytes, writeNodeId } from '../../wire/index.ts';
import type { PartCodec } from './part.ts';
import {
  isWithin,
  NO_RANGE,
  QUERY_BYTES_MAX,
  QUERY_MS_MAX,
  QUERY_NAME_BYTES_MAX,
  type Query,
  type QueryMessage,
  type QueryReceipt,
  type Verdict,
} from './query-messages.ts';
import { isEmpty, readTags, writeTags, writtenTagsBytes } from './tags-codec.ts';

export const queryCodec: PartCodec<QueryMessage> = {
  numbers: { query: 25, 'query-receipt': 26, 'query-answer': 27 },
  sizeOf,
  write,
  read(type, from) {
    switch (type) {
      case 'query':
        return readQuery(from);
      case 'query-receipt':
        return { type, id: readNodeId(from), of: choose(RECEIPTS, from.u8(), from) };
      case 'query-answer':
        return {
          type,
          id: readNodeId(from),
          verdict: choose(VERDICTS, from.u8(), from),
          value: readBytes(from),
        };
    }
  },
};

function sizeOf(message: QueryMessage): number {
  const bytes = 1 + NODE_ID_BYTES + 1;
  if (message.type === 'query-receipt') return bytes;
  if (message.type === 'query-answer') return bytes + prefixed(message.value.length);
  const { asker, name, payload, leftMs, spreadMs } = message;
  let sum = bytes + prefixed(textBytes(asker)) + prefixed(textBytes(name));
  sum += prefixed(payload.length) + varintBytes(leftMs) + varintBytes(spreadMs);
  if (!isEmpty(message.where)) sum += 1 + writtenTagsBytes(message.where);
  return isPassedOn(message) ? sum + 2 * NODE_ID_BYTES : sum;
}

function write(message: QueryMessage, to: Writer): void {
  writeNodeId(to, message.id);
  if (message.type === 'query') {
    writeQuery(message, to);
  } else if (message.type === 'query-receipt') {
    to.u8(RECEIPTS.indexOf(message.of));
  } else {
    to.u8(VERDICTS.indexOf(message.verdict));
    writeBytes(message.value, to);
  }
}

function writeQuery(query: Query, to: Writer): void {
  const { acknowledge, where } = query;
  const isRanged = isPassedOn(query);
  to.u8((acknowledge ? ACKNOWLEDGE : 0) + (isEmpty(where) ? 0 : TAGS) + (isRanged ? RANGE : 0));
  to.text(query.asker);
  to.text(query.name);
  writeBytes(query.payload, to);
  to.varint(query.leftMs);
  to.varint(query.spreadMs);
  if (!isEmpty(where)) writeTags(where, to);
  if (!isRanged) return;
  writeNodeId(to, query.first);
  writeNodeId(to, query.last);
}

function readQuery(from: Reader): Query {
  const id = readNodeId(from);
  const flags = from.u8();
  if (flags > ACKNOWLEDGE + TAGS + RANGE) from.fail();
  const asker = from.text(NAME_BYTES_MAX);
  const name = from.text(QUERY_NAME_BYTES_MAX);
  const payload = readBytes(from);
  const leftMs = from.varint();
  const spreadMs = from.varint();
  if (asker === '' || name === '' || leftMs > QUERY_MS_MAX || spreadMs > leftMs) from.fail();
  const where = flags & TAGS ? readTags(from) : NO_TAGS;
  const isRanged = (flags & RANGE) > 0;
  const range = isRanged ? { first: readNodeId(from), last: readNodeId(from) } : NO_RANGE;
  if (isRanged && range.first > range.last) from.fail();
  const acknowledge = (flags & ACKNOWLEDGE) > 0;
  return {
    type: 'query',
    id,
    asker,
    name,
    payload,
    where,
    ...range,
    leftMs,
    spreadMs,
    acknowledge,
  };
}

function writeBytes(value: Uint8Array, to: Writer): void {
  to.varint(value.length);
  to.bytes(value);
}

/** A copy: what it is read from is used again. */
function readBytes(from: Reader): Uint8Array {
  const length = from.varint();
  if (length > QUERY_BYTES_MAX) from.fail();
  return from.ok ? from.bytes(length).slice() : new Uint8Array();
}

function isPassedOn({ first, last }: Query): boolean {
  return isWithin(first, { first, last });
}

function prefixed(bytes: number): number {
  return varintBytes(bytes) + bytes;
}

const ACKNOWLEDGE = 1;
const TAGS = 2;
const RANGE = 4;
/** Never reordered: a place is the number on the wire. */
const RECEIPTS: readonly QueryReceipt['of'][] = ['query', 'acknowledgement', 'answer'];
const VERDICTS: readonly Verdict[] = [
  'acknowledged',
  'answered',
  'failed',
  'no-handler',
  'busy',
  'too-large',
];
const NO_TAGS: Tags = {};
