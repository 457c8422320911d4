import { fromValue, toValue, type Content } from './content.ts';
import type { EventStream } from './event-stream.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { watch, type WatchOptions } from './watch.ts';

/** A key of the shared map has another value, as far as this node knows. */
export type MapChange = ClusterEventOf<'map-changed'>;

/**
 * A map that all members share: everybody reads and writes every key, and the last writer wins, by
 * clocks that are never more than five minutes off (others refuse what is).
 *
 * No lock, no transaction: of two members that write one key at a time, one write is lost, the same
 * everywhere. For what only one member may decide, let one member own the key in its state.
 */
export class SharedMap {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** How many keys there are. */
  get size(): number {
    let size = 0;
    for (const _ of this.#entries('')) size++;
    return size;
  }

  /** The newest value that is here; a large one may come later than the news of it. */
  get(key: string): Content | undefined {
    const value = this.#ground.data?.mapGet(key);
    return value && fromValue(value);
  }

  has(key: string): boolean {
    return this.#ground.data?.mapGet(key) !== undefined;
  }

  /** Those that begin with a prefix; in no order. */
  *keys(prefix = ''): Generator<string> {
    for (const { key } of this.#entries(prefix)) yield key;
  }

  *entries(prefix = ''): Generator<[string, Content]> {
    for (const { key, value } of this.#entries(prefix)) yield [key, fromValue(value)];
  }

  /**
   * Resolves when it is written here and on its way to others, not when these have it. Rejects with
   * NOT_RUNNING, KEY_UNUSABLE, VALUE_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL.
   *
   * @param key 1 to 256 bytes of text
   * @param content JSON or a Uint8Array, at most 16 MB (`tuning.valueBytesMax`)
   */
  set(key: string, content: Content | object): Promise<void> {
    return this.#ground.promised(this.#set(key, content));
  }

  /** Deletes a key, also one that this node has not heard of yet; settles like `set`. */
  delete(key: string): Promise<void> {
    return this.#ground.promised(this.#delete(key));
  }

  /**
   * Changes of keys that begin with a prefix, until the node has left.
   *
   * @throws HearsayError NOT_RUNNING
   */
  watch(prefix = '', options: WatchOptions = {}): EventStream<MapChange> {
    const isWanted = ({ key }: MapChange): boolean => key.startsWith(prefix);
    const present = [...this.#entries(prefix)].map(({ key, value, stamp }): MapChange => ({
      type: 'map-changed',
      key,
      value: fromValue(value),
      before: undefined,
      at: stamp.wallMs,
      by: stamp.by,
    }));
    return watch(this.#ground, 'map-changed', isWanted, present, options);
  }

  async #set(key: string, content: Content | object): Promise<void> {
    const value = toValue(`map.set ${key}`, content);
    this.#ground.command('map.set', (protocol, env) => protocol.data.mapSet(env, key, value));
  }

  async #delete(key: string): Promise<void> {
    this.#ground.command('map.delete', (protocol, env) => protocol.data.mapDelete(env, key));
  }

  *#entries(prefix: string) {
    for (const entry of this.#ground.data?.mapEntries() ?? []) {
      if (entry.key.startsWith(prefix)) yield entry;
    }
  }
}
