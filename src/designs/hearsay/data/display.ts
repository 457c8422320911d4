/**
 * What the application sees of each key: the newest value that is here, and when it changes.
 *
 * An entry may name a large value that is still on its way. Until it has come the value before is
 * shown; both are named so that neither goes. Values that a restart needs are saved with what names
 * them.
 */
import { bytesOf, isInline, keyOf } from '../../../blocks/data/index.ts';
import type {
  Content,
  ContentReference,
  Entry,
  HeldValue,
  StateEntry,
  Value,
} from '../../../blocks/data/index.ts';
import type { Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { HearsayShared } from '../shared.ts';
import { decodeTags, isReserved, TAGS_KEY } from '../tags.ts';
import type { View } from '../view.ts';
import type { Lives } from './lives.ts';
import type { Cell } from './store.ts';
import { Values } from './values.ts';

/** An entry whose value is here. */
export type Shown<E extends Entry> = Omit<E, 'value'> & { readonly value: HeldValue };

export class Display {
  readonly values: Values;
  readonly #view: View;
  readonly #lives: Lives;
  /** Cells whose newest value is not here, each with the entry that is shown instead. */
  readonly #pending = new Map<Cell, Entry | undefined>();
  /** The same cells by the value that they wait for. */
  readonly #waiting = new Map<string, Set<Cell>>();

  constructor(view: View, contact: Contact, shared: HearsayShared, lives: Lives) {
    this.#view = view;
    this.#lives = lives;
    this.values = new Values(view, contact, shared.crypto, {
      arrived: (env, content) => this.#arrived(env, content),
      refused: (env, reference) => this.#refused(env, reference),
    });
  }

  /** What is shown of a key; undefined: nothing. */
  of<E extends Entry>(cell: Cell<E> | undefined): Shown<E> | undefined {
    if (cell === undefined) return undefined;
    const isPending = this.#pending.has(cell);
    const entry = isPending ? (this.#pending.get(cell) as E | undefined) : cell.entry;
    const value = entry && this.#held(entry.value);
    return entry && value && { ...entry, value };
  }

  /** The newest value of a key, while it is on its way; undefined: it is shown. */
  pending(cell: Cell | undefined): ContentReference | undefined {
    return cell && this.#pending.has(cell) ? referenceOf(cell.entry) : undefined;
  }

  /** A cell holds what an earlier life has saved. */
  restored(env: HearsayEnv, cell: Cell): void {
    if (!this.#replace(env, cell, undefined, [])) return;
    if (cell.entry.type === 'state') this.#retag(env, cell.entry, this.#held(cell.entry.value));
  }

  /** A cell holds a new entry, in the place of `before`, that somebody has told. */
  replaced(env: HearsayEnv, cell: Cell, before: Entry | undefined, from: Peer): void {
    const shown = this.#pending.has(cell) ? this.#pending.get(cell) : before;
    const shownValue = this.#held(shown?.value);
    if (!this.#replace(env, cell, before, this.#holdersOf(cell.entry, from))) return;
    this.#tell(env, cell.entry, shownValue);
  }

  /** A cell is no more. Returns what was shown of it. */
  removed(env: HearsayEnv, cell: Cell): HeldValue | undefined {
    const isPending = this.#pending.has(cell);
    const shown = isPending ? this.#pending.get(cell) : cell.entry;
    const value = this.#held(shown?.value);
    if (isPending) {
      this.#settle(cell, cell.entry);
      this.#unname(env, cell.entry);
    }
    this.#unname(env, shown);
    if (cell.entry.type === 'state') this.#retag(env, cell.entry, undefined);
    return value;
  }

  /** Saves the value of an entry that is saved, if it does not travel in that. */
  save(env: HearsayEnv, entry: Entry): void {
    const content = this.contentOf(entry);
    if (content !== undefined) env.save(content);
  }

  /** The value of an entry, if it does not travel in that and is here. */
  contentOf(entry: Entry): Content | undefined {
    const reference = referenceOf(entry);
    return reference && this.values.get(reference);
  }

  /** Returns whether another value is shown now. */
  #replace(
    env: HearsayEnv,
    cell: Cell,
    before: Entry | undefined,
    holders: readonly Peer[],
  ): boolean {
    const wasPending = this.#pending.has(cell);
    const shown = wasPending ? this.#pending.get(cell) : before;
    if (wasPending) this.#settle(cell, before);
    const reference = referenceOf(cell.entry);
    const isHere = reference === undefined || this.values.get(reference) !== undefined;
    if (!isHere) this.#await(cell, reference, shown);
    if (reference !== undefined) this.values.name(env, reference, holders);
    if (wasPending) this.#unname(env, before);
    if (isHere) this.#unname(env, shown);
    return isHere;
  }

  #await(cell: Cell, reference: ContentReference, shown: Entry | undefined): void {
    this.#pending.set(cell, shown);
    const key = keyOf(reference);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(cell));
  }

  /** A cell waits no longer for the value of the entry that it held. */
  #settle(cell: Cell, held: Entry | undefined): void {
    this.#pending.delete(cell);
    const reference = referenceOf(held);
    if (reference === undefined) return;
    const key = keyOf(reference);
    const waiting = this.#waiting.get(key);
    waiting?.delete(cell);
    if (waiting?.size === 0) this.#waiting.delete(key);
  }

  #arrived(env: HearsayEnv, content: Content): void {
    const key = keyOf(content.reference);
    const cells = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const cell of cells) {
      const shown = this.#pending.get(cell);
      const before = this.#held(shown?.value);
      this.#pending.delete(cell);
      this.#unname(env, shown);
      if (this.isSaved(cell.entry)) this.save(env, cell.entry);
      this.#tell(env, cell.entry, before);
    }
  }

  #refused(env: HearsayEnv, reference: ContentReference): void {
    const [cell] = this.#waiting.get(keyOf(reference)) ?? [];
    if (cell === undefined) return;
    const { entry } = cell;
    const name = entry.type === 'map' ? undefined : (this.#lives.nameOf(entry.owner) ?? '');
    env.emit({ type: 'value-refused', name, key: entry.key, length: reference.length });
  }

  /** What a restart needs: own state and the map. */
  isSaved(entry: Entry): boolean {
    return entry.type === 'map' || entry.owner === this.#view.self.fact.nodeId;
  }

  #tell(env: HearsayEnv, entry: Entry, before: HeldValue | undefined): void {
    const { key } = entry;
    const value = this.#held(entry.value);
    if (value === undefined && before === undefined) return;
    if (entry.type === 'map') {
      env.emit({ type: 'map-changed', key, value, before, stamp: entry.stamp });
    } else {
      const name = this.#lives.nameOf(entry.owner) ?? '';
      this.#retag(env, entry, value);
      if (isReserved(key)) return;
      env.emit({ type: 'state-changed', name, key, value, before, version: entry.version });
    }
  }

  /** A member has tags that its fact does not carry. */
  #retag(env: HearsayEnv, { key, owner }: StateEntry, value: HeldValue | undefined): void {
    if (key !== TAGS_KEY) return;
    const tags = value && decodeTags(bytesOf(value));
    this.#view.retag(env, owner, this.#lives.nameOf(owner) ?? '', tags);
  }

  /** Who may have an entry's value: its author, and whoever told of it. */
  #holdersOf(entry: Entry, from: Peer): Peer[] {
    if (referenceOf(entry) === undefined) return [];
    const author = entry.type === 'map' ? entry.stamp.by : entry.owner;
    const { roster } = this.#view;
    const fact = roster.fact(roster.slot(this.#lives.nameOf(author) ?? ''));
    return fact === undefined ? [from] : [fact.peer, from];
  }

  #unname(env: HearsayEnv, entry: Entry | undefined): void {
    const reference = referenceOf(entry);
    if (reference !== undefined) this.values.unname(env, reference);
  }

  /** A value with its content, if that is here. */
  #held(value: Value | undefined): HeldValue | undefined {
    if (value === undefined || isInline(value)) return value;
    const content = this.values.get(value);
    return content && { ...value, content };
  }
}

/** Of an entry's value, if that does not travel in it. */
export function referenceOf(entry: Entry | undefined): ContentReference | undefined {
  const value: Value | undefined = entry?.value;
  return value === undefined || isInline(value) ? undefined : value;
}
