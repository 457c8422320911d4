/**
 * How long until a node compares its data with somebody's again.
 *
 * After a comparison that brought anything, at once; after what was heard by gossip, soon, since
 * some may have missed it; after each one that brought nothing, twice as
 * long as before, up to the calm interval. That grows with the cluster as memberlist's push-pull
 * interval does: by its own length for each doubling beyond 32 members. Every wait is drawn within
 * a quarter of its length, so that nodes do not go in step.
 */
import { log2, type Random } from '../../core/index.ts';

export class Pace {
  readonly #calmMs: number;
  #waitMs: number;

  readonly #isAdaptive: boolean;

  /**
   * @param calmMs the interval of a small cluster in which nothing differs
   * @param isAdaptive false: it is always that interval, whatever happens and for how many
   */
  constructor(calmMs: number, isAdaptive = true) {
    this.#calmMs = calmMs;
    this.#isAdaptive = isAdaptive;
    this.#waitMs = isAdaptive ? calmMs / HASTE : calmMs;
  }

  /** Something differs, or may: the next comparison is soon. Returns whether that is news. */
  hurry(): boolean {
    if (!this.#isAdaptive) return false;
    const isCalm = this.#waitMs > this.#calmMs / HASTE;
    this.#waitMs = this.#calmMs / HASTE;
    return isCalm;
  }

  /** Something was written, and told by gossip. Returns whether the next one is sooner for that. */
  stir(): boolean {
    const soonMs = this.#calmMs / STIR;
    if (!this.#isAdaptive || this.#waitMs <= soonMs) return false;
    this.#waitMs = soonMs;
    return true;
  }

  /** A comparison brought nothing. */
  calm(): void {
    this.#waitMs *= 2;
  }

  /** The next wait. */
  next(live: number, random: Random): number {
    const steps = this.#isAdaptive ? Math.max(0, Math.ceil(log2(live / SMALL))) : 0;
    const longestMs = this.#calmMs * (1 + steps);
    this.#waitMs = Math.min(this.#waitMs, longestMs);
    return this.#waitMs * (1 - JITTER + 2 * JITTER * random.float());
  }
}

/** The shortest wait is this part of the calm interval: about a second by default. */
const HASTE = 32;
/** With the default interval, whoever missed a write has it after some four seconds. */
const STIR = 4;
/** Members of a cluster whose interval is not longer yet (memberlist's pushPullScaleThreshold). */
const SMALL = 32;
const JITTER = 0.25;
