/** A clock that goes too fast or too slow; it never goes back. All times in milliseconds. */
export class DriftingClock {
  #rate = 1;
  /** What it showed when its rate last changed, and when that was. */
  #shownMs: number;
  #sinceMs: number;
  #leastMs: number;

  /** It begins as a right one. */
  constructor(nowMs: number) {
    this.#shownMs = nowMs;
    this.#sinceMs = nowMs;
    this.#leastMs = nowMs;
  }

  setRate(rate: number, nowMs: number): void {
    this.#shownMs = this.read(nowMs);
    this.#sinceMs = nowMs;
    this.#rate = rate;
  }

  /** What it shows at a time. */
  read(nowMs: number): number {
    return Math.max(this.#leastMs, this.#shownMs + (nowMs - this.#sinceMs) * this.#rate);
  }

  /** How long it takes to advance so much. */
  durationMs(delayMs: number): number {
    return delayMs / this.#rate;
  }

  /** From now on it shows no less: a timer never fires before its time, not by a rounding. */
  reach(dueMs: number): void {
    this.#leastMs = Math.max(this.#leastMs, dueMs);
  }
}
