/** What programs keep and send, as they give and get it: JSON, or bytes. */
import { bytesOf, type HeldValue, type InlineValue } from '../blocks/data/index.ts';
import { UsageError } from '../core/index.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A Uint8Array stays bytes; anything else is written as JSON, without what JSON leaves out. */
export type Content = Json | Uint8Array;

/**
 * @throws UsageError VALUE_UNUSABLE for what JSON has no text for, such as undefined or a cycle,
 * and for what it would write as something else: NaN, a Map, an ArrayBuffer
 */
export function toValue(what: string, content: unknown): InlineValue {
  // Not `slice()`: a Buffer's shares its memory.
  if (content instanceof Uint8Array) return { kind: 'bytes', bytes: new Uint8Array(content) };
  const other = otherInJson(content);
  if (other !== undefined) throw unusable(what, other);
  let text: string | undefined;
  try {
    text = JSON.stringify(content);
  } catch (error) {
    throw unusable(what, error instanceof Error ? error.message : 'it throws');
  }
  if (text === undefined) throw unusable(what, `${typeof content} has no JSON text`);
  return { kind: 'json', bytes: encoder.encode(text) };
}

/** Bytes are a copy. JSON that another program has written wrongly is its text. */
export function fromValue(value: HeldValue): Content {
  const { kind } = value;
  const bytes = bytesOf(value);
  if (kind === 'bytes') return 'bytes' in value ? new Uint8Array(bytes) : bytes;
  const text = decoder.decode(bytes);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** What JSON would write as something else, without a word: nobody means that. */
function otherInJson(content: unknown): string | undefined {
  if (typeof content === 'number' && !Number.isFinite(content)) return `${content} would be null`;
  if (content instanceof ArrayBuffer || ArrayBuffer.isView(content)) {
    return 'of bytes a Uint8Array alone is taken; make one of its buffer';
  }
  const isLost = [Map, Set, Promise].some((type) => content instanceof type);
  return isLost ? `a ${(content as object).constructor.name} would be {}` : undefined;
}

function unusable(what: string, why: string): UsageError {
  return new UsageError(
    'VALUE_UNUSABLE',
    `${what}: give what JSON.stringify takes, or a Uint8Array: ${why}`,
  );
}

declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
const encoder = new TextEncoder();
const decoder = new TextDecoder();
