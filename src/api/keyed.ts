import type { HeldValue } from '../blocks/data/index.ts';
import { fromValue, type Content } from './content.ts';
import type { EventStream } from './event-stream.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { checkText, watch, type WatchOptions } from './watch.ts';

export type KeyedChange = ClusterEventOf<'state-changed' | 'map-changed'>;

/** Where values by key come from. */
export interface KeyedSource<C extends KeyedChange, E extends KeyedEntry> {
  /** For messages. */
  readonly what: string;
  readonly type: C['type'];
  /** Of a key; undefined: there is none here. */
  value(key: string): HeldValue | undefined;
  /** All that are here. */
  entries(): Iterable<E>;
  /** An entry as if it were new. */
  change(entry: E): C;
  /** Whether a change of this type happened here. */
  isOwn(change: C): boolean;
}

export interface KeyedEntry {
  readonly key: string;
  readonly value: HeldValue;
}

/** Values by key as this node knows them: what a member's state and the shared map both are. */
export class Keyed<C extends KeyedChange, E extends KeyedEntry> {
  readonly #ground: Ground;
  readonly #source: KeyedSource<C, E>;

  constructor(ground: Ground, source: KeyedSource<C, E>) {
    this.#ground = ground;
    this.#source = source;
  }

  /** How many keys there are. */
  get size(): number {
    let size = 0;
    for (const _ of this.#source.entries()) size++;
    return size;
  }

  /** The newest value that is here; a large one may come later than the news of it. */
  get(key: string): Content | undefined {
    const value = this.#source.value(key);
    return value && fromValue(value);
  }

  /** Whether there is a value here. */
  has(key: string): boolean {
    return this.#source.value(key) !== undefined;
  }

  /** Those that begin with a prefix; in no order. */
  *keys(prefix = ''): Generator<string> {
    for (const { key } of this.#entries(prefix)) yield key;
  }

  /** Keys that begin with a prefix, and their values; in no order. */
  *entries(prefix = ''): Generator<[string, Content]> {
    for (const { key, value } of this.#entries(prefix)) yield [key, fromValue(value)];
  }

  /**
   * Changes of keys that begin with a prefix, until the node has left.
   *
   * @throws HearsayError NOT_RUNNING, KEY_UNUSABLE, BAD_OPTION
   */
  watch(prefix = '', options: WatchOptions = {}): EventStream<C> {
    const source = this.#source;
    checkText(`${source.what}.watch: prefix`, prefix);
    const isWanted = (change: C): boolean => change.key.startsWith(prefix) && source.isOwn(change);
    const present = [...this.#entries(prefix)].map((entry) => source.change(entry));
    return watch(this.#ground, source.type, isWanted, present, options);
  }

  *#entries(prefix: string): Generator<E> {
    for (const entry of this.#source.entries()) if (entry.key.startsWith(prefix)) yield entry;
  }
}
