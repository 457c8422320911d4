/**
 * Bytes of a gossip message, version 1.
 *
 * version u8 · flags u8 (1: answer) · count varint · for each fact: name text, address, nodeId,
 * incarnation u48, heartbeat varint, status u8.
 */
import {
  ADDRESS_BYTES,
  ANYONE,
  NODE_ID_BYTES,
  type Book,
  type Codec,
  type Reader,
  type Writer,
} from '../../core/index.ts';
import {
  readAddress,
  readNodeId,
  textBytes,
  varintBytes,
  writeAddress,
  writeNodeId,
} from '../../wire/index.ts';
import { STATUSES } from './merge.ts';
import { HEARTBEAT_MAX, NAME_BYTES_MAX, type Fact, type HeartbeatMessage } from './messages.ts';

const VERSION = 1;
const ANSWER = 1;

/** Version, flags, and a count of at most three varint bytes (a packet is below 2^21 bytes). */
const HEADER_BYTES = 5;

/** One-letter name, IPv4 address, nodeId, incarnation, heartbeat, status: no fact is shorter. */
const FACT_BYTES_MIN = 2 + 7 + NODE_ID_BYTES + 6 + 1 + 1;

export const heartbeatCodec: Codec<HeartbeatMessage> = {
  sizeOf(message: HeartbeatMessage): number {
    let bytes = HEADER_BYTES;
    for (const fact of message.facts) bytes += factBytes(fact);
    return bytes;
  },

  encode(message: HeartbeatMessage, to: Writer, book: Book): void {
    to.u8(VERSION);
    to.u8(message.answer ? ANSWER : 0);
    to.varint(message.facts.length);
    for (const fact of message.facts) writeFact(fact, to, book);
  },

  decode(from: Reader, book: Book): HeartbeatMessage | undefined {
    if (from.u8() !== VERSION) return undefined;
    const flags = from.u8();
    const count = from.varint();
    if (flags > ANSWER || count * FACT_BYTES_MIN > from.left) return undefined;
    const facts: Fact[] = [];
    for (let i = 0; i < count; i++) {
      const fact = readFact(from, book);
      if (fact === undefined) return undefined;
      facts.push(fact);
    }
    return from.ok && from.left === 0
      ? { type: 'gossip', facts, answer: flags === ANSWER }
      : undefined;
  },
};

/**
 * Splits a view into messages that fit a packet each; only the last asks for an answer.
 *
 * @param bytesMax at least the header and the largest fact
 */
export function parcel(
  facts: Iterable<Fact>,
  bytesMax: number,
  answer: boolean,
): HeartbeatMessage[] {
  const parts: Fact[][] = [];
  let part: Fact[] | undefined;
  let bytes = 0;
  for (const fact of facts) {
    const more = factBytes(fact);
    if (part === undefined || bytes + more > bytesMax) {
      part = [];
      parts.push(part);
      bytes = HEADER_BYTES;
    }
    part.push(fact);
    bytes += more;
  }
  const last = parts.length - 1;
  return parts.map((facts, i) => ({ type: 'gossip', facts, answer: answer && i === last }));
}

function factBytes(fact: Fact): number {
  const name = textBytes(fact.name);
  const numbers = 6 + varintBytes(fact.heartbeat) + 1;
  return varintBytes(name) + name + ADDRESS_BYTES + NODE_ID_BYTES + numbers;
}

function writeFact(fact: Fact, to: Writer, book: Book): void {
  to.text(fact.name);
  writeAddress(to, book.addressOf(fact.peer));
  writeNodeId(to, book.nodeIdOf(fact.peer));
  to.u48(fact.incarnation);
  to.varint(fact.heartbeat);
  to.u8(STATUSES.indexOf(fact.status));
}

function readFact(from: Reader, book: Book): Fact | undefined {
  const name = from.text(NAME_BYTES_MAX);
  const address = readAddress(from);
  const nodeId = readNodeId(from);
  const incarnation = from.u48();
  const heartbeat = from.varint();
  const status = STATUSES[from.u8()];
  if (!from.ok || name === '' || nodeId === ANYONE) return undefined;
  if (status === undefined || heartbeat > HEARTBEAT_MAX) return undefined;
  return { name, peer: book.peer(address, nodeId), incarnation, heartbeat, status };
}
