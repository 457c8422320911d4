/**
 * What a node writes to its log with `save`, and reads after a restart.
 *
 * A record is a kind byte and fields; unknown kinds are skipped, a damaged record is as if it had
 * not been written, so every prefix of a log loads.
 */
import type { Address } from '../../core/index.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { readAddress, writeAddress } from '../../wire/index.ts';

export interface SavedLife {
  readonly start: number;
  readonly born: number;
  readonly counter: number;
}

/** The latest life, and where others were last known to live, oldest first. */
export interface Saved {
  readonly life: SavedLife | undefined;
  readonly addresses: readonly Address[];
}

export function encodeLife(life: SavedLife): Uint8Array {
  const to = new ByteWriter(24);
  to.u8(LIFE);
  to.u48(life.start);
  to.u48(life.born);
  to.u32(life.counter);
  return to.copy();
}

export function encodeNeighbour(address: Address): Uint8Array {
  const to = new ByteWriter(24);
  to.u8(NEIGHBOUR);
  writeAddress(to, address);
  return to.copy();
}

/** Reads a log, oldest record first. */
export function loadSaved(records: Iterable<Uint8Array>): Saved {
  let life: SavedLife | undefined;
  const addresses = new Set<Address>();
  for (const record of records) {
    const from = new ByteReader(record);
    const kind = from.u8();
    if (kind === LIFE) {
      const read = { start: from.u48(), born: from.u48(), counter: from.u32() };
      if (from.ok && (life === undefined || read.start >= life.start)) life = read;
    } else if (kind === NEIGHBOUR) {
      const address = readAddress(from);
      if (!from.ok) continue;
      addresses.delete(address); // The latest mention counts.
      addresses.add(address);
    }
  }
  return { life, addresses: [...addresses].slice(-NEIGHBOURS_MAX) };
}

const LIFE = 1;
const NEIGHBOUR = 2;
/** Any one of them that lives is enough to find the rest. */
const NEIGHBOURS_MAX = 64;
