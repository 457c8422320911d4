/**
 * The part of a node that holds data: its own state, what it knows of others', and the shared map.
 *
 * What is believed is in ledger.ts, how it is told in spread.ts, how it is compared in compare.ts.
 */
import {
  contentOf,
  INLINE_BYTES_MAX,
  KEY_BYTES_MAX,
  type ContentReference,
  type Entry,
  type HeldValue,
  type InlineValue,
  type MapEntry,
  type StateEntry,
  type Value,
} from '../../../blocks/data/index.ts';
import type { Tags } from '../../../blocks/membership/index.ts';
import type { SetChecksum } from '../../../blocks/reconcile/index.ts';
import {
  UsageError,
  type HeldEntry,
  type Holding,
  type LogRecord,
  type Peer,
} from '../../../core/index.ts';
import { textBytes } from '../../../wire/index.ts';
import type { Contact } from '../contact.ts';
import { isLive } from '../changes.ts';
import type { Member } from '../events.ts';
import type { Part } from '../part.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { HearsayShared } from '../shared.ts';
import { encodeTags, isReserved, TAGS_KEY, travelWhole } from '../tags.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Compare } from './compare.ts';
import { heldEntry } from './held.ts';
import { Ledger } from './ledger.ts';
import { WAITING_MAX, Writes } from './writes.ts';
import type { DataMessage } from '../data-messages.ts';
import type { ValueMessage } from '../value-messages.ts';
import { referenceOf, type Shown } from './display.ts';
import type { Shelf } from './store.ts';

export class Data implements Part<DataMessage | ValueMessage> {
  readonly #view: View;
  readonly #shared: HearsayShared;
  readonly #ledger: Ledger;
  readonly #compare: Compare;
  readonly #writes: Writes;
  #held: { readonly changes: number; readonly entries: readonly HeldEntry[] } | undefined;

  constructor(view: View, contact: Contact, shared: HearsayShared) {
    this.#view = view;
    this.#shared = shared;
    this.#ledger = new Ledger(view, contact, shared);
    this.#compare = new Compare(view, contact, this.#ledger);
    this.#writes = new Writes(view, this.#ledger, this.#compare);
  }

  // Commands.

  /**
   * Writes a key of this node's own state. The value's bytes must not change any more.
   *
   * @throws UsageError KEY_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL
   */
  set(env: HearsayEnv, key: string, value: InlineValue): void {
    checkKey(key);
    this.#ledger.writeState(env, key, this.#fit(env, value));
    this.#compare.start(env);
  }

  /**
   * Tells all tags of this node, where its fact does not carry them.
   *
   * @throws UsageError DATA_FULL
   */
  setTags(env: HearsayEnv, tags: Tags): void {
    if (!travelWhole(tags)) {
      const value = this.#fit(env, { kind: 'bytes', bytes: encodeTags(tags) });
      this.#ledger.writeState(env, TAGS_KEY, value);
      this.#compare.start(env);
    } else if (this.get(this.#view.self.name, TAGS_KEY) !== undefined) {
      this.#ledger.writeState(env, TAGS_KEY, undefined);
    }
  }

  /**
   * Deletes a key of this node's own state. Returns whether there was such a value.
   *
   * @throws UsageError KEY_UNUSABLE
   */
  delete(env: HearsayEnv, key: string): boolean {
    checkKey(key);
    if (this.get(this.#view.self.name, key) === undefined) return false;
    this.#ledger.writeState(env, key, undefined);
    return true;
  }

  /**
   * Writes a key of the shared map. False: it waits until this node knows its own last writes,
   * which `map-ready` tells, mostly one round trip later and only for the first writes of a life.
   * The value's bytes must not change any more.
   *
   * @throws UsageError KEY_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL
   */
  mapSet(env: HearsayEnv, key: string, value: InlineValue): boolean {
    checkKey(key);
    return this.#writeMap(env, key, this.#fit(env, value));
  }

  /**
   * Deletes a key of the shared map, whether or not this node knows of it yet. False: it waits, as
   * a write does.
   *
   * @throws UsageError KEY_UNUSABLE or DATA_FULL
   */
  mapDelete(env: HearsayEnv, key: string): boolean {
    checkKey(key);
    return this.#writeMap(env, key, undefined);
  }

  // What it knows.

  /** The newest value that is here of a member's state; of this node's own by its own name. */
  get(name: string, key: string): HeldValue | undefined {
    return this.#ledger.display.of(this.#shelf(name)?.cells.get(key))?.value;
  }

  /** A member's state, deleted keys left out; also of one that is dead or has left, for a while. */
  *entries(name: string): Generator<Shown<StateEntry>> {
    for (const cell of this.#shelf(name)?.cells.values() ?? []) {
      const shown = this.#ledger.display.of(cell);
      if (shown !== undefined && !isReserved(shown.key)) yield shown;
    }
  }

  /** The newest value that is here of a key of the shared map. */
  mapGet(key: string): HeldValue | undefined {
    return this.#ledger.display.of(this.#ledger.store.map.cells.get(key))?.value;
  }

  /** The shared map, deleted keys left out. */
  *mapEntries(): Generator<Shown<MapEntry>> {
    for (const cell of this.#ledger.store.map.cells.values()) {
      const shown = this.#ledger.display.of(cell);
      if (shown !== undefined) yield shown;
    }
  }

  /** A newer value of a member's state, known of and on its way here; undefined: there is none. */
  pending(name: string, key: string): ContentReference | undefined {
    return this.#ledger.display.pending(this.#shelf(name)?.cells.get(key));
  }

  /** A newer value of a key of the shared map, known of and on its way here. */
  mapPending(key: string): ContentReference | undefined {
    return this.#ledger.display.pending(this.#ledger.store.map.cells.get(key));
  }

  /** Everything, with what is remembered of deleted keys. */
  *all(): Generator<Entry> {
    for (const { entry } of this.#ledger.store.cells()) yield entry;
  }

  /** Of these the large ones, here or not, each with the value that is shown of its key. */
  *large(): Generator<readonly [Entry, HeldValue | undefined]> {
    for (const cell of this.#ledger.store.cells()) {
      if (referenceOf(cell.entry) === undefined) continue;
      yield [cell.entry, this.#ledger.display.of(cell)?.value];
    }
  }

  /** The same, as checkers read it; the same list again where nothing has changed. */
  held(): readonly HeldEntry[] {
    const { ownLife, store } = this.#ledger;
    if (this.#held?.changes !== store.changes) {
      const entries = [...this.all()].map((entry) => heldEntry(entry, ownLife));
      this.#held = { changes: store.changes, entries };
    }
    return this.#held.entries;
  }

  /** Equal for nodes that hold the same; 64 bits. */
  get checksum(): SetChecksum {
    return this.#ledger.store.checksum;
  }

  // What can happen.

  /** A life begins with what an earlier one has saved. */
  begin(env: HearsayEnv, records: readonly LogRecord[], absentMs: number): void {
    this.#ledger.restore(env, records, absentMs);
  }

  get isBusy(): boolean {
    return this.#ledger.spread.isAwake;
  }

  joined(env: HearsayEnv): void {
    this.#ledger.announce(env);
    this.#writes.joined(env);
    this.#compare.start(env);
  }

  receive(env: HearsayEnv, from: Peer, message: DataMessage | ValueMessage): void {
    if (message.type === 'want' || message.type === 'chunk' || message.type === 'lack') {
      return this.#ledger.display.values.receive(env, from, message);
    }
    if (message.type === 'data-gossip') {
      for (const entry of message.entries) {
        const heard = this.#ledger.hear(env, entry, from, true);
        // Of somebody who is not known yet: soon he is, and comparing brings it again.
        if (heard === 'unknown-life') this.#compare.hurry(env);
        else if (heard === 'new') this.#compare.stir(env);
      }
    } else if (message.type === 'data-word') {
      if (this.#ledger.hearWord(env, from, message)) this.#compare.hurry(env);
    } else if (message.type === 'data-ahead') {
      this.#ledger.complaints.tell(env, message.key, message.aheadMs, from, true);
    } else if (this.#compare.receive(env, from, message) !== undefined) {
      this.#writes.learnt(env);
    }
    this.#compare.start(env);
  }

  wake(env: HearsayEnv, timer: number, arg: number): boolean {
    if (timer === Timer.Values) this.#ledger.display.values.tick(env, arg);
    else if (timer === Timer.DataGossip) this.#ledger.spread.round(env);
    else if (timer === Timer.DataCompare) this.#compare.tick(env, arg);
    else if (timer === Timer.DataWord) this.#ledger.word.tick(env);
    else if (timer === Timer.DataLearn) {
      this.#writes.tick(env, arg);
      this.#compare.start(env); // What has been written now may be all that there is.
    } else return false;
    return true;
  }

  unreachable(_env: HearsayEnv, peer: Peer, token: number): boolean {
    if (token !== 0) this.#ledger.display.values.lost(peer);
    return false; // Others may have lost something, too.
  }

  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void {
    if (before !== undefined && (after?.peer !== before.peer || !isLive(after.status))) {
      this.#ledger.display.values.lost(before.peer);
    }
    const life = this.#ledger.lives.changed(before, after);
    if (life !== undefined) this.#ledger.forgetLife(env, life, before?.name ?? '');
    if (before === undefined || after?.status !== 'alive') return;
    // A cut has healed, or so it seems; or a seed has begun anew, whom nobody lets in and tells.
    const isBack = before.status === 'dead' || before.nodeId !== after.nodeId;
    if (isBack) this.#compare.hurry(env);
  }

  forgetAll(env: HearsayEnv): void {
    const { display, store, lives, ownLife } = this.#ledger;
    for (const life of store.owners()) {
      if (life !== ownLife) this.#ledger.forgetLife(env, life, lives.nameOf(life) ?? '');
    }
    lives.clear();
    this.#ledger.forgetVersions();
    display.values.lostAll();
    this.#compare.clear();
    this.#ledger.doubt(env);
    this.#writes.unlearn();
  }

  exchange(env: HearsayEnv, to: Peer, isNewcomer: boolean): void {
    this.#compare.begin(env, to, isNewcomer);
  }

  sweep(env: HearsayEnv): void {
    this.#ledger.sweep(env);
  }

  holdings(): readonly Holding[] {
    const { dataBytesMax } = this.#view.config;
    const { display, store, spread, word } = this.#ledger;
    const { waiting } = this.#writes;
    return [
      { what: 'bytes of data', count: store.bytes, countMax: dataBytesMax },
      { what: 'writes that wait', count: waiting, countMax: WAITING_MAX },
      ...spread.holdings(),
      ...word.holdings(),
      ...this.#compare.holdings(),
      ...display.values.holdings(),
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    const { display, refused, spread, word } = this.#ledger;
    return {
      ...refused,
      ...word.turnedAway(),
      'data-not-told': spread.overflowed,
      'data-writes': this.#writes.dropped,
      ...this.#compare.turnedAway(),
      ...display.values.turnedAway(),
    };
  }

  snapshot(): Iterable<LogRecord> {
    return this.#ledger.snapshot();
  }

  #writeMap(env: HearsayEnv, key: string, value: Value | undefined): boolean {
    const isDone = this.#writes.write(env, key, value);
    this.#compare.start(env);
    return isDone;
  }

  #shelf(name: string): Shelf<StateEntry> | undefined {
    const life = this.#ledger.lives.ofName(name);
    return life === undefined ? undefined : this.#ledger.store.stateOf(life);
  }

  /** What the entry of a value holds: a large one is taken in, and named by its hash. */
  #fit(env: HearsayEnv, value: InlineValue): Value {
    const { bytes, kind } = value;
    const { valueBytesMax, valuesBytesMax } = this.#view.config;
    if (bytes.length > valueBytesMax) {
      const text = `value: ${bytes.length} B exceed ${valueBytesMax} B (tuning.valueBytesMax)`;
      throw new UsageError('VALUE_TOO_LARGE', text);
    }
    if (bytes.length <= INLINE_BYTES_MAX) return value;
    const content = contentOf(bytes, this.#shared.crypto);
    if (!this.#ledger.display.values.put(env, content)) {
      const text = `large values have no room for ${bytes.length} B: at most ${valuesBytesMax} B`;
      throw new UsageError('DATA_FULL', text);
    }
    return { kind, ...content.reference };
  }
}

/** @throws UsageError KEY_UNUSABLE */
function checkKey(key: string): void {
  const bytes = typeof key === 'string' ? textBytes(key) : 0;
  if (bytes < 1 || bytes > KEY_BYTES_MAX) {
    throw new UsageError('KEY_UNUSABLE', `key: give 1 to ${KEY_BYTES_MAX} bytes, not ${bytes}`);
  }
  if (isReserved(key)) {
    throw new UsageError('KEY_UNUSABLE', 'key: begins with a zero character, as reserved ones do');
  }
  if (!/\p{Surrogate}/u.test(key)) return;
  throw new UsageError('KEY_UNUSABLE', 'key: holds half a surrogate pair, which is no text');
}
