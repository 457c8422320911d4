/**
 * The frames of one connection, in clear or under a key.
 *
 * With a keyring each side draws a nonce and says it in clear, with the id of the dialler's key.
 * HKDF over both nonces gives a key for each way, so that nothing of an earlier connection means
 * anything on this one; a frame's number is its nonce for AES-256-GCM. What is written before the
 * keys are known waits here.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Keyring } from '../blocks/security/keyring.ts';
import {
  decodeStreamGreeting,
  encodeFrame,
  encodeSealedFrame,
  encodeStreamGreeting,
  FrameDecoder,
  FrameKind,
  GREETING_BYTES_MAX,
  OPEN_BYTES_MAX,
  SEALED_FRAME_OVERHEAD_BYTES,
  STREAM_NONCE_BYTES,
  TAG_BYTES,
  type Frame,
  type FrameFlaw,
  type SealFrame,
  type UnsealFrame,
} from '../wire/index.ts';
import { derive, SECRET_BYTES, type SecretKey } from './secret.ts';

/** wrong-key: the one who was dialled has another key, or none. */
export type StreamFlaw =
  | FrameFlaw
  | 'version'
  | 'header'
  | 'unopened'
  | 'plain'
  | 'key'
  | 'wrong-key';

const CIPHER = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES };
const NONCE_BYTES = 12;

export class StreamFrames {
  readonly #decoder = new FrameDecoder(crc32);
  readonly #keyring: Keyring<SecretKey> | undefined;
  readonly #isDialler: boolean;
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #nonce: Uint8Array = randomBytes(STREAM_NONCE_BYTES);
  #ring: SecretKey | undefined;
  #seal: SealFrame | undefined;
  #waiting: { readonly kind: FrameKind; readonly body: Uint8Array }[] = [];
  #waitingBytes = 0;
  #flaw: StreamFlaw | undefined;

  /** `emit` takes bytes for the other side, in order. A dialler with keys begins at once. */
  constructor(
    keyring: Keyring<SecretKey> | undefined,
    isDialler: boolean,
    emit: (bytes: Uint8Array) => void,
  ) {
    this.#keyring = keyring;
    this.#isDialler = isDialler;
    this.#emit = emit;
    if (keyring === undefined) return;
    this.#decoder.bodyMax = GREETING_BYTES_MAX;
    if (!isDialler) return;
    this.#ring = keyring.current;
    this.#greet(this.#ring);
  }

  /** Of the key that is used: 0 is none. */
  get keyId(): number {
    return this.#ring?.id ?? 0;
  }

  /** What the key is called; undefined: none, or not known yet. */
  get fingerprint(): string | undefined {
    return this.#ring?.fingerprint;
  }

  /** Bytes that wait for the keys. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Why nothing more can be read. */
  get flaw(): StreamFlaw | undefined {
    return this.#flaw ?? this.#decoder.flaw;
  }

  /** Bytes held that are no whole frame yet, once `next` has given undefined. */
  get held(): number {
    return this.#decoder.held;
  }

  /** From now on frames may hold so much. */
  set bodyMax(bytes: number) {
    this.#decoder.bodyMax = bytes;
  }

  write(kind: FrameKind, body: Uint8Array): void {
    if (this.#keyring === undefined) {
      this.#emit(encodeFrame(kind, body, crc32));
    } else if (this.#seal === undefined) {
      this.#waiting.push({ kind, body });
      this.#waitingBytes += body.length + SEALED_FRAME_OVERHEAD_BYTES;
    } else {
      this.#emit(encodeSealedFrame(kind, body, this.#seal));
    }
  }

  /** Takes what arrived; it must not change afterwards. */
  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  /** The next frame; undefined: more must arrive first, or there is a flaw. */
  next(): Frame | undefined {
    if (this.#flaw !== undefined) return undefined;
    const frame = this.#decoder.next();
    if (frame === undefined || this.#keyring === undefined || this.#seal !== undefined) {
      return frame;
    }
    this.#flaw = this.#begin(frame, this.#keyring);
    return this.next();
  }

  /** The other side's greeting has come. */
  #begin({ kind, body }: Frame, keyring: Keyring<SecretKey>): StreamFlaw | undefined {
    if (kind !== FrameKind.Open) return 'unopened';
    const greeting = decodeStreamGreeting(body);
    if (this.#isDialler) {
      if (greeting === 'plain') return 'wrong-key';
      if (typeof greeting === 'string') return greeting;
      if (greeting.keyId !== this.keyId) return 'wrong-key';
      this.#agree(greeting.nonce);
      return undefined;
    }
    if (greeting === 'version' || greeting === 'header') return greeting;
    const ring = greeting === 'plain' ? undefined : keyring.find(greeting.keyId);
    this.#greet(ring ?? keyring.current);
    if (greeting === 'plain') return 'plain';
    if (ring === undefined) return 'key';
    this.#ring = ring;
    this.#agree(greeting.nonce);
    return undefined;
  }

  #greet(ring: SecretKey): void {
    const body = encodeStreamGreeting({ keyId: ring.id, nonce: this.#nonce });
    this.#emit(encodeFrame(FrameKind.Open, body, crc32));
  }

  /** Both nonces are known: so are the keys, and what has waited goes out. */
  #agree(theirs: Uint8Array): void {
    const both = this.#isDialler ? [this.#nonce, theirs] : [theirs, this.#nonce];
    const salt = Buffer.concat(both);
    const [own, other] = this.#isDialler ? ['dialler', 'acceptor'] : ['acceptor', 'dialler'];
    const { material } = this.#ring!;
    const keyFor = (who: string) =>
      new Uint8Array(derive(material, salt, `stream ${who}`, SECRET_BYTES));
    this.#seal = sealer(keyFor(own));
    this.#decoder.unseal = unsealer(keyFor(other));
    this.#decoder.bodyMax = OPEN_BYTES_MAX;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { kind, body } of waiting) this.write(kind, body);
  }
}

function sealer(key: Uint8Array): SealFrame {
  let count = 0;
  return (head, body) => {
    const cipher = createCipheriv(CIPHER, key, nonceOf(count++), OPTIONS);
    cipher.setAAD(head);
    const sealed = cipher.update(body);
    cipher.final(); // Empty: GCM is a stream.
    return Buffer.concat([sealed, cipher.getAuthTag()]);
  };
}

function unsealer(key: Uint8Array): UnsealFrame {
  let count = 0;
  return (head, sealed) => {
    const decipher = createDecipheriv(CIPHER, key, nonceOf(count++), OPTIONS);
    decipher.setAAD(head);
    const end = sealed.length - TAG_BYTES;
    decipher.setAuthTag(sealed.subarray(end));
    const body = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return body;
  };
}

/** The number of a frame, 48 bits; a connection ends long before. */
function nonceOf(count: number): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(count, NONCE_BYTES - 6, 6);
  return nonce;
}
