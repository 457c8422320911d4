/**
 * All entries that a node holds: its own state, that of others by the life it belongs to, and the
 * shared map; with what bounds and comparisons need to know of them.
 */
import type { Entry, MapEntry, StateEntry } from '../../../blocks/data/index.ts';
import { FactSet, factDigest, type SetChecksum } from '../../../blocks/reconcile/index.ts';
import type { Crypto, NodeId } from '../../../core/index.ts';
import { ByteWriter } from '../../../wire/index.ts';
import { entryBytes, writeEntry } from '../data-codec.ts';

/** A key of somebody's state or of the map, as long as anything is known of it. */
export interface Cell<E extends Entry = Entry> {
  /** Its number here, never used again. */
  readonly id: number;
  entry: E;
  bytes: number;
  /** When it was deleted, by this node's clock; 0 with a value. */
  deletedMs: number;
  /** Its entry's place in the set; another one for each entry. */
  slot: number;
}

/** All of one subject: the state of a life, or the map. */
export interface Shelf<E extends Entry = Entry> {
  readonly cells: ReadonlyMap<string, Cell<E>>;
  readonly bytes: number;
}

export class Store {
  readonly #crypto: Crypto;
  readonly #state = new Map<NodeId, MutableShelf<StateEntry>>();
  readonly #map: MutableShelf<MapEntry> = { cells: new Map(), bytes: 0 };
  /** Entries as others compare them. */
  readonly set = new FactSet();
  readonly #bySlot: (Cell | undefined)[] = [];
  /** Cells of deleted keys. */
  readonly #deleted = new Set<Cell>();
  readonly #canonical = new ByteWriter(1024);
  #ids = 0;
  #bytes = 0;
  #changes = 0;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many entries there are, those of deleted keys included. */
  get size(): number {
    return this.set.size;
  }

  /** How often an entry has come in or gone. */
  get changes(): number {
    return this.#changes;
  }

  get checksum(): SetChecksum {
    return this.set.checksum;
  }

  get map(): Shelf<MapEntry> {
    return this.#map;
  }

  /** Undefined: nothing is known of that life's state. */
  stateOf(owner: NodeId): Shelf<StateEntry> | undefined {
    return this.#state.get(owner);
  }

  /** Lives of whose state something is known. */
  owners(): Iterable<NodeId> {
    return this.#state.keys();
  }

  *cells(): Generator<Cell> {
    for (const { cells } of this.#state.values()) yield* cells.values();
    yield* this.#map.cells.values();
  }

  /** What is held about the same key. */
  cellOf(entry: Entry): Cell | undefined {
    if (entry.type === 'map') return this.#map.cells.get(entry.key);
    return this.#state.get(entry.owner)?.cells.get(entry.key);
  }

  /** Whose entry has this place in the set. */
  cellAt(slot: number): Cell | undefined {
    return this.#bySlot[slot];
  }

  /** Holds an entry, in the place of what is held about its key. */
  put(entry: Entry, now: number): Cell {
    this.#changes++;
    const shelf = this.#shelfFor(entry);
    const known = shelf.cells.get(entry.key);
    if (known !== undefined) this.#release(shelf, known);
    const changed = {
      entry,
      bytes: entryBytes(entry),
      deletedMs: entry.value === undefined ? now - entry.ageMs : 0,
      slot: this.set.add(this.#digest(entry)),
    };
    const cell = known === undefined ? { id: ++this.#ids, ...changed } : known;
    if (known === undefined) shelf.cells.set(entry.key, cell);
    else Object.assign(known, changed);
    shelf.bytes += cell.bytes;
    this.#bytes += cell.bytes;
    this.#bySlot[cell.slot] = cell;
    if (entry.value === undefined) this.#deleted.add(cell);
    return cell;
  }

  remove(cell: Cell): void {
    const { entry } = cell;
    const shelf = this.#shelfFor(entry);
    if (shelf.cells.get(entry.key) !== cell) return;
    shelf.cells.delete(entry.key);
    this.#changes++;
    this.#release(shelf, cell);
    if (entry.type === 'state' && shelf.cells.size === 0) this.#state.delete(entry.owner);
  }

  /** Those deleted before some time. */
  *deletedBefore(now: number): Generator<Cell> {
    for (const cell of this.#deleted) if (cell.deletedMs < now) yield cell;
  }

  /** Somebody knows for longer that this was deleted. */
  age(cell: Cell, deletedMs: number): void {
    if (cell.entry.value === undefined && deletedMs < cell.deletedMs) cell.deletedMs = deletedMs;
  }

  #shelfFor(entry: Entry): MutableShelf<Entry> {
    if (entry.type === 'map') return this.#map;
    let shelf = this.#state.get(entry.owner);
    if (shelf === undefined) {
      shelf = { cells: new Map(), bytes: 0 };
      this.#state.set(entry.owner, shelf);
    }
    return shelf;
  }

  #release(shelf: MutableShelf<Entry>, cell: Cell): void {
    shelf.bytes -= cell.bytes;
    this.#bytes -= cell.bytes;
    this.set.remove(cell.slot);
    this.#bySlot[cell.slot] = undefined;
    this.#deleted.delete(cell);
  }

  /** Of what an entry says whoever tells it: its age is left out. */
  #digest(entry: Entry): Uint8Array {
    this.#canonical.clear();
    writeEntry(entry.ageMs === 0 ? entry : { ...entry, ageMs: 0 }, this.#canonical);
    return factDigest(this.#canonical.view(), this.#crypto);
  }
}

interface MutableShelf<E extends Entry> {
  readonly cells: Map<string, Cell<E>>;
  bytes: number;
}

/** An entry as it is told now: a deletion's age grows. */
export function entryNow({ entry, deletedMs }: Cell, now: number): Entry {
  if (entry.value !== undefined) return entry;
  return { ...entry, ageMs: Math.max(0, Math.floor(now - deletedMs)) };
}
