import type { Keyring, ListedKey } from '../blocks/security/keyring.ts';
import { UsageError } from '../core/index.ts';
import { parseSecret, type SecretKey } from '../net/index.ts';

/** The keys of a node through all of its lives. What fails throws BAD_KEY and changes nothing. */
export class Keys {
  readonly #ring: Keyring<SecretKey> | undefined;
  readonly #onRemoved: (fingerprint: string) => void;

  /** `onRemoved`: what is under that key is to be closed. */
  constructor(ring: Keyring<SecretKey> | undefined, onRemoved: (fingerprint: string) => void) {
    this.#ring = ring;
    this.#onRemoved = onRemoved;
  }

  list(): ListedKey[] {
    return this.#checked().list();
  }

  /**
   * Reads what is under this key from now on; gives its fingerprint.
   *
   * @throws UsageError BAD_SECRET, BAD_KEY
   */
  add(secret: string): string {
    const ring = this.#checked();
    const key = parseSecret(secret);
    ring.add(key);
    return key.fingerprint;
  }

  /** Seals with this key from now on. */
  use(fingerprint: string): void {
    this.#checked().use(fingerprint);
  }

  /** Refuses what is under this key from now on, and closes its streams. */
  remove(fingerprint: string): void {
    this.#checked().remove(fingerprint);
    this.#onRemoved(fingerprint);
  }

  #checked(): Keyring<SecretKey> {
    if (this.#ring !== undefined) return this.#ring;
    throw new UsageError(
      'BAD_KEY',
      'this node does not encrypt: start it with the option `secret` first',
    );
  }
}
