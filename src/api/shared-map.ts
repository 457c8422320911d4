import type { MapEntry } from '../blocks/data/index.ts';
import { UsageError } from '../core/index.ts';
import type { HearsayProtocol, Shown } from '../designs/hearsay/index.ts';
import { fromValue, toValue, type Content } from './content.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { Keyed } from './keyed.ts';
import { notRunning } from './life.ts';
import type { HearsayEnv } from './platform.ts';
import { checkText } from './watch.ts';

/** A key of the shared map has another value, as far as this node knows. */
export type MapChange = ClusterEventOf<'map-changed'>;

/**
 * A map that all members share: everybody reads and writes every key, and the last writer wins, by
 * clocks that are never more than five minutes off (others refuse what is).
 *
 * No lock, no transaction: of two members that write one key at a time, one write is lost, the same
 * everywhere. For what only one member may decide, let one member own the key in its state.
 */
export class SharedMap extends Keyed<MapChange, Shown<MapEntry>> {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    super(ground, {
      what: 'map',
      type: 'map-changed',
      value: (key) => ground.data?.mapGet(key),
      entries: () => ground.data?.mapEntries() ?? [],
      change: ({ key, value, stamp }) => ({
        type: 'map-changed',
        key,
        value: fromValue(value),
        before: undefined,
        at: stamp.wallMs,
        by: stamp.by,
      }),
      isOwn: () => true,
    });
    this.#ground = ground;
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
}

/** False: it waits, which `map-ready` ends. */
type Write = (protocol: HearsayProtocol, env: HearsayEnv) => boolean;

function full(what: string, key: string): UsageError {
  return new UsageError('DATA_FULL', `${what}: the map has no room for ${key}`);
}
