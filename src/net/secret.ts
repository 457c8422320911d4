/**
 * Ring keys: 32 bytes, written as base64.
 *
 * What is used on the wire is always derived from them by HKDF-SHA256 (RFC 5869), so that a ring
 * key itself never meets a nonce. Of the key people and packets see two derived values: a
 * fingerprint of 32 bits and an id of one byte.
 */
import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { Keyring, type RingKey } from '../blocks/security/keyring.ts';
import { UsageError } from '../core/index.ts';

/** Of AES-256. */
export const SECRET_BYTES = 32;

/** A key of the ring, ready for use. */
export interface SecretKey extends RingKey {
  readonly material: KeyObject;
}

/** A new secret, as text. */
export function drawSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * The key that a secret stands for. A password is refused, since nothing here would slow down
 * those who guess one.
 *
 * @throws UsageError BAD_SECRET
 */
export function parseSecret(text: string): SecretKey {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== SECRET_BYTES || bytes.toString('base64') !== text) {
    throw new UsageError(
      'BAD_SECRET',
      'secret: give the base64 of 32 random bytes (44 characters), as `hearsay keygen` prints it',
    );
  }
  const material = createSecretKey(bytes);
  const print = Buffer.from(derive(material, EMPTY, 'fingerprint', 5));
  return {
    id: 1 + (print[4]! % 255),
    fingerprint: print.subarray(0, 4).toString('hex'),
    material,
  };
}

/** The ring of one secret or several, of which the first is used. @throws UsageError */
export function keyringOf(secret: string | readonly string[]): Keyring<SecretKey> {
  const [first, ...others] = typeof secret === 'string' ? [secret] : secret;
  if (first === undefined) throw new UsageError('BAD_SECRET', 'secret: the list is empty');
  return new Keyring([parseSecret(first), ...others.map(parseSecret)]);
}

/** Bytes for one purpose: HKDF keeps what is derived for different ones apart. */
export function derive(
  from: KeyObject,
  salt: Uint8Array,
  purpose: string,
  bytes: number,
): ArrayBuffer {
  return hkdfSync('sha256', from, salt, `hearsay 1 ${purpose}`, bytes);
}

const EMPTY = new Uint8Array(0);
