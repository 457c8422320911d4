/** Puts actions off, in order: none overtakes another. Without a delay they happen at once. */
export class DelayLine {
  readonly #waiting: (() => void)[] = [];
  #dueMs = 0;

  run(delayMs: number, action: () => void): void {
    if (delayMs <= 0 && this.#waiting.length === 0) {
      action();
      return;
    }
    const now = performance.now();
    this.#dueMs = Math.max(this.#dueMs, now + delayMs);
    this.#waiting.push(action);
    // Timers of different lengths may fire out of order: whichever fires, the first runs.
    setTimeout(() => this.#waiting.shift()?.(), this.#dueMs - now);
  }
}
