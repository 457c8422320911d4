/**
 * What an entry of state or map holds: bytes, and whether they are JSON text or just bytes.
 *
 * Small values travel in the entry itself. A large one is a reference to its content, which whoever
 * wants it fetches by its hash. What the bytes mean is the application's business.
 */
import { joined, type Content, type ContentReference } from './content.ts';

export type Value = InlineValue | ValueReference;

/** `json`: UTF-8 of a JSON text. */
export type ValueKind = 'json' | 'bytes';

export interface InlineValue {
  readonly kind: ValueKind;
  /** At most {@link INLINE_BYTES_MAX}. */
  readonly bytes: Uint8Array;
}

export interface ValueReference extends ContentReference {
  readonly kind: ValueKind;
}

/** A value whose bytes are here. */
export type HeldValue = InlineValue | LargeValue;

export interface LargeValue extends ValueReference {
  readonly content: Content;
}

/** The bytes of a value; of a large one a copy. */
export function bytesOf(value: HeldValue): Uint8Array {
  return 'bytes' in value ? value.bytes : joined(value.content);
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
  return a.length - b.length || (a.hash < b.hash ? -1 : Number(a.hash > b.hash));
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
