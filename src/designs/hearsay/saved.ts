/**
 * What a node writes to its log with `save`, and reads after a restart: when its lives began, where
 * others live, and now and then the time. Nothing of what it believed of others: a restart asks
 * afresh.
 *
 * A record is a kind byte and fields; unknown kinds are skipped, a damaged record is as if it had
 * not been written, so every prefix of a log loads. Kinds from 16 on are those of parts, which read
 * them themselves.
 */
import { isContent, type Address, type LogRecord } from '../../core/index.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { readAddress, writeAddress } from '../../wire/index.ts';

export interface Saved {
  /** Of the latest life. */
  readonly start: number | undefined;
  /** Where others were last known to live, oldest first, at most {@link NEIGHBOURS_MAX}. */
  readonly addresses: readonly Address[];
  /** When this was last known to hold, by this machine's clock; undefined: nobody knows. */
  readonly wallMs: number | undefined;
}

/** Any one of them that lives is enough to find the rest. */
export const NEIGHBOURS_MAX = 64;

export function encodeStart(start: number): Uint8Array {
  const to = new ByteWriter(8);
  to.u8(START);
  to.u48(start);
  return to.copy();
}

export function encodeNeighbour(address: Address): Uint8Array {
  const to = new ByteWriter(24);
  to.u8(NEIGHBOUR);
  writeAddress(to, address);
  return to.copy();
}

export function encodeStamp(wallMs: number): Uint8Array {
  const to = new ByteWriter(8);
  to.u8(STAMP);
  to.u48(Math.min(WALL_MS_MAX, Math.max(0, Math.floor(wallMs))));
  return to.copy();
}

/** Reads a log, oldest record first. */
export function loadSaved(records: Iterable<LogRecord>): Saved {
  let start: number | undefined;
  let wallMs: number | undefined;
  const addresses = new Set<Address>();
  for (const record of records) {
    if (isContent(record)) continue;
    const from = new ByteReader(record);
    const kind = from.u8();
    if (kind === START) {
      const read = from.u48();
      if (from.ok) start = Math.max(start ?? 0, read);
    } else if (kind === NEIGHBOUR) {
      const address = readAddress(from);
      if (!from.ok) continue;
      addresses.delete(address); // The latest mention counts.
      addresses.add(address);
    } else if (kind === STAMP) {
      const read = from.u48();
      if (from.ok) wallMs = read; // Not the greatest: a clock may have been put right.
    }
  }
  return { start, addresses: [...addresses].slice(-NEIGHBOURS_MAX), wallMs };
}

/** Whether a record is that of a part; large values are. */
export function isOfPart(record: LogRecord): boolean {
  return isContent(record) || (record[0] ?? 0) >= OF_PARTS;
}

/** Records that load to the same. */
export function* recordsOf({ start, addresses, wallMs }: Saved): Generator<Uint8Array> {
  if (start !== undefined) yield encodeStart(start);
  for (const address of addresses) yield encodeNeighbour(address);
  if (wallMs !== undefined) yield encodeStamp(wallMs);
}

const START = 1;
const NEIGHBOUR = 2;
const STAMP = 3;
/** Data 16 … 23, topics 24 … 31. */
const OF_PARTS = 16;
const WALL_MS_MAX = 2 ** 48 - 1;
