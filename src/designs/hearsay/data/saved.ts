/**
 * What a node writes to its log of its data, and reads after a restart: its own state and the map,
 * each entry as it travels.
 *
 * A later record about a key replaces an earlier one. A deletion names when it happened by the wall
 * clock, since ages do not grow in a log.
 */
import {
  KEY_BYTES_MAX,
  type Entry,
  type MapEntry,
  type StateEntry,
} from '../../../blocks/data/index.ts';
import { ByteReader, ByteWriter } from '../../../wire/index.ts';
import { entryBytes, readEntry, writeEntry } from '../data-codec.ts';

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

/** This node's map is whole: see memory.ts. */
export function encodeWhole(): Uint8Array {
  return Uint8Array.of(WHOLE);
}

export interface SavedData {
  /** Of this node's own state, by key; the owner is a life that is over. */
  readonly state: ReadonlyMap<string, StateEntry>;
  readonly map: ReadonlyMap<string, MapEntry>;
  readonly isWhole: boolean;
}

/** Reads a log's records, oldest first; damaged ones are as if they had not been written. */
export function loadData(records: Iterable<Uint8Array>, wallMs: number): SavedData {
  const state = new Map<string, StateEntry>();
  const map = new Map<string, MapEntry>();
  let isWhole = false;
  for (const record of records) {
    const from = new ByteReader(record);
    const kind = from.u8();
    if (kind === WHOLE) isWhole = true;
    if (kind === DISMISSED) {
      const key = from.text(KEY_BYTES_MAX);
      if (from.ok) map.delete(key);
    } else if (kind === ENTRY) {
      const entry = readSaved(from, wallMs);
      if (entry?.type === 'state') state.set(entry.key, entry);
      else if (entry !== undefined) map.set(entry.key, entry);
    }
  }
  return { state, map, isWhole };
}

function readSaved(from: ByteReader, wallMs: number): Entry | undefined {
  const deletedMs = from.u48();
  const entry = readEntry(from);
  if (!from.ok || from.left > 0) return undefined;
  if (entry.value !== undefined) return entry;
  return { ...entry, ageMs: Math.max(0, Math.floor(wallMs - deletedMs)) };
}

const ENTRY = 16;
const DISMISSED = 17;
const WHOLE = 18;
const WALL_MS_MAX = 2 ** 48 - 1;
