/**
 * What a node writes to its log of its data, and reads after a restart: its own state and the map,
 * each entry as it travels.
 *
 * A later record about a key replaces an earlier one. A deletion names when it happened by the wall
 * clock, since ages do not grow in a log. A large value is a record of its own, which whoever keeps
 * the log stores by its hash; in older logs it is a record of bytes for each of its chunks, and
 * counts only if they are all there and are what its hash says.
 */
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  CONTENT_BYTES_MAX,
  contentOf,
  KEY_BYTES_MAX,
  keyOf,
  type Content,
  type ContentReference,
  type Entry,
  type MapEntry,
  type StateEntry,
} from '../../../blocks/data/index.ts';
import { isContent, type Crypto, type LogRecord } from '../../../core/index.ts';
import { ByteReader, ByteWriter } from '../../../wire/index.ts';
import { entryBytes, readEntry, writeEntry } from '../data-codec.ts';
import type { Memory } from '../data-messages.ts';
import { readHash } from '../hash-codec.ts';

/** The kinds of records that are this part's. */
export const DATA_RECORDS = [16, 23] as const;

/** @param deletedMs when it was deleted, by the wall clock; any number for a value */
export function encodeEntry(entry: Entry, deletedMs: number): Uint8Array {
  const to = new ByteWriter(entryBytes(entry) + 8);
  to.u8(ENTRY);
  to.u48(Math.min(WALL_MS_MAX, Math.max(0, Math.floor(deletedMs))));
  writeEntry(entry, to);
  return to.copy();
}

/** A key of the map that this node knows no more, and has not deleted. */
export function encodeDismissed(key: string): Uint8Array {
  const to = new ByteWriter(8);
  to.u8(DISMISSED);
  to.text(key);
  return to.copy();
}

/** What this node's map is worth from now on: see memory.ts. */
export function encodeMemory(memory: 'whole' | 'doubtful'): Uint8Array {
  return Uint8Array.of(memory === 'whole' ? WHOLE : DOUBTFUL);
}

export interface SavedData {
  /** Of this node's own state, by key; the owner is a life that is over. */
  readonly state: ReadonlyMap<string, StateEntry>;
  readonly map: ReadonlyMap<string, MapEntry>;
  readonly memory: Memory;
}

/** Reads a log's records, oldest first; damaged ones are as if they had not been written. */
export function loadData(records: Iterable<LogRecord>, wallMs: number): SavedData {
  const state = new Map<string, StateEntry>();
  const map = new Map<string, MapEntry>();
  let memory: Memory = 'fresh';
  for (const record of records) {
    if (isContent(record)) continue;
    const from = new ByteReader(record);
    const kind = from.u8();
    if (kind === WHOLE) memory = 'whole';
    if (kind === DOUBTFUL) memory = 'doubtful';
    if (kind === DISMISSED) {
      const key = from.text(KEY_BYTES_MAX);
      if (from.ok) map.delete(key);
    } else if (kind === ENTRY) {
      const entry = readSaved(from, wallMs);
      if (entry?.type === 'state') state.set(entry.key, entry);
      else if (entry !== undefined) map.set(entry.key, entry);
    }
  }
  return { state, map, memory };
}

function readSaved(from: ByteReader, wallMs: number): Entry | undefined {
  const deletedMs = from.u48();
  const entry = readEntry(from);
  if (!from.ok || from.left > 0) return undefined;
  if (entry.value !== undefined) return entry;
  return { ...entry, ageMs: Math.max(0, Math.floor(wallMs - deletedMs)) };
}

/** The large values of a log that are whole. */
export function* loadContents(records: Iterable<LogRecord>, crypto: Crypto): Generator<Content> {
  const parts = new Map<string, Part>();
  for (const record of records) {
    if (isContent(record)) yield record;
    if (isContent(record) || record[0] !== CHUNK) continue;
    const from = new ByteReader(record.subarray(1));
    const reference = { hash: readHash(from), length: from.varint() };
    const { hash, length } = reference;
    const index = from.varint();
    if (!from.ok || length > CONTENT_BYTES_MAX || index >= chunkCount(length)) continue;
    if (from.left !== chunkLength(length, index)) continue;
    const part = parts.get(keyOf(reference)) ?? { reference, chunks: new Map() };
    parts.set(keyOf(reference), part);
    part.chunks.set(index, from.bytes(from.left));
    if (part.chunks.size < chunkCount(length)) continue;
    parts.delete(keyOf(reference)); // It may have been written again.
    const bytes = new Uint8Array(length);
    for (const [at, chunk] of part.chunks) bytes.set(chunk, at * CHUNK_BYTES);
    const content = contentOf(bytes, crypto);
    if (content.reference.hash === hash) yield content;
  }
}

/** What has been read of a large value. */
interface Part {
  readonly reference: ContentReference;
  readonly chunks: Map<number, Uint8Array>;
}

const ENTRY = 16;
const DISMISSED = 17;
const WHOLE = 18;
/** Read, and no longer written. */
const CHUNK = 19;
const DOUBTFUL = 20;
const WALL_MS_MAX = 2 ** 48 - 1;
