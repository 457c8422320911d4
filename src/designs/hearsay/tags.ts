/**
 * Tags of any size: what fits travels with the fact, in every packet about a member; where that is
 * not all of them, all are also a value of the member's own state, under a key that no program can
 * write.
 */
import { TAGS_BYTES_MAX, type Tags } from '../../blocks/membership/index.ts';
import { ByteReader, ByteWriter, textBytes } from '../../wire/index.ts';

/** Of the state of whoever has more tags than a fact can carry. */
export const TAGS_KEY = '\0tags';

/** All tags of one node, as {@link tagsBytes} counts. Every node keeps those of all. */
export const LARGE_TAGS_BYTES_MAX = 2 ** 20;

/** Keys that begin so are not the application's. */
export function isReserved(key: string): boolean {
  return key.startsWith('\0');
}

export function tagsBytes(tags: Tags): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(tags)) bytes += pairBytes(key, value);
  return bytes;
}

export function travelWhole(tags: Tags): boolean {
  return tagsBytes(tags) <= TAGS_BYTES_MAX;
}

/** Those that travel with the fact: all, or the smallest. */
export function travelling(tags: Tags): Tags {
  if (travelWhole(tags)) return { ...tags };
  const pairs = Object.entries(tags).sort((a, b) => pairBytes(...a) - pairBytes(...b));
  const some: Record<string, string> = {};
  let bytes = 0;
  for (const [key, value] of pairs) {
    bytes += pairBytes(key, value);
    if (bytes > TAGS_BYTES_MAX) break;
    some[key] = value;
  }
  return some;
}

export function encodeTags(tags: Tags): Uint8Array {
  const to = new ByteWriter();
  for (const [key, value] of Object.entries(tags)) {
    to.text(key);
    to.text(value);
  }
  return to.copy();
}

/** Undefined for what are no tags. */
export function decodeTags(bytes: Uint8Array): Tags | undefined {
  const from = new ByteReader(bytes);
  const tags: Record<string, string> = {};
  while (from.ok && from.left > 0) {
    const key = from.text(LARGE_TAGS_BYTES_MAX);
    const value = from.text(LARGE_TAGS_BYTES_MAX);
    if (key === '__proto__' || Object.hasOwn(tags, key)) from.fail();
    else tags[key] = value;
  }
  return from.ok && tagsBytes(tags) <= LARGE_TAGS_BYTES_MAX ? tags : undefined;
}

function pairBytes(key: string, value: string): number {
  return textBytes(key) + textBytes(value) + PAIR_BYTES;
}

/** A length each. */
const PAIR_BYTES = 2;
