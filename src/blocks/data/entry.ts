/**
 * One piece of data that nodes tell each other: a key of a node's own state, or of the shared map.
 *
 * Immutable. Of two entries about the same subject one outranks the other, whoever asks: in the
 * state the owner's version decides, in the map the stamp; where these are equal, which only a
 * forger achieves, the value decides, so that all agree even then. A deletion is an entry without a
 * value: a tombstone.
 */
import type { NodeId } from '../../core/index.ts';
import { compareStamps, type Stamp } from './stamp.ts';
import { compareValues, type Value } from './value.ts';

export type Entry = StateEntry | MapEntry;

/** Of the state of one life of a node, which alone writes it. */
export interface StateEntry {
  readonly type: 'state';
  readonly owner: NodeId;
  /** 1 … {@link KEY_BYTES_MAX} bytes of UTF-8. */
  readonly key: string;
  /** Counts all writes of that life, 1 … {@link VERSION_MAX}. */
  readonly version: number;
  /** Undefined: deleted. */
  readonly value: Value | undefined;
  /** How long ago it was deleted, in ms, when this was written; 0 with a value. */
  readonly ageMs: number;
}

/** Of the map that all nodes share: the last writer wins. */
export interface MapEntry {
  readonly type: 'map';
  readonly key: string;
  readonly stamp: Stamp;
  readonly value: Value | undefined;
  readonly ageMs: number;
}

/** Above 0: `a` outranks `b`, which has the same subject; 0: they say the same. */
export function compareEntries(a: Entry, b: Entry): number {
  return compareRanks(a, b) || compareValues(a.value, b.value);
}

function compareRanks(a: Entry, b: Entry): number {
  if (a.type === 'map') return b.type === 'map' ? compareStamps(a.stamp, b.stamp) : 0;
  return b.type === 'state' ? a.version - b.version : 0;
}

/** Long enough for a path of names; a packet takes one with its value. */
export const KEY_BYTES_MAX = 256;
/** A thousand writes a second for nine thousand years, and exact as a number. */
export const VERSION_MAX = 2 ** 48 - 1;
