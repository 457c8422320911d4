/** Tags as bytes, wherever there are any: their number, then key and value of each. */
import { TAGS_BYTES_MAX, type Tags } from '../../blocks/membership/index.ts';
import type { Reader, Writer } from '../../core/index.ts';
import { textBytes, varintBytes } from '../../wire/index.ts';

export function isEmpty(tags: Tags): boolean {
  return Object.keys(tags).length === 0;
}

/** Without their number, which takes a byte. */
export function writtenTagsBytes(tags: Tags): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(tags)) {
    const [keyBytes, valueBytes] = [textBytes(key), textBytes(value)];
    bytes += varintBytes(keyBytes) + keyBytes + varintBytes(valueBytes) + valueBytes;
  }
  return bytes;
}

export function writeTags(tags: Tags, to: Writer): void {
  const pairs = Object.entries(tags);
  to.u8(pairs.length);
  for (const [key, value] of pairs) {
    to.text(key);
    to.text(value);
  }
}

export function readTags(from: Reader): Tags {
  const tags: Record<string, string> = {};
  const count = from.u8();
  let bytes = 0;
  for (let i = 0; i < count && from.ok; i++) {
    const key = from.text(TAGS_BYTES_MAX);
    const value = from.text(TAGS_BYTES_MAX);
    bytes += textBytes(key) + textBytes(value) + 2;
    if (key === '__proto__' || Object.hasOwn(tags, key)) from.fail();
    else tags[key] = value;
  }
  if (count === 0 || bytes > TAGS_BYTES_MAX) from.fail();
  return tags;
}
