/**
 * What a node believes of data: the one place where entries come in, are replaced, are forgotten.
 *
 * Only a node itself writes its state; everybody writes the map. Whatever is new here is told on,
 * made an event, and saved where a restart needs it: own state and the map. What others tell is
 * believed if it outranks what is held, its owner's life is known, its stamp is not far ahead, and
 * there is room; else it is refused, counted, and where that helps answered.
 */
import {
  compareEntries,
  HybridClock,
  STAMP_AHEAD_MS_MAX,
  Versions,
  type Entry,
  type HeldValue,
  type MapEntry,
  type StateEntry,
  type Value,
} from '../../../blocks/data/index.ts';
import { mark, UsageError, type LogRecord, type NodeId, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { DataWord, Memory } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { HearsayShared } from '../shared.ts';
import { isReserved } from '../tags.ts';
import type { View } from '../view.ts';
import { fullFor } from './bounds.ts';
import { Complaints } from './complaints.ts';
import { Display, referenceOf } from './display.ts';
import { Lives } from './lives.ts';
import { MapMemory } from './memory.ts';
import { encodeDismissed, encodeEntry, encodeMemory, loadContents, loadData } from './saved.ts';
import { Spread } from './spread.ts';
import { Store, type Cell, type Shelf } from './store.ts';
import { Word } from './word.ts';

export class Ledger {
  readonly store: Store;
  readonly lives: Lives;
  readonly spread: Spread;
  readonly display: Display;
  /** What this node's map is worth. */
  readonly memory = new MapMemory();
  /** What owners say of their versions, and this node of its own. */
  readonly word: Word;
  /** About stamps far ahead. */
  readonly complaints: Complaints;
  readonly #view: View;
  readonly #shared: HearsayShared;
  readonly #clock = new HybridClock();
  readonly #versions = new Versions();
  readonly #refused: Record<string, number> = {};
  /** Of the last write to this node's own state. */
  #version = 0;
  /** The wall clock's time less the steady clock's, when this node last wrote or heard. */
  #offsetMs = 0;
  /** Keys of own state whose large values were not saved whole: others may have them. */
  readonly #lost = new Set<string>();
  #lostMs = 0;
  #joinedMs = -Infinity;

  constructor(view: View, contact: Contact, shared: HearsayShared) {
    this.#view = view;
    this.#shared = shared;
    this.store = new Store(shared.crypto);
    this.lives = new Lives(view);
    this.spread = new Spread(view);
    this.display = new Display(view, contact, shared, this.lives);
    this.word = new Word(view, this.lives, this);
    this.complaints = new Complaints(view, this.lives, shared);
  }

  get ownLife(): NodeId {
    return this.#view.self.fact.nodeId;
  }

  /** Of the last write to this node's own state. */
  get version(): number {
    return this.#version;
  }

  /** Entries refused so far, by reason. */
  get refused(): Readonly<Record<string, number>> {
    return this.#refused;
  }

  /**
   * Takes in what an earlier life of this node has saved.
   *
   * @param absentMs for how long nobody has run here
   */
  restore(env: HearsayEnv, records: readonly LogRecord[], absentMs: number): void {
    this.#noteTime(env);
    const { certificateMs } = this.#view.config;
    const { map, memory, state } = loadData(records, env.wallMs);
    const { values } = this.display;
    for (const content of loadContents(records, this.#shared.crypto)) values.put(env, content);
    for (const entry of map.values()) {
      this.#clock.hear(entry.stamp);
      if (entry.ageMs > certificateMs) continue;
      this.display.restored(env, this.store.put(entry, env.now));
    }
    this.memory.restore(memory, absentMs > certificateMs, this.store.map.cells.values());
    this.memory.save(env);
    // A new life counts its own writes, and need not tell what earlier ones have deleted.
    for (const entry of state.values()) {
      if (entry.value === undefined) continue;
      const own = { ...entry, owner: this.ownLife, version: ++this.#version };
      if (!values.isHere(entry.value)) this.#lost.add(entry.key);
      this.display.restored(env, this.store.put(own, env.now));
    }
    this.#lostMs = env.now;
  }

  /** Records that load to the same. */
  *snapshot(): Generator<LogRecord> {
    for (const cell of this.store.cells()) {
      if (!this.display.isSaved(cell.entry)) continue;
      const content = this.display.contentOf(cell.entry);
      if (content !== undefined) yield content;
      yield this.#record(cell);
    }
    const { state } = this.memory;
    if (state !== 'fresh') yield encodeMemory(state);
  }

  /** Tells all of this node's own state. */
  announce(env: HearsayEnv): void {
    this.#joinedMs = env.now;
    for (const cell of this.store.stateOf(this.ownLife)?.cells.values() ?? []) {
      this.spread.push(env, cell);
    }
    this.spread.begin(env);
  }

  /**
   * Writes a key of this node's own state; no value: deletes it.
   *
   * @throws UsageError DATA_FULL
   */
  writeState(env: HearsayEnv, key: string, value: Value | undefined): void {
    const version = this.#version + 1;
    const entry: Entry = { type: 'state', owner: this.ownLife, key, version, value, ageMs: 0 };
    this.#checkRoom(entry);
    this.#version = version;
    this.#accept(env, entry, env.self);
  }

  /**
   * Writes a key of the map; no value: deletes it.
   *
   * @throws UsageError DATA_FULL
   */
  writeMap(env: HearsayEnv, key: string, value: Value | undefined): void {
    const stamp = this.#clock.next(env.wallMs, this.ownLife);
    const entry: Entry = { type: 'map', key, stamp, value, ageMs: 0 };
    this.#checkRoom(entry);
    this.#accept(env, entry, env.self);
  }

  mapHasRoom(key: string, value: Value | undefined): boolean {
    const stamp = { wallMs: 0, count: 0, by: this.ownLife };
    const entry: Entry = { type: 'map', key, stamp, value, ageMs: 0 };
    return fullFor(entry, this.store, this.#view.config) === undefined;
  }

  /**
   * Takes in what another node tells.
   *
   * @param spread whether it is worth telling on; what a newcomer hears, others know
   * @param memory what his map is worth
   * @returns how many were new here
   */
  hearAll(
    env: HearsayEnv,
    entries: readonly Entry[],
    from: Peer,
    spread: boolean,
    memory: Memory,
  ): number {
    const isNews = spread && env.now - this.#joinedMs >= NEWCOMER_MS;
    let count = 0;
    for (const entry of entries) {
      const isDoubtful = memory === 'doubtful' && entry.type === 'map';
      if (isDoubtful && this.memory.state === 'whole') continue; // He asks about those himself.
      if (this.hear(env, entry, from, isNews) !== 'new') continue;
      count++;
      if (isDoubtful) this.memory.doubt([this.store.cellOf(entry) as Cell]);
    }
    this.memory.save(env);
    return count;
  }

  /** Takes in an entry that another node tells. */
  hear(env: HearsayEnv, entry: Entry, from: Peer, spread: boolean): Heard {
    this.#noteTime(env);
    const known = this.store.cellOf(entry);
    const order = known === undefined ? 1 : compareEntries(entry, known.entry);
    if (known !== undefined && order === 0) this.store.age(known, env.now - entry.ageMs);
    if (order <= 0) return 'old';
    const refusal = this.#objection(env, entry, known);
    if (refusal === undefined) {
      if (entry.type === 'map') this.#clock.hear(entry.stamp);
      this.#accept(env, entry, from, spread);
      return 'new';
    }
    mark(`data-${refusal}`);
    this.#refuse(refusal);
    if (entry.type === 'state') {
      if (refusal === 'not-mine') this.word.deny(env, entry.key, entry.version, from);
      if (refusal === 'version-ahead') this.word.doubt(env, entry.owner);
    }
    if (refusal === 'stamp-ahead') this.complaints.complain(env, entry as MapEntry, from);
    return refusal;
  }

  /** A life is over or forgotten: so is its state. */
  forgetLife(env: HearsayEnv, life: NodeId, name: string): void {
    this.#versions.forget(life);
    for (const cell of this.store.stateOf(life)?.cells.values() ?? []) this.#drop(env, cell, name);
  }

  /** All other lives are forgotten. */
  forgetVersions(): void {
    this.#versions.clear();
    this.word.clear();
  }

  /**
   * A member says what the latest version of its own state is: what is far above that, somebody has
   * forged. Returns whether there may be something to learn now.
   */
  hearWord(env: HearsayEnv, from: Peer, word: DataWord): boolean {
    const owner = this.word.heard(env, from, word);
    if (owner === undefined) return false;
    const believed = this.#versions.of(owner);
    this.#versions.settle(owner, word.version);
    const most = this.#versions.mostOf(owner);
    const cells = [...(this.store.stateOf(owner)?.cells.values() ?? [])];
    const forged = cells.filter(({ entry }) => entry.version > most);
    for (const cell of forged) {
      mark('data-disowned');
      this.#refuse('disowned');
      this.#drop(env, cell, this.lives.nameOf(owner) ?? '');
    }
    return forged.length > 0 || word.version > believed;
  }

  /** Drops a key of the map that is held in doubt: who was there all the time does not have it. */
  dismiss(env: HearsayEnv, cell: Cell): void {
    mark('map-dismissed');
    const before = this.#remove(env, cell);
    const { key } = cell.entry;
    env.save(encodeDismissed(key));
    if (before === undefined) return;
    env.emit({ type: 'map-changed', key, value: undefined, before, stamp: undefined });
  }

  /** This node was away for so long that others have forgotten what was deleted meanwhile. */
  doubt(env: HearsayEnv): void {
    this.memory.doubt(this.store.map.cells.values());
    this.memory.save(env);
  }

  /** Tombstones that are too old go. */
  sweep(env: HearsayEnv): void {
    this.#noteTime(env);
    const { certificateMs } = this.#view.config;
    this.memory.grow(env.now, certificateMs);
    this.memory.save(env);
    for (const cell of this.store.deletedBefore(env.now - certificateMs)) {
      mark('tombstone-expired');
      this.#remove(env, cell);
    }
    this.display.values.sweep(env);
    if (this.#lost.size > 0 && env.now - this.#lostMs >= LOST_MS) this.#giveUpLost(env);
  }

  /** What nobody has is as if it had been deleted. */
  #giveUpLost(env: HearsayEnv): void {
    const { cells } = this.store.stateOf(this.ownLife) ?? NO_SHELF;
    for (const key of this.#lost) {
      if (this.display.pending(cells.get(key)) === undefined) continue;
      mark('own-value-lost');
      this.writeState(env, key, undefined);
    }
    this.#lost.clear();
  }

  /** Why an entry that outranks what is held is not believed all the same. */
  #objection(env: HearsayEnv, entry: Entry, known: Cell | undefined): Objection | undefined {
    if (entry.type === 'state') {
      if (entry.owner === this.ownLife) return 'not-mine';
      if (this.lives.nameOf(entry.owner) === undefined) return 'unknown-life';
      if (entry.version > this.#versions.mostOf(entry.owner) && this.lives.isLive(entry.owner)) {
        return 'version-ahead';
      }
    } else if (entry.stamp.wallMs > this.#view.horizon.wallMs(env) + STAMP_AHEAD_MS_MAX) {
      return 'stamp-ahead';
    }
    // Where something older is held, it is better deleted than kept.
    if (entry.ageMs > this.#view.config.certificateMs && known === undefined) return 'too-old';
    const length = referenceOf(entry)?.length ?? 0;
    if (length > this.#view.config.valueBytesMax) return 'value-too-large';
    return fullFor(entry, this.store, this.#view.config) === undefined ? undefined : 'no-room';
  }

  /** The one place where something new is held. */
  #accept(env: HearsayEnv, entry: Entry, from: Peer, spread = true): void {
    this.#noteTime(env);
    if (entry.type === 'state') this.#versions.raise(entry.owner, entry.version);
    const before = this.store.cellOf(entry)?.entry;
    const cell = this.store.put(entry, env.now);
    this.memory.settle(cell);
    if (spread) this.spread.push(env, cell);
    else this.spread.drop(cell);
    if (this.display.isSaved(entry)) {
      this.display.save(env, entry);
      env.save(this.#record(cell));
    }
    this.display.replaced(env, cell, before, from);
  }

  /**
   * Writes what holds of a key of this node's own state anew, above a version. False: there is no
   * room; half of it is left to keys that this node writes itself.
   */
  outrank(env: HearsayEnv, key: string, version: number): boolean {
    const { cells } = this.store.stateOf(this.ownLife) ?? NO_SHELF;
    const known = cells.get(key);
    const { config } = this.#view;
    if (known === undefined && cells.size >= config.stateEntriesMax / 2) return false;
    const above = Math.max(this.#version, version) + 1;
    const own: Entry = {
      type: 'state',
      owner: this.ownLife,
      key,
      version: above,
      value: known?.entry.value,
      ageMs: 0,
    };
    if (fullFor(own, this.store, config) !== undefined) return false;
    this.#version = above;
    this.#accept(env, own, env.self);
    return true;
  }

  /** A key of somebody's state is gone, and nobody has deleted it. */
  #drop(env: HearsayEnv, cell: Cell<StateEntry>, name: string): void {
    const before = this.#remove(env, cell);
    const { key } = cell.entry;
    if (before === undefined || isReserved(key)) return;
    env.emit({ type: 'state-changed', name, key, value: undefined, before, version: 0 });
  }

  #refuse(reason: string): void {
    this.#refused[`data-${reason}`] = (this.#refused[`data-${reason}`] ?? 0) + 1;
  }

  /** Returns what was shown of it. */
  #remove(env: HearsayEnv, cell: Cell): HeldValue | undefined {
    this.memory.settle(cell);
    this.store.remove(cell);
    this.spread.drop(cell);
    return this.display.removed(env, cell);
  }

  #checkRoom(entry: Entry): void {
    const full = fullFor(entry, this.store, this.#view.config);
    if (full === undefined) return;
    const where = entry.type === 'map' ? 'the map' : 'the state';
    throw new UsageError('DATA_FULL', `${where} has no room for ${entry.key}: at most ${full}`);
  }

  #record({ entry, deletedMs }: Cell): Uint8Array {
    return encodeEntry(entry, deletedMs + this.#offsetMs);
  }

  #noteTime(env: HearsayEnv): void {
    this.#offsetMs = env.wallMs - env.now;
  }
}

/** What became of an entry that another node has told. */
export type Heard = 'new' | 'old' | Objection;

type Objection =
  | 'stamp-ahead'
  | 'unknown-life'
  | 'not-mine'
  | 'version-ahead'
  | 'no-room'
  | 'too-old'
  | 'value-too-large';

const NO_SHELF: Pick<Shelf<StateEntry>, 'cells'> = { cells: new Map() };
/** Longer than others keep what nobody names, so that whoever has it is asked in time. */
const LOST_MS = 60_000;
/** What a node is told in its first seconds, others know. */
const NEWCOMER_MS = 5000;
