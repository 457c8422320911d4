/**
 * What an entry of state or map holds: bytes, and whether they are JSON text or just bytes.
 *
 * Small values travel in the entry itself. A large one is a reference to its content, which whoever
 * wants it fetches by its hash. What the bytes mean is the application's business.
 */

export type Value = InlineValue | ValueReference;

/** `json`: UTF-8 of a JSON text. */
export type ValueKind = 'json' | 'bytes';

export interface InlineValue {
  readonly kind: ValueKind;
  /** At most {@link INLINE_BYTES_MAX}. */
  readonly bytes: Uint8Array;
}

export interface ValueReference {
  readonly kind: ValueKind;
  /** Of the content, bytes. */
  readonly length: number;
  /** Of the content: 32 bytes. */
  readonly sha256: Uint8Array;
}

export function isInline(value: Value): value is InlineValue {
  return 'bytes' in value;
}

/** A total order, so that two values of one version are settled alike everywhere; 0: the same. */
export function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (isInline(a)) return isInline(b) ? compareBytes(a.bytes, b.bytes) : -1;
  if (isInline(b)) return 1;
  return a.length - b.length || compareBytes(a.sha256, b.sha256);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Two entries of such values and their keys fit into a packet. */
export const INLINE_BYTES_MAX = 512;
/** SHA-256. */
export const HASH_BYTES = 32;
/** Of a value that is fetched by its hash. */
export const VALUE_BYTES_MAX = 16 * 2 ** 20;
