/**
 * The part of a node that holds data: its own state, what it knows of others', and the shared map.
 *
 * What is believed is in ledger.ts, how it is told in spread.ts, how it is compared in compare.ts.
 */
import {
  INLINE_BYTES_MAX,
  isInline,
  KEY_BYTES_MAX,
  VALUE_BYTES_MAX,
  type Entry,
  type MapEntry,
  type StateEntry,
  type Value,
} from '../../../blocks/data/index.ts';
import type { SetChecksum } from '../../../blocks/reconcile/index.ts';
import { UsageError, type Holding, type Peer } from '../../../core/index.ts';
import { textBytes } from '../../../wire/index.ts';
import type { Contact } from '../contact.ts';
import type { Member } from '../events.ts';
import type { Part } from '../part.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { HearsayShared } from '../shared.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Compare } from './compare.ts';
import { Ledger } from './ledger.ts';
import { WAITING_MAX, Writes } from './writes.ts';
import type { DataMessage } from '../data-messages.ts';
import type { Shelf } from './store.ts';

export class Data implements Part<DataMessage> {
  readonly #view: View;
  readonly #ledger: Ledger;
  readonly #compare: Compare;
  readonly #writes: Writes;

  constructor(view: View, contact: Contact, shared: HearsayShared) {
    this.#view = view;
    this.#ledger = new Ledger(view, shared);
    this.#compare = new Compare(view, contact, this.#ledger);
    this.#writes = new Writes(view, this.#ledger, this.#compare);
  }

  // Commands.

  /**
   * Writes a key of this node's own state.
   *
   * @throws UsageError KEY_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL
   */
  set(env: HearsayEnv, key: string, value: Value): void {
    checkKey(key);
    checkValue(value);
    this.#ledger.writeState(env, key, value);
    this.#compare.start(env);
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
   *
   * @throws UsageError KEY_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL
   */
  mapSet(env: HearsayEnv, key: string, value: Value): boolean {
    checkKey(key);
    checkValue(value);
    return this.#writeMap(env, key, value);
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

  /** A value of a member's state; of this node's own by its own name. */
  get(name: string, key: string): Value | undefined {
    return this.#shelf(name)?.cells.get(key)?.entry.value;
  }

  /** A member's state, deleted keys left out; also of one that is dead or has left, for a while. */
  *entries(name: string): Generator<StateEntry> {
    for (const { entry } of this.#shelf(name)?.cells.values() ?? []) {
      if (entry.value !== undefined) yield entry;
    }
  }

  mapGet(key: string): Value | undefined {
    return this.#ledger.store.map.cells.get(key)?.entry.value;
  }

  /** The shared map, deleted keys left out. */
  *mapEntries(): Generator<MapEntry> {
    for (const { entry } of this.#ledger.store.map.cells.values()) {
      if (entry.value !== undefined) yield entry;
    }
  }

  /** Everything, with what is remembered of deleted keys. */
  *all(): Generator<Entry> {
    for (const { entry } of this.#ledger.store.cells()) yield entry;
  }

  /** Equal for nodes that hold the same; 64 bits. */
  get checksum(): SetChecksum {
    return this.#ledger.store.checksum;
  }

  // What can happen.

  /** A life begins with what an earlier one has saved. */
  begin(env: HearsayEnv, records: readonly Uint8Array[], absentMs: number): void {
    this.#ledger.restore(env, records, absentMs);
  }

  get isBusy(): boolean {
    return this.#ledger.spread.isAwake;
  }

  joined(env: HearsayEnv): void {
    this.#ledger.announce(env);
    this.#compare.start(env);
    this.#writes.joined(env);
  }

  receive(env: HearsayEnv, from: Peer, message: DataMessage): void {
    if (message.type === 'data-gossip') {
      for (const entry of message.entries) this.#ledger.hear(env, entry, from, true);
    } else if (message.type === 'data-ahead') {
      this.#ledger.tellOfClock(env, message.key, message.aheadMs, from, true);
    } else if (this.#compare.receive(env, from, message) !== undefined) {
      this.#writes.learnt(env);
    }
    this.#compare.start(env);
  }

  wake(env: HearsayEnv, timer: number, arg: number): boolean {
    if (timer === Timer.DataGossip) this.#ledger.spread.round(env);
    else if (timer === Timer.DataCompare) this.#compare.tick(env, arg);
    else if (timer === Timer.DataLearn) this.#writes.tick(env, arg);
    else return false;
    return true;
  }

  unreachable(): boolean {
    return false;
  }

  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void {
    const life = this.#ledger.lives.changed(before, after);
    if (life !== undefined) this.#ledger.forgetLife(env, life, before?.name ?? '');
    // A cut has healed, or so it seems.
    if (before?.status === 'dead' && after?.status === 'alive') this.#compare.hurry(env);
  }

  forgetAll(env: HearsayEnv): void {
    const { store, lives, ownLife } = this.#ledger;
    for (const life of store.owners()) {
      if (life !== ownLife) this.#ledger.forgetLife(env, life, lives.nameOf(life) ?? '');
    }
    lives.clear();
    this.#compare.clear();
    this.#ledger.doubt();
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
    const { store, spread } = this.#ledger;
    const { waiting } = this.#writes;
    return [
      { what: 'bytes of data', count: store.bytes, countMax: dataBytesMax },
      { what: 'writes that wait', count: waiting, countMax: WAITING_MAX },
      ...spread.holdings(),
      ...this.#compare.holdings(),
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    const { refused, spread } = this.#ledger;
    return {
      ...refused,
      'data-not-told': spread.overflowed,
      'data-writes': this.#writes.dropped,
      ...this.#compare.turnedAway(),
    };
  }

  snapshot(): Iterable<Uint8Array> {
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
}

/** @throws UsageError KEY_UNUSABLE */
function checkKey(key: string): void {
  const bytes = textBytes(key);
  if (bytes < 1 || bytes > KEY_BYTES_MAX) {
    throw new UsageError('KEY_UNUSABLE', `key: give 1 to ${KEY_BYTES_MAX} bytes, not ${bytes}`);
  }
  if (!/\p{Surrogate}/u.test(key)) return;
  throw new UsageError('KEY_UNUSABLE', 'key: holds half a surrogate pair, which is no text');
}

/** @throws UsageError VALUE_TOO_LARGE */
function checkValue(value: Value): void {
  const [bytes, bytesMax] = isInline(value)
    ? [value.bytes.length, INLINE_BYTES_MAX]
    : [value.length, VALUE_BYTES_MAX];
  if (bytes <= bytesMax) return;
  throw new UsageError('VALUE_TOO_LARGE', `value: ${bytes} bytes exceed ${bytesMax}`);
}
