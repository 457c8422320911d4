import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pureCrypto } from '../../sim/sha256.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  contentOf,
  hashOf,
  HASH_BYTES,
  isListed,
  joined,
  keyOf,
} from './content.ts';

const bytesOf = (length: number): Uint8Array =>
  new Uint8Array(length).map((_, i) => (i * 31 + (i >> 8)) & 0xff);

test('a value comes back whole, whatever its length', () => {
  for (const length of [1, 513, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 150_000]) {
    const bytes = bytesOf(length);
    const content = contentOf(bytes, pureCrypto);
    expect(content.reference.length).toBe(length);
    expect(content.chunks).toHaveLength(chunkCount(length));
    expect(content.list).toHaveLength(chunkCount(length) * HASH_BYTES);
    for (const [i, chunk] of content.chunks.entries()) {
      expect(chunk).toHaveLength(chunkLength(length, i));
      expect(isListed(chunk, content.list, i, pureCrypto)).toBe(true);
    }
    expect(joined(content).every((byte, i) => byte === bytes[i])).toBe(true);
    expect(joined(content)).toHaveLength(length);
  }
});

test('the hash is that of FIPS 180-4 over length and list, so others can compute it', () => {
  // printf abc | sha256sum, put after six bytes of length, through sha256sum again.
  expect(contentOf(Uint8Array.of(97, 98, 99), pureCrypto).reference.hash).toBe(
    'e2857567a9cab7a589830c3dca35ac3371b242fc64ce321b0886d8c4267e33b8',
  );
});

test('another byte, another length or another order is another value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (bytes, at) => {
      const { list, reference } = contentOf(bytes, pureCrypto);
      const other = Uint8Array.from(bytes);
      other[at % other.length]! ^= 1;
      expect(contentOf(other, pureCrypto).reference.hash).not.toBe(reference.hash);
      expect(hashOf(bytes.length + 1, list, pureCrypto)).not.toBe(reference.hash);
      expect(isListed(other, list, 0, pureCrypto)).toBe(false);
    }),
    { numRuns: 50 },
  );
  const reference = { length: 1, hash: 'a' };
  expect(keyOf(reference)).not.toBe(keyOf({ ...reference, length: 2 }));
});
