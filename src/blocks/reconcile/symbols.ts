/**
 * Coded symbols of a set, without end: Yang, Gilad, Alizadeh, "Practical Rateless Set
 * Reconciliation" (SIGCOMM 2024).
 *
 * Symbol i sums up each fact of the set with probability ρ(i) = 1/(1 + i/2): the xor of their
 * salted digests, the xor of their marks, and how many they are. Two nodes' symbols subtracted are
 * symbols of their difference, and enough of them tell it: about 1.35 a difference, whatever the
 * sets' size.
 */
import { varintBytes, type Reader, type Writer } from '../../core/index.ts';
import { COUNT, density, SYMBOL_WORDS } from './places.ts';

/** Some symbols in a row. */
export interface Symbols {
  /** The place of the first. */
  readonly from: number;
  /** Seven words each. */
  readonly words: Int32Array;
}

export function symbolCount({ words }: Symbols): number {
  return words.length / SYMBOL_WORDS;
}

/** Bytes of the symbols of a set of `facts` facts. */
export function sizeOfSymbols({ from, words }: Symbols, facts: number): number {
  let bytes = 0;
  for (let at = 0, place = from; at < words.length; at += SYMBOL_WORDS, place++) {
    bytes += COUNT * 4 + varintBytes(zigzag(words[at + COUNT]! - expected(facts, place)));
  }
  return bytes;
}

/** Counts lie near what the set's size lets expect, so the difference takes a byte or two. */
export function writeSymbols({ from, words }: Symbols, facts: number, to: Writer): void {
  for (let at = 0, place = from; at < words.length; at += SYMBOL_WORDS, place++) {
    for (let word = 0; word < COUNT; word++) to.u32(words[at + word]! >>> 0);
    to.varint(zigzag(words[at + COUNT]! - expected(facts, place)));
  }
}

/** So many symbols; what is too short, or counts more than 2^31 facts, makes the reader not ok. */
export function readSymbols(
  from: number,
  count: number,
  facts: number,
  reader: Reader,
): Symbols | undefined {
  if (count * SYMBOL_BYTES_MIN > reader.left) reader.fail();
  if (!reader.ok) return undefined;
  const words = new Int32Array(count * SYMBOL_WORDS);
  for (let at = 0, place = from; at < words.length; at += SYMBOL_WORDS, place++) {
    for (let word = 0; word < COUNT; word++) words[at + word] = reader.u32();
    const counted = unzigzag(reader.varint()) + expected(facts, place);
    if (Math.abs(counted) >= 2 ** 31) reader.fail();
    words[at + COUNT] = counted;
  }
  return reader.ok ? { from, words } : undefined;
}

const SYMBOL_BYTES_MIN = COUNT * 4 + 1;

function expected(facts: number, place: number): number {
  return Math.round(facts * density(place));
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
