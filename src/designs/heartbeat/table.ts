/**
 * What a node knows of the others: a row for each name, and tombstones of removed ones.
 *
 * A tombstone keeps the (incarnation, heartbeat) that was last believed: only a higher pair brings
 * the name back, so gossip that still carries the dead cannot resurrect them. Tombstones are
 * bounded; the oldest go first.
 */
import { hashText, mix32 } from '../../core/index.ts';
import { isNewer, type Stamp } from './merge.ts';
import type { Fact } from './messages.ts';

export interface Row {
  readonly fact: Fact;
  /** When this node last heard a higher (incarnation, heartbeat), by its own clock. */
  readonly updatedMs: number;
}

/** 40 bytes of numbers and a short name each: a few hundred kB at the most. */
const TOMBSTONES_MAX = 4096;

export class Table {
  readonly #rows = new Map<string, { fact: Fact; updatedMs: number }>();
  readonly #tombstones = new Map<string, Stamp>();
  #checksum = 0;
  #live = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Rows that are alive or suspect. */
  get live(): number {
    return this.#live;
  }

  /** A sum over the live rows: name and incarnation, not heartbeats. 32 bits. */
  get checksum(): number {
    return this.#checksum >>> 0;
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  fact(name: string): Fact | undefined {
    return this.#rows.get(name)?.fact;
  }

  /** Whether a fact about a name without a row is news: no tombstone, or older than the fact. */
  admits(fact: Fact): boolean {
    const tombstone = this.#tombstones.get(fact.name);
    return tombstone === undefined || isNewer(fact, tombstone);
  }

  /** Adds or replaces a row. A newer fact sets the update time, a mere worse status does not. */
  put(fact: Fact, now: number): void {
    const row = this.#rows.get(fact.name);
    if (row === undefined) {
      this.#tombstones.delete(fact.name);
      this.#rows.set(fact.name, { fact, updatedMs: now });
      this.#count(fact, 1);
      return;
    }
    const before = row.fact;
    row.fact = fact;
    if (isNewer(fact, before)) row.updatedMs = now;
    if (before.incarnation === fact.incarnation && isLive(before) === isLive(fact)) return;
    this.#count(before, -1);
    this.#count(fact, 1);
  }

  remove(fact: Fact): void {
    this.#rows.delete(fact.name);
    this.#count(fact, -1);
    this.bury(fact);
  }

  /** Leaves a tombstone: for a removed row, or for one that was dead before it was ever met. */
  bury(fact: Fact): void {
    const { name, incarnation, heartbeat } = fact;
    this.#tombstones.delete(name); // So that the order of the map is the order of the burials.
    this.#tombstones.set(name, { incarnation, heartbeat });
    if (this.#tombstones.size <= TOMBSTONES_MAX) return;
    const oldest: string = this.#tombstones.keys().next().value!;
    this.#tombstones.delete(oldest);
  }

  #count(fact: Fact, sign: 1 | -1): void {
    if (!isLive(fact)) return;
    this.#live += sign;
    this.#checksum = (this.#checksum + sign * checksumTerm(fact)) | 0;
  }
}

/** Whether gossip still goes to the member, and checksums count it. */
export function isLive(fact: Fact): boolean {
  return fact.status === 'alive' || fact.status === 'suspect';
}

/** A live fact's part in a checksum. */
export function checksumTerm(fact: Fact): number {
  const { name, incarnation } = fact;
  return hashText(name, mix32(incarnation % 2 ** 32) ^ Math.floor(incarnation / 2 ** 32));
}
