/** Which part's codec knows which message, by its type and by its number on the wire. */
import { assert, type Reader, type Writer } from '../../core/index.ts';
import { dataCodec } from './data-codec.ts';
import type { PartMessage } from './messages.ts';
import type { PartCodec } from './part.ts';
import { queryCodec } from './query-codec.ts';
import { valueCodec } from './value-codec.ts';
import { topicCodec } from './topic-codec.ts';

type PartType = PartMessage['type'];

/**
 * The number that no type has: one of a later release follows it, as a varint of what it is above
 * 32, and then the message. This release drops such a message whole.
 */
export const LATER = 24;

/** The type with this number, if a part has it. */
export function partType(number: number): PartType | undefined {
  return TYPES[number];
}

export function sizeOfPart(message: PartMessage): number {
  return codecOf(message.type).sizeOf(message);
}

/** @param version what the first byte says beside the type's number */
export function writeOfPart(message: PartMessage, version: number, to: Writer): void {
  const codec = codecOf(message.type);
  to.u8(version + codec.numbers[message.type]);
  codec.write(message, to);
}

/** What follows the first byte; undefined for anything malformed. */
export function readOfPart(type: PartType, from: Reader): PartMessage | undefined {
  const message = codecOf(type).read(type, from);
  return from.ok && from.left === 0 ? message : undefined;
}

function codecOf(type: PartType): PartCodec<PartMessage> {
  return CODECS.get(type) as PartCodec<PartMessage>;
}

const ALL = [dataCodec, queryCodec, topicCodec, valueCodec] as readonly PartCodec<PartMessage>[];
const CODECS = new Map<string, PartCodec<PartMessage>>();
const TYPES: (PartType | undefined)[] = [];
for (const codec of ALL) {
  for (const [type, number] of Object.entries(codec.numbers)) {
    assert(number !== LATER && TYPES[number] === undefined, 'each type has a number of its own');
    CODECS.set(type, codec);
    TYPES[number] = type as PartType;
  }
}
