/**
 * What a node writes to its log of its data, and reads after a restart: its own state and the map,
 * each entry as it travels.
 *
 * A later record about a key replaces an earlier one. A deletion names when it happened by the wall
 * clock, since ages do not grow in a log.
 */
import type { Entry } from '../../../blocks/data/index.ts';
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

/** Reads a log's records, oldest first; damaged ones are as if they had not been written. */
export function* loadEntries(records: Iterable<Uint8Array>, wallMs: number): Generator<Entry> {
  for (const record of records) {
    const from = new ByteReader(record);
    if (from.u8() !== ENTRY) continue;
    const deletedMs = from.u48();
    const entry = readEntry(from);
    if (!from.ok || from.left > 0) continue;
    if (entry.value !== undefined) yield entry;
    else yield { ...entry, ageMs: Math.max(0, Math.floor(wallMs - deletedMs)) };
  }
}

const ENTRY = 16;
const WALL_MS_MAX = 2 ** 48 - 1;
