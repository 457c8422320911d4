/**
 * The keys of a node: one seals what it sends, all of them open what it gets.
 *
 * A key is changed on a running cluster by adding it everywhere, then using it everywhere, then
 * removing the old one everywhere: at each moment everyone can read everyone. A key is named on
 * the wire by an id of one byte made from the key itself, so that nodes need not agree on numbers.
 * Two keys of one ring never share an id: one pair in 255 would, and then the later is refused.
 */
import { UsageError } from '../../core/index.ts';

/** More are not needed to change a key, and a stranger's packet under a known id costs work. */
export const KEYS_MAX = 8;

export interface RingKey {
  /** Made from the key, 1 … 255; 0 is no key. */
  readonly id: number;
  /** What people call it by: made from the key, and nothing can be learnt from it. */
  readonly fingerprint: string;
}

/** What is shown of a key. */
export interface ListedKey {
  readonly fingerprint: string;
  /** Seals what this node sends. */
  readonly used: boolean;
}

export class Keyring<K extends RingKey> {
  #keys: readonly K[];
  #current: K;

  /** The first key is the one that is used. @throws UsageError BAD_KEY */
  constructor(keys: readonly [K, ...K[]]) {
    this.#current = keys[0];
    this.#keys = [];
    for (const key of keys) this.add(key);
  }

  /** Seals what is sent. */
  get current(): K {
    return this.#current;
  }

  /** The key that a packet or stream names. */
  find(id: number): K | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  list(): ListedKey[] {
    return this.#keys.map((key) => ({
      fingerprint: key.fingerprint,
      used: key === this.#current,
    }));
  }

  /** From now on it opens what comes. False: it was there. @throws UsageError BAD_KEY */
  add(key: K): boolean {
    const known = this.find(key.id);
    if (known?.fingerprint === key.fingerprint) return false;
    if (known !== undefined) {
      throw new UsageError(
        'BAD_KEY',
        `key ${key.fingerprint} cannot be told from ${known.fingerprint} on the wire: make another`,
      );
    }
    if (this.#keys.length >= KEYS_MAX) {
      throw new UsageError('BAD_KEY', `there are ${KEYS_MAX} keys already: remove one first`);
    }
    this.#keys = [...this.#keys, key];
    return true;
  }

  /** From now on it seals what is sent. @throws UsageError BAD_KEY */
  use(fingerprint: string): void {
    this.#current = this.#named(fingerprint);
  }

  /** What it sealed is refused from now on. @throws UsageError BAD_KEY */
  remove(fingerprint: string): K {
    const key = this.#named(fingerprint);
    if (key === this.#current) {
      throw new UsageError('BAD_KEY', `key ${fingerprint} is in use: use another one first`);
    }
    this.#keys = this.#keys.filter((other) => other !== key);
    return key;
  }

  #named(fingerprint: string): K {
    const key = this.#keys.find((one) => one.fingerprint === fingerprint);
    if (key !== undefined) return key;
    const known = this.#keys.map((one) => one.fingerprint).join(', ');
    throw new UsageError('BAD_KEY', `there is no key ${fingerprint} here; there are ${known}`);
  }
}
