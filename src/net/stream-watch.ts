/**
 * Whether this node's streams reach others.
 *
 * A failed dial alone says little: its target may be dead. But when three in a row have failed, and
 * each target was heard by packet afterwards, then it is TCP that does not get through. The first
 * dial that opens ends that. So a single member with a closed port is no alarm, as long as other
 * members are dialled as well.
 */
import type { Address } from '../core/index.ts';

const FAILURES_MIN = 3;

/** Targets that may still prove to be alive. */
const WAITING_MAX = 64;

export class StreamWatch {
  readonly #tell: (isBlocked: boolean) => void;
  /** Failed dials whose targets have not been heard since. */
  readonly #waiting = new Set<Address>();
  #failures = 0;
  #isBlocked = false;

  constructor(tell: (isBlocked: boolean) => void) {
    this.#tell = tell;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** A dial was refused, or lost. */
  failed(address: Address): void {
    if (this.#waiting.size < WAITING_MAX) this.#waiting.add(address);
  }

  /** A packet has come from there. */
  heard(address: Address): void {
    if (this.#waiting.size === 0 || !this.#waiting.delete(address)) return;
    this.#failures++;
    if (this.#isBlocked || this.#failures < FAILURES_MIN) return;
    this.#isBlocked = true;
    this.#tell(true);
  }

  /** A dial has opened. */
  opened(): void {
    this.#waiting.clear();
    this.#failures = 0;
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#tell(false);
  }
}
