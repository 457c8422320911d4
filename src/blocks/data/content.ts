/**
 * Large values, known by hash: each is cut into chunks, and named by its length and one hash over
 * the list of its chunks' hashes: a hash tree of two levels (Merkle 1987), as BitTorrent v2 has.
 *
 * So each chunk is checked as it comes. A false one is known at once, and so is who sent it; nobody
 * waits for 16 MB to be hashed; and who has a part of a value can serve that part. The list costs
 * 32 B for each 60 kB and is fetched first; it need not be where there is one chunk. The length
 * goes into the hash: a reference that lies about it names nothing that there is.
 */
import type { Content, ContentReference, Crypto } from '../../core/index.ts';

export type { Content, ContentReference };

/** So that a chunk and what goes with it fit one stream message of 64 kB. */
export const CHUNK_BYTES = 60_000;

/** SHA-256. */
export const HASH_BYTES = 32;

/** The largest value whose list fits one chunk, so one message: 112.5 MB. */
export const CONTENT_BYTES_MAX = Math.floor(CHUNK_BYTES / HASH_BYTES) * CHUNK_BYTES;

export function chunkCount(length: number): number {
  return Math.ceil(length / CHUNK_BYTES);
}

/** Bytes of one chunk of a value of so many bytes. */
export function chunkLength(length: number, index: number): number {
  return Math.min(CHUNK_BYTES, length - index * CHUNK_BYTES);
}

/** Cuts bytes up and names them; it keeps them, so they must not change. */
export function contentOf(bytes: Uint8Array, crypto: Crypto): Content {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    chunks.push(bytes.subarray(start, start + CHUNK_BYTES));
  }
  const list = new Uint8Array(chunks.length * HASH_BYTES);
  for (const [i, chunk] of chunks.entries()) list.set(crypto.sha256(chunk), i * HASH_BYTES);
  const { length } = bytes;
  return { reference: { length, hash: hashOf(length, list, crypto) }, list, chunks };
}

/** What names a value of so many bytes: SHA-256 over their number, 6 bytes, and its list. */
export function hashOf(length: number, list: Uint8Array, crypto: Crypto): string {
  const named = new Uint8Array(LENGTH_BYTES + list.length);
  let left = length;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) {
    named[i] = left % 256;
    left = Math.floor(left / 256);
  }
  named.set(list, LENGTH_BYTES);
  let hash = '';
  for (const byte of crypto.sha256(named)) hash += byte.toString(16).padStart(2, '0');
  return hash;
}

/** Whether bytes are those that a list names at this place. */
export function isListed(
  chunk: Uint8Array,
  list: Uint8Array,
  index: number,
  crypto: Crypto,
): boolean {
  const hash = crypto.sha256(chunk);
  return hash.every((byte, i) => byte === list[index * HASH_BYTES + i]);
}

/** Different for different references, true or not. */
export function keyOf({ hash, length }: ContentReference): string {
  return `${hash} ${length}`;
}

/** The value in one piece: a copy. */
export function joined({ reference, chunks }: Content): Uint8Array {
  const bytes = new Uint8Array(reference.length);
  for (const [i, chunk] of chunks.entries()) bytes.set(chunk, i * CHUNK_BYTES);
  return bytes;
}

const LENGTH_BYTES = 6;
