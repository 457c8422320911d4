/** What queries carry between programs: nothing, or JSON or bytes, told apart by the first byte. */
import { UsageError } from '../core/index.ts';
import { QUERY_BYTES_MAX } from '../designs/hearsay/index.ts';
import { fromValue, toValue, type Content } from './content.ts';

/** @throws UsageError QUERY_TOO_LARGE; VALUE_UNUSABLE for what JSON has no text for */
export function packed(what: string, content: unknown): Uint8Array {
  if (content === undefined) return new Uint8Array();
  const { kind, bytes } = toValue(what, content);
  if (bytes.length > CONTENT_BYTES_MAX) {
    const text = `${what}: ${bytes.length} bytes exceed the ${CONTENT_BYTES_MAX} of a query`;
    throw new UsageError('QUERY_TOO_LARGE', text);
  }
  const all = new Uint8Array(1 + bytes.length);
  all[0] = KINDS.indexOf(kind);
  all.set(bytes, 1);
  return all;
}

/** Undefined for nothing, and for what no node of this version writes. */
export function unpacked(all: Uint8Array): Content | undefined {
  const kind = KINDS[all[0] ?? KINDS.length];
  return kind === undefined ? undefined : fromValue({ kind, bytes: all.subarray(1) });
}

/** Never reordered: the place is the byte. */
const KINDS = ['bytes', 'json'] as const;
/** Less the byte that says which. */
export const CONTENT_BYTES_MAX = QUERY_BYTES_MAX - 1;
