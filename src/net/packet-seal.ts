/**
 * Packets of one life under AES-256-GCM.
 *
 * The key is HKDF(ring key, nodeId of the sender), the nonce the sender's counter (6 zero bytes,
 * then its 6): no pair ever comes twice, since a nodeId is drawn for each life. Authenticated with
 * the body are the envelope's head; for messages and gone also where their sender says it lives,
 * be that claimed or the UDP source, and the hash of the cluster's name. A greeting carries that
 * hash in its body, so that another cluster can be told from another key, and speaks for the
 * place it came from.
 *
 * Derived keys, some 500 B each, are remembered only of senders who have proved that they have the
 * ring key; a stranger whose key was forgotten costs an HKDF again.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { Acquaintances } from '../blocks/security/acquaintances.ts';
import type { Keyring } from '../blocks/security/keyring.ts';
import type { Address, NodeId } from '../core/index.ts';
import {
  beginSealedPacket,
  openSealedHead,
  PacketKind,
  TAG_BYTES,
  type ByteReader,
  type ByteWriter,
  type PacketFlaw,
  type PacketHeader,
  type SealedHeader,
} from '../wire/index.ts';
import { derive, SECRET_BYTES, type SecretKey } from './secret.ts';

const CIPHER = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES };
const NONCE_BYTES = 12;
const COUNTER_AT = 18;
const COUNTER_BYTES = 6;

/** The longest head, address as text (`[…]:65535`) and cluster hash. */
const COVERED_BYTES_MAX = 128;

/** plain: no key · key: none of ours · auth: the tag does not fit · reflected: our own. */
export type SealFlaw = PacketFlaw | 'plain' | 'key' | 'auth' | 'reflected';

export interface PacketSealOptions {
  readonly keyring: Keyring<SecretKey>;
  readonly nodeId: NodeId;
  readonly clusterHash: string;
  /** Advertised. */
  readonly address: Address;
  /** Whether the node keeps a route to a life. */
  readonly isKept: (sender: NodeId) => boolean;
}

/** A key derived for one sender from one of the ring. */
interface Derived {
  readonly ring: SecretKey;
  readonly key: KeyObject;
}

export class PacketSeal {
  readonly #options: PacketSealOptions;
  readonly #salt = new Uint8Array(0);
  readonly #keys: Acquaintances<Derived>;
  readonly #nonce = Buffer.alloc(NONCE_BYTES);
  readonly #covered = Buffer.alloc(COVERED_BYTES_MAX);
  #own: Derived | undefined;

  constructor(options: PacketSealOptions) {
    this.#options = options;
    this.#keys = new Acquaintances({ isKept: options.isKept });
  }

  /** Derived keys remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** The datagram of a header and a body; the writer is only lent. */
  seal(header: PacketHeader, counter: number, body: Uint8Array, writer: ByteWriter): Uint8Array {
    const { current } = this.#options.keyring;
    beginSealedPacket(writer, header, current.id, counter);
    const head = writer.view();
    if (this.#own?.ring !== current) {
      this.#own = { ring: current, key: this.#derive(current, header.sender) };
    }
    const cipher = createCipheriv(CIPHER, this.#own.key, this.#nonceOf(head), OPTIONS);
    cipher.setAAD(this.#cover(header.kind, head, header.claimed ?? this.#options.address));
    const sealed = cipher.update(body);
    cipher.final(); // Empty: GCM is a stream.
    writer.bytes(sealed);
    writer.bytes(cipher.getAuthTag());
    return writer.copy();
  }

  /** Afterwards `from` reads just the body. Never throws. */
  open(data: Uint8Array, source: Address, from: ByteReader): SealedHeader | SealFlaw {
    const header = openSealedHead(data, from);
    if (typeof header === 'string') return header;
    if (header.sender === this.#options.nodeId) return 'reflected';
    const ring = this.#options.keyring.find(header.keyId);
    if (ring === undefined) return 'key';
    const known = this.#keys.get(header.sender);
    const isKnown = known?.ring === ring;
    const key = isKnown ? known.key : this.#derive(ring, header.sender);
    const body = this.#decipher(key, data, header, source);
    if (body === undefined) return 'auth';
    if (!isKnown) this.#keys.set(header.sender, { ring, key });
    from.reset(body);
    return header;
  }

  /** A ring key is gone, and what was derived from it. */
  forget(fingerprint: string): void {
    this.#keys.deleteWhere(({ ring }) => ring.fingerprint === fingerprint);
  }

  #decipher(
    key: KeyObject,
    data: Uint8Array,
    { kind, claimed, headBytes }: SealedHeader,
    source: Address,
  ): Uint8Array | undefined {
    const end = data.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, key, this.#nonceOf(data), OPTIONS);
    decipher.setAAD(this.#cover(kind, data.subarray(0, headBytes), claimed ?? source));
    decipher.setAuthTag(data.subarray(end));
    const body = decipher.update(data.subarray(headBytes, end));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return body;
  }

  #nonceOf(head: Uint8Array): Uint8Array {
    this.#nonce.set(head.subarray(COUNTER_AT, COUNTER_AT + COUNTER_BYTES), COUNTER_BYTES);
    return this.#nonce;
  }

  #cover(kind: PacketKind, head: Uint8Array, address: Address): Uint8Array {
    const covered = this.#covered;
    covered.set(head);
    if (kind === PacketKind.Hello || kind === PacketKind.Welcome) {
      return covered.subarray(0, head.length);
    }
    let end = head.length + covered.write(address, head.length, 'latin1');
    end += covered.write(this.#options.clusterHash, end, 'latin1');
    return covered.subarray(0, end);
  }

  #derive(ring: SecretKey, sender: NodeId): KeyObject {
    const bytes = derive(ring.material, this.#salt, `packet ${sender}`, SECRET_BYTES);
    return createSecretKey(new Uint8Array(bytes));
  }
}
