/**
 * How long a link takes to answer, and how long to wait for it: RFC 6298 (Paxson and others 2011),
 * with a shorter floor, since a link here acknowledges within a few milliseconds.
 */
export class RoundTrip {
  /** Smoothed; undefined before the first sample. */
  smoothedMs: number | undefined;
  #variationMs = 0;

  note(sampleMs: number): void {
    const sample = Math.max(0, sampleMs);
    if (this.smoothedMs === undefined) {
      this.smoothedMs = sample;
      this.#variationMs = sample / 2;
      return;
    }
    const error = sample - this.smoothedMs;
    this.#variationMs += (Math.abs(error) - this.#variationMs) / 4;
    this.smoothedMs += error / 8;
  }

  /** How long an answer may take. */
  get patienceMs(): number {
    if (this.smoothedMs === undefined) return PATIENCE_MS_AT_FIRST;
    return this.smoothedMs + Math.max(VARIATION_MS_MIN, 4 * this.#variationMs);
  }
}

/** Longer than most networks take; RFC 6298 waits a second, for links around the world. */
const PATIENCE_MS_AT_FIRST = 250;
/** Timers and schedulers are off by some milliseconds. */
const VARIATION_MS_MIN = 10;
