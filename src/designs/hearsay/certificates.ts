import { AGE_MS_MAX } from '../../blocks/membership/index.ts';
import type { Tuning } from './shared.ts';

/** Whose lives have ended, by slot, and when: while that is known nobody brings them back. */
export class Certificates {
  readonly #config: Tuning;
  readonly #since = new Map<number, number>();

  constructor(config: Tuning) {
    this.#config = config;
  }

  get size(): number {
    return this.#since.size;
  }

  slots(): Iterable<number> {
    return this.#since.keys();
  }

  set(slot: number, sinceMs: number): void {
    this.#since.set(slot, sinceMs);
  }

  delete(slot: number): void {
    this.#since.delete(slot);
  }

  clear(): void {
    this.#since.clear();
  }

  /** For how long this life has been over, as it is told; 0: it is not. */
  ageMs(slot: number, now: number): number {
    const since = this.#since.get(slot);
    return since === undefined ? 0 : Math.min(AGE_MS_MAX, Math.max(0, Math.floor(now - since)));
  }

  /** The same end of a life is known elsewhere for longer: the certificate ends with that one. */
  age(slot: number, sinceMs: number): void {
    const known = this.#since.get(slot);
    if (known !== undefined && sinceMs < known) this.#since.set(slot, sinceMs);
  }

  /** Those that are too old, and the first ones of too many. They may be deleted meanwhile. */
  *expired(now: number): Generator<number> {
    let surplus = this.#since.size - this.#config.certificatesMax;
    for (const [slot, sinceMs] of this.#since) {
      if (now - sinceMs > this.#config.certificateMs || surplus-- > 0) yield slot;
    }
  }
}
