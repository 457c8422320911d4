/**
 * A hybrid logical clock (Kulkarni et al. 2014): its times are near the wall clock's, and above all
 * that was written or heard before.
 *
 * Deviations: what it hears are the stamps of entries, not of messages; a count that is full moves
 * the time on by a millisecond; its users refuse a stamp too far ahead of the wall clock, so no
 * wrong clock takes a key for ever.
 */
import type { NodeId } from '../../core/index.ts';
import { STAMP_COUNT_MAX, STAMP_WALL_MS_MAX, type Stamp } from './stamp.ts';

export class HybridClock {
  #wallMs = 0;
  #count = 0;

  /** The time of the last stamp given or heard, ms since 1970; 0: none. */
  get lastMs(): number {
    return this.#wallMs;
  }

  /** The stamp of a write, above all that was given and heard before. */
  next(wallMs: number, by: NodeId): Stamp {
    const now = Math.min(STAMP_WALL_MS_MAX, Math.max(0, Math.floor(wallMs)));
    if (now > this.#wallMs) {
      this.#wallMs = now;
      this.#count = 0;
    } else if (this.#count < STAMP_COUNT_MAX) {
      this.#count++;
    } else {
      this.#wallMs = Math.min(STAMP_WALL_MS_MAX, this.#wallMs + 1);
      this.#count = 0;
    }
    return { wallMs: this.#wallMs, count: this.#count, by };
  }

  /** A stamp that was accepted: what is written here from now on comes after it. */
  hear({ wallMs, count }: Stamp): void {
    if (wallMs < this.#wallMs || (wallMs === this.#wallMs && count <= this.#count)) return;
    this.#wallMs = wallMs;
    this.#count = count;
  }
}

/** How far ahead of a node's wall clock a stamp may be: what NTP failures of days do not reach. */
export const STAMP_AHEAD_MS_MAX = 5 * 60_000;
