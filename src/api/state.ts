import { fromValue, toValue, type Content } from './content.ts';
import type { EventStream } from './event-stream.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { checkText, watch, type WatchOptions } from './watch.ts';

/** A key of a member's state has another value, as far as this node knows. */
export type StateChange = ClusterEventOf<'state-changed'>;

/**
 * What one member says of itself, key by key, as this node knows it; also of one that is dead or
 * has left, as long as it is remembered.
 *
 * A life writes its own state and nobody else's: when a member starts anew, its old state is gone.
 */
export class MemberState {
  /** The member's. */
  readonly name: string;
  readonly #ground: Ground;

  constructor(ground: Ground, name: string) {
    this.name = name;
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
    const value = this.#ground.data?.get(this.name, key);
    return value && fromValue(value);
  }

  has(key: string): boolean {
    return this.#ground.data?.get(this.name, key) !== undefined;
  }

  /** Those that begin with a prefix; in no order. */
  *keys(prefix = ''): Generator<string> {
    for (const { key } of this.#entries(prefix)) yield key;
  }

  *entries(prefix = ''): Generator<[string, Content]> {
    for (const { key, value } of this.#entries(prefix)) yield [key, fromValue(value)];
  }

  /**
   * Changes of keys that begin with a prefix, until the node has left.
   *
   * @throws HearsayError NOT_RUNNING, KEY_UNUSABLE, BAD_OPTION
   */
  watch(prefix = '', options: WatchOptions = {}): EventStream<StateChange> {
    const { name } = this;
    checkText('state.watch: prefix', prefix);
    const isWanted = (change: StateChange): boolean =>
      change.name === name && change.key.startsWith(prefix);
    const present = [...this.#entries(prefix)].map(({ key, value, version }): StateChange => ({
      type: 'state-changed',
      name,
      key,
      value: fromValue(value),
      before: undefined,
      version,
    }));
    return watch(this.#ground, 'state-changed', isWanted, present, options);
  }

  *#entries(prefix: string) {
    for (const entry of this.#ground.data?.entries(this.name) ?? []) {
      if (entry.key.startsWith(prefix)) yield entry;
    }
  }
}

/** This node's own state: everybody reads it, nobody else writes it. */
export class OwnState extends MemberState {
  readonly #ground: Ground;

  constructor(ground: Ground, name: string) {
    super(ground, name);
    this.#ground = ground;
  }

  /**
   * Others know within a few gossip intervals. Stays for later lives of this cluster object, and
   * over restarts with a data directory.
   *
   * @param key 1 to 256 bytes of text
   * @param content JSON or a Uint8Array, at most 16 MB (`tuning.valueBytesMax`)
   * @throws HearsayError NOT_RUNNING, KEY_UNUSABLE, VALUE_UNUSABLE, VALUE_TOO_LARGE, DATA_FULL
   */
  set(key: string, content: Content | object): void {
    checkText('state.set: key', key);
    const value = toValue(`state.set ${key}`, content);
    this.#ground.command('state.set', (protocol, env) => protocol.data.set(env, key, value));
  }

  /**
   * Returns whether there was such a key.
   *
   * @throws HearsayError NOT_RUNNING, KEY_UNUSABLE
   */
  delete(key: string): boolean {
    checkText('state.delete: key', key);
    return this.#ground.command('state.delete', (protocol, env) => protocol.data.delete(env, key));
  }
}
