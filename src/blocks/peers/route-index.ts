/**
 * Which slot holds the route (address, nodeId): open addressing with linear probing and
 * backward-shift deletion (Knuth, TAOCP 3, algorithm 6.4 R).
 *
 * A Map would need one joined string a route, about 90 B; this needs 12 B, and at 1,000,000 nodes
 * that matters.
 */
import { hashText, type Address, type NodeId } from '../../core/index.ts';

const EMPTY = -1;

/** A power of two; at most half of the table is ever used. */
const TABLE_AT_FIRST = 64;

export class RouteIndex {
  /** By slot. */
  readonly addresses: Address[] = [];
  readonly nodeIds: NodeId[] = [];
  #hashes = new Uint32Array(TABLE_AT_FIRST / 2);
  #table = new Int32Array(TABLE_AT_FIRST).fill(EMPTY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The route's slot, or −1. */
  find(address: Address, nodeId: NodeId): number {
    const mask = this.#table.length - 1;
    for (let at = hashOf(address, nodeId) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at]!;
      if (slot === EMPTY) return -1;
      if (this.nodeIds[slot] === nodeId && this.addresses[slot] === address) return slot;
    }
  }

  /** Puts a route that is not there into a slot that is free. */
  add(slot: number, address: Address, nodeId: NodeId): void {
    if (2 * (this.#count + 1) > this.#table.length) this.#grow();
    if (slot >= this.#hashes.length) {
      const hashes = new Uint32Array(Math.max(2 * this.#hashes.length, slot + 1));
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.addresses[slot] = address;
    this.nodeIds[slot] = nodeId;
    this.#hashes[slot] = hashOf(address, nodeId);
    this.#insert(slot);
    this.#count++;
  }

  /** Takes the route of a slot out. */
  remove(slot: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#hashes[slot]! & mask;
    while (table[hole] !== slot) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at] !== EMPTY; at = (at + 1) & mask) {
      const home = this.#hashes[table[at]!]! & mask;
      // It may move back only if its home does not lie between the hole and itself.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at]!;
      hole = at;
    }
    table[hole] = EMPTY;
    this.addresses[slot] = '';
    this.nodeIds[slot] = '';
    this.#count--;
  }

  #insert(slot: number): void {
    const mask = this.#table.length - 1;
    let at = this.#hashes[slot]! & mask;
    while (this.#table[at] !== EMPTY) at = (at + 1) & mask;
    this.#table[at] = slot;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(2 * old.length).fill(EMPTY);
    for (const slot of old) if (slot !== EMPTY) this.#insert(slot);
  }
}

function hashOf(address: Address, nodeId: NodeId): number {
  return hashText(nodeId, hashText(address));
}
