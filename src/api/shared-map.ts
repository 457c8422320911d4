import { UsageError } from '../core/index.ts';
import type { HearsayProtocol } from '../designs/hearsay/index.ts';
import { fromValue, toValue, type Content } from './content.ts';
import type { EventStream } from './event-stream.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { notRunning } from './life.ts';
import type { HearsayEnv } from './platform.ts';
import { checkText, watch, type WatchOptions } from './watch.ts';

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
   * Resolves when it is written here and on its way to others, not when these have it: at once, but
   * for the first writes of a life, which wait for what one member knows, three seconds at most.
   * Rejects with NOT_RUNNING, KEY_UNUSABLE, VALUE_UNUSABLE, VALUE_TOO_LARGE or DATA_FULL, and has
   * then changed nothing.
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
   * @throws HearsayError NOT_RUNNING, KEY_UNUSABLE, BAD_OPTION
   */
  watch(prefix = '', options: WatchOptions = {}): EventStream<MapChange> {
    checkText('map.watch: prefix', prefix);
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
    checkText('map.set: key', key);
    const value = toValue(`map.set ${key}`, content);
    return this.#write('map.set', key, ({ data }, env) => data.mapSet(env, key, value));
  }

  async #delete(key: string): Promise<void> {
    checkText('map.delete: key', key);
    return this.#write('map.delete', key, ({ data }, env) => data.mapDelete(env, key));
  }

  /** Writes, and waits until that is done where it has to wait. */
  async #write(what: string, key: string, write: Write): Promise<void> {
    const life = this.#ground.alive(what);
    if (this.#ground.command(what, write)) return;
    await new Promise<void>((resolve, reject) => {
      const off = life.watch((event) => {
        if (event.type === 'map-ready') {
          off();
          if (event.dropped.includes(key)) reject(full(what, key));
          else resolve();
        } else if (event.type === 'stopped' || event.type === 'failed') {
          off();
          reject(notRunning(what));
        }
      });
    });
  }

  *#entries(prefix: string) {
    for (const entry of this.#ground.data?.mapEntries() ?? []) {
      if (entry.key.startsWith(prefix)) yield entry;
    }
  }
}

/** False: it waits, which `map-ready` ends. */
type Write = (protocol: HearsayProtocol, env: HearsayEnv) => boolean;

function full(what: string, key: string): UsageError {
  return new UsageError('DATA_FULL', `${what}: the map has no room for ${key}`);
}
