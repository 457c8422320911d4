/**
 * Streams of wire version 1: frames over TCP.
 *
 * | bytes | field                                                                   |
 * | ----- | ----------------------------------------------------------------------- |
 * | 4     | length of the body                                                      |
 * | 1     | kind                                                                    |
 * | …     | body                                                                    |
 * | 4     | CRC-32 of everything before it in this frame; with a key: a tag of 16 B |
 *
 * The first frame each way is `open`: version, key id (0: no key), lane (0 control, 1 bulk, 2
 * packets), the nodeIds of its sender and of its receiver (zero: whoever lives there), the hash of
 * the cluster's name (8 B), the sender's advertised address. Its first two fields never change
 * place, so every version can tell every other. `gone` is the nodeId that was meant; `message` is
 * the design's own. Numbers agree with those of packets; the rest is reserved.
 *
 * With a key the first frame each way is a greeting: an `open` of version, key id and a nonce of
 * 16 B, with a CRC. Both nonces make the keys, one each way, and from then on every body is
 * encrypted and counted from 0; the `open` with its nodeIds comes second. Who does not know a key
 * id answers with a greeting of his own, so that the other side learns why, and closes.
 */
import { ANYONE, STREAM_BYTES_MAX, type Address, type Lane, type NodeId } from '../core/index.ts';
import { readAddress, writeAddress } from './address.ts';
import { crc32 } from './crc32.ts';
import { TAG_BYTES, WIRE_VERSION, type Checksum } from './envelope.ts';
import { readNodeId, writeNodeId } from './node-id.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

/** What a frame adds to its body. */
export const FRAME_OVERHEAD_BYTES = 9;

/** The same with a key. */
export const SEALED_FRAME_OVERHEAD_BYTES = 5 + TAG_BYTES;

/** The longest frame there is: for limits on what a connection queues. */
export const FRAME_BYTES_MAX = STREAM_BYTES_MAX + SEALED_FRAME_OVERHEAD_BYTES;

/** Of a greeting. */
export const STREAM_NONCE_BYTES = 16;

/** The most that a first frame may hold where a greeting is due: an `open` without a key, too. */
export const GREETING_BYTES_MAX = 64;

/** The most that the first frame may hold: an `open` is 46 B, a later version's may be longer. */
export const OPEN_BYTES_MAX = 4096 - FRAME_OVERHEAD_BYTES;

export const FrameKind = { Message: 0, Open: 1, Gone: 3 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Why bytes are no frame of ours. */
export type FrameFlaw = 'length' | 'kind' | 'checksum' | 'auth';

export interface Frame {
  readonly kind: FrameKind;
  readonly body: Uint8Array;
}

/** `packets` carries what cannot go by UDP. */
export type StreamLane = Lane | 'packets';

/** Who speaks on a stream, to whom. */
export interface Open {
  readonly lane: StreamLane;
  readonly sender: NodeId;
  readonly receiver: NodeId;
  readonly clusterHash: string;
  readonly address: Address;
}

/** What a stream under a key begins with. */
export interface StreamGreeting {
  /** 1 … 255. */
  readonly keyId: number;
  readonly nonce: Uint8Array;
}

/** Encrypts a body; the tag after it covers the frame's head as well. */
export type SealFrame = (head: Uint8Array, body: Uint8Array) => Uint8Array;

/** The body of what was sealed, tag included; undefined: it is not authentic. */
export type UnsealFrame = (head: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined;

const HEAD_BYTES = 5;
const CRC_BYTES = 4;
const NO_KEY = 0;
const LANES: readonly StreamLane[] = ['control', 'bulk', 'packets'];

export function encodeFrame(
  kind: FrameKind,
  body: Uint8Array,
  checksum: Checksum = crc32,
): Uint8Array {
  const to = new ByteWriter(body.length + FRAME_OVERHEAD_BYTES);
  to.u32(body.length);
  to.u8(kind);
  to.bytes(body);
  to.u32(checksum(to.view()));
  return to.view();
}

export function encodeSealedFrame(kind: FrameKind, body: Uint8Array, seal: SealFrame): Uint8Array {
  const to = new ByteWriter(body.length + SEALED_FRAME_OVERHEAD_BYTES);
  to.u32(body.length);
  to.u8(kind);
  to.bytes(seal(to.view(), body));
  return to.view();
}

export function encodeStreamGreeting({ keyId, nonce }: StreamGreeting): Uint8Array {
  return Uint8Array.of(WIRE_VERSION, keyId, ...nonce);
}

/** `plain`: an open of one without a key. */
export function decodeStreamGreeting(
  body: Uint8Array,
): StreamGreeting | 'version' | 'plain' | 'header' {
  const from = new ByteReader(body);
  if (from.u8() !== WIRE_VERSION) return 'version';
  const keyId = from.u8();
  if (!from.ok) return 'header';
  if (keyId === NO_KEY) return 'plain';
  const nonce = from.bytes(STREAM_NONCE_BYTES);
  return from.ok && from.left === 0 ? { keyId, nonce } : 'header';
}

export function encodeOpen(open: Open, keyId = NO_KEY): Uint8Array {
  const to = new ByteWriter(64);
  to.u8(WIRE_VERSION);
  to.u8(keyId);
  to.u8(LANES.indexOf(open.lane));
  writeNodeId(to, open.sender);
  writeNodeId(to, open.receiver);
  writeNodeId(to, open.clusterHash);
  writeAddress(to, open.address);
  return to.view();
}

export function decodeOpen(body: Uint8Array, keyId = NO_KEY): Open | 'version' | 'key' | 'header' {
  const from = new ByteReader(body);
  if (from.u8() !== WIRE_VERSION) return 'version';
  if (from.u8() !== keyId) return 'key';
  const lane = LANES[from.u8()];
  const [sender, receiver] = [readNodeId(from), readNodeId(from)];
  const clusterHash = readNodeId(from);
  const address = readAddress(from);
  if (!from.ok || from.left > 0 || lane === undefined || sender === ANYONE) return 'header';
  return { lane, sender, receiver, clusterHash, address };
}

/** The body of a `gone`. */
export function encodeGone(meant: NodeId): Uint8Array {
  const to = new ByteWriter(8);
  writeNodeId(to, meant);
  return to.view();
}

/**
 * Cuts a stream into frames. What it holds is at most twice what has arrived of one frame and the
 * last chunk, whatever length is announced; after the first flaw it gives nothing more.
 */
export class FrameDecoder {
  /** The longest body to accept; the host raises it once the first frame is good. */
  bodyMax = OPEN_BYTES_MAX;
  /** Opens bodies, once the keys are known. */
  unseal: UnsealFrame | undefined;
  #flaw: FrameFlaw | undefined;
  #data: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Whether `#data` is ours to append to, rather than a chunk. */
  #owned = false;
  readonly #checksum: Checksum;

  constructor(checksum: Checksum = crc32) {
    this.#checksum = checksum;
  }

  get flaw(): FrameFlaw | undefined {
    return this.#flaw;
  }

  /** Bytes held that are no whole frame yet, once `next` has given undefined. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** Takes what arrived; it must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (this.#flaw !== undefined || chunk.length === 0) return;
    if (this.held === 0) {
      this.#data = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(chunk.length);
    this.#data.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next frame; undefined: more must arrive first, or there is a flaw. */
  next(): Frame | undefined {
    if (this.#flaw !== undefined || this.held < HEAD_BYTES) return undefined;
    const head = new ByteReader(this.#data, this.#start, this.#end);
    const length = head.u32();
    const kind = head.u8();
    if (length > this.bodyMax) return this.#fail('length');
    if (!isKind(kind)) return this.#fail('kind');
    const tail = this.unseal === undefined ? CRC_BYTES : TAG_BYTES;
    if (head.left < length + tail) return undefined;
    const start = this.#start;
    const end = start + HEAD_BYTES + length;
    let body: Uint8Array | undefined;
    if (this.unseal === undefined) {
      body = head.bytes(length);
      const isWhole = head.u32() === this.#checksum(this.#data.subarray(start, end));
      if (!isWhole) return this.#fail('checksum');
    } else {
      const covered = this.#data.subarray(start, start + HEAD_BYTES);
      body = this.unseal(covered, head.bytes(length + tail));
      if (body === undefined) return this.#fail('auth');
    }
    this.#start = end + tail;
    // A body given out is a view, so what follows it is copied before anything is appended.
    this.#owned = false;
    return { kind, body };
  }

  #fail(flaw: FrameFlaw): undefined {
    this.#flaw = flaw;
    this.#data = new Uint8Array(0);
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(count: number): void {
    const needed = this.held + count;
    if (this.#owned && this.#start + needed <= this.#data.length) return;
    const grown = new Uint8Array(this.#owned ? 2 * needed : needed);
    grown.set(this.#data.subarray(this.#start, this.#end));
    this.#end = this.held;
    this.#start = 0;
    this.#data = grown;
    this.#owned = true;
  }
}

function isKind(kind: number): kind is FrameKind {
  return kind === FrameKind.Message || kind === FrameKind.Open || kind === FrameKind.Gone;
}
