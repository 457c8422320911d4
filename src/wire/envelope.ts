/**
 * Packets of wire version 1: what the host puts around every message it sends by UDP.
 *
 * | bytes  | field                                                                    |
 * | ------ | ------------------------------------------------------------------------ |
 * | 1      | version (high nibble), claim flag (bit 3), kind (bits 0 to 2)            |
 * | 1      | key id; 0: no key                                                        |
 * | 8      | nodeId of the sender                                                     |
 * | 8      | nodeId of the receiver; zero in a hello                                  |
 * | 6      | counter, with a key only                                                 |
 * | 7 / 19 | claimed address, if flagged: only when it differs from the UDP source    |
 * | …      | body                                                                     |
 * | 4      | CRC-32 of everything before it; with a key: a tag of 16 bytes            |
 *
 * Bodies: a message is the design's own; hello and welcome are the hash of the cluster's name
 * (8 B) and a nonce (6 B), so that an answer is as long as its question; gone is the nodeId that
 * was meant (8 B).
 *
 * With a key the body is encrypted, and the tag covers everything before it. A host adds to that
 * what does not travel: where the sender says it lives, and the cluster (`net/packet-seal.ts`).
 *
 * The rule for later versions: a new kind takes a reserved number and old nodes count it as
 * `kind`; any change of an existing field takes a new version, and old nodes count it as
 * `version`. Kind 7 announces an extended header (signatures). Versions 0 and 15 are never used.
 * A node speaks version n + 1 only to those whose own facts say that they read it.
 */
import {
  ADDRESS_BYTES,
  ANYONE,
  ENVELOPE_BYTES,
  NODE_ID_BYTES,
  PACKET_BYTES_MAX,
  type Address,
  type NodeId,
  type Reader,
  type Writer,
} from '../core/index.ts';
import { readAddress, writeAddress } from './address.ts';
import { crc32 } from './crc32.ts';
import { readNodeId, writeNodeId } from './node-id.ts';
import type { ByteReader } from './reader.ts';
import type { ByteWriter } from './writer.ts';

export const WIRE_VERSION = 1;

/** A datagram longer than this is not ours: 1400 B, and a claimed address nobody has counted. */
export const DATAGRAM_BYTES_MAX = PACKET_BYTES_MAX + ENVELOPE_BYTES + ADDRESS_BYTES;

/** What the plain form (no key, no claimed address) adds to a body. */
export const PLAIN_ENVELOPE_BYTES = 2 + 2 * NODE_ID_BYTES + 4;

/** Of AES-GCM, whole. */
export const TAG_BYTES = 16;

/** What the encrypted form (no claimed address) adds to a body: what is counted for both. */
export const SEALED_ENVELOPE_BYTES = 2 + 2 * NODE_ID_BYTES + 6 + TAG_BYTES;

export const PacketKind = { Message: 0, Hello: 1, Welcome: 2, Gone: 3 } as const;
export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind];

/** Why bytes are no packet of ours. */
export type PacketFlaw = 'length' | 'version' | 'kind' | 'key' | 'checksum' | 'header';

export interface PacketHeader {
  readonly kind: PacketKind;
  readonly sender: NodeId;
  readonly receiver: NodeId;
  /** Where the sender says it lives; undefined: where the packet came from. */
  readonly claimed: Address | undefined;
}

/** What the head of an encrypted packet says besides. */
export interface SealedHeader extends PacketHeader {
  /** 1 … 255. */
  readonly keyId: number;
  /** 48 bits, never twice by one sender. */
  readonly counter: number;
  /** Where the body begins: what is before it travels in clear. */
  readonly headBytes: number;
}

/** The body of a hello and of a welcome. */
export interface Greeting {
  /** The first 64 bits of the hash of the cluster's name, in the form of a nodeId. */
  readonly clusterHash: string;
  /** 48 bits: drawn for the hello, echoed in the welcome. */
  readonly nonce: number;
}

/** A 32-bit checksum of bytes; hosts may have a faster one than {@link crc32}, never another. */
export type Checksum = (data: Uint8Array) => number;

const KIND_MAX = PacketKind.Gone;
const CLAIM_FLAG = 0x08;
const NO_KEY = 0;

/** Starts a packet in an empty writer; the body is to be written next, then `endPacket`. */
export function beginPacket(to: ByteWriter, header: PacketHeader): void {
  begin(to, header, NO_KEY);
  if (header.claimed !== undefined) writeAddress(to, header.claimed);
}

/** Starts an encrypted packet: what is in the writer then is its head. */
export function beginSealedPacket(
  to: ByteWriter,
  header: PacketHeader,
  keyId: number,
  counter: number,
): void {
  begin(to, header, keyId);
  to.u48(counter);
  if (header.claimed !== undefined) writeAddress(to, header.claimed);
}

function begin(to: ByteWriter, { kind, sender, receiver, claimed }: PacketHeader, keyId: number) {
  to.clear();
  to.u8((WIRE_VERSION << 4) | (claimed === undefined ? 0 : CLAIM_FLAG) | kind);
  to.u8(keyId);
  writeNodeId(to, sender);
  writeNodeId(to, receiver);
}

/** Completes the packet in the writer. */
export function endPacket(to: ByteWriter, checksum: Checksum = crc32): void {
  to.u32(checksum(to.view()));
}

/** Opens a packet: afterwards `from` reads just its body. Never throws. */
export function openPacket(
  data: Uint8Array,
  from: ByteReader,
  checksum: Checksum = crc32,
): PacketHeader | PacketFlaw {
  const kind = kindOf(data);
  if (typeof kind === 'string') return kind;
  if (data.length < PLAIN_ENVELOPE_BYTES) return 'length';
  if (data[1] !== NO_KEY) return 'key';
  const end = data.length - 4;
  from.reset(data, end);
  if (from.u32() !== checksum(data.subarray(0, end))) return 'checksum';
  from.reset(data, 2, end);
  const sender = readNodeId(from);
  const receiver = readNodeId(from);
  const claimed = data[0]! & CLAIM_FLAG ? readAddress(from) : undefined;
  if (!from.ok || sender === ANYONE) return 'header';
  return { kind, sender, receiver, claimed };
}

/**
 * Reads the head of an encrypted packet; nothing is authenticated yet. `plain`: it has no key.
 * Never throws.
 */
export function openSealedHead(
  data: Uint8Array,
  from: ByteReader,
): SealedHeader | PacketFlaw | 'plain' {
  const kind = kindOf(data);
  if (typeof kind === 'string') return kind;
  if (data.length < PLAIN_ENVELOPE_BYTES) return 'length';
  const keyId = data[1]!;
  if (keyId === NO_KEY) return 'plain';
  if (data.length < SEALED_ENVELOPE_BYTES) return 'length';
  const end = data.length - TAG_BYTES;
  from.reset(data, 2, end);
  const sender = readNodeId(from);
  const receiver = readNodeId(from);
  const counter = from.u48();
  const claimed = data[0]! & CLAIM_FLAG ? readAddress(from) : undefined;
  if (!from.ok || sender === ANYONE) return 'header';
  return { kind, sender, receiver, claimed, keyId, counter, headBytes: end - from.left };
}

export function writeGreeting(to: Writer, greeting: Greeting): void {
  writeNodeId(to, greeting.clusterHash);
  to.u48(greeting.nonce);
}

/** Undefined unless that is all there is. */
export function readGreeting(from: Reader): Greeting | undefined {
  const clusterHash = readNodeId(from);
  const nonce = from.u48();
  return from.ok && from.left === 0 ? { clusterHash, nonce } : undefined;
}

/** The nodeId that was meant, the body of a gone; undefined unless that is all there is. */
export function readGone(from: Reader): NodeId | undefined {
  const meant = readNodeId(from);
  return from.ok && from.left === 0 ? meant : undefined;
}

/** Its kind; or why bytes are no packet of this version. */
function kindOf(data: Uint8Array): PacketKind | PacketFlaw {
  if (data.length === 0 || data.length > DATAGRAM_BYTES_MAX) return 'length';
  const first = data[0]!;
  if (first >> 4 !== WIRE_VERSION) return 'version';
  const kind = first & 0x07;
  return isKind(kind) ? kind : 'kind';
}

function isKind(kind: number): kind is PacketKind {
  return kind <= KIND_MAX;
}
