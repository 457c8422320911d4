import type { StateEntry } from '../blocks/data/index.ts';
import type { Shown } from '../designs/hearsay/index.ts';
import { fromValue, toValue, type Content } from './content.ts';
import type { ClusterEventOf } from './events.ts';
import type { Ground } from './ground.ts';
import { Keyed } from './keyed.ts';
import { checkText } from './watch.ts';

/** A key of a member's state has another value, as far as this node knows. */
export type StateChange = ClusterEventOf<'state-changed'>;

/**
 * What one member says of itself, key by key, as this node knows it; also of one that is dead or
 * has left, as long as it is remembered.
 *
 * A life writes its own state and nobody else's: when a member starts anew, its old state is gone.
 */
export class MemberState extends Keyed<StateChange, Shown<StateEntry>> {
  /** The member's. */
  readonly name: string;

  constructor(ground: Ground, name: string) {
    super(ground, {
      what: 'state',
      type: 'state-changed',
      value: (key) => ground.data?.get(name, key),
      entries: () => ground.data?.entries(name) ?? [],
      change: ({ key, value, version }) => ({
        type: 'state-changed',
        name,
        key,
        value: fromValue(value),
        before: undefined,
        version,
      }),
      isOwn: (change) => change.name === name,
    });
    this.name = name;
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
