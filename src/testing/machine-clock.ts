import { DriftingClock } from '../sim/drifting-clock.ts';
import type { Clock } from './program-run.ts';

/** True time. */
export interface WorldClock {
  readonly elapsedMs: number;
  after(delayMs: number, run: () => void): void;
}

/** A machine's clock: the world's, unless it drifts. */
export class MachineClock implements Clock {
  readonly #world: WorldClock;
  #drifting: DriftingClock | undefined;

  constructor(world: WorldClock) {
    this.#world = world;
  }

  now(): number {
    const { elapsedMs } = this.#world;
    return this.#drifting?.read(elapsedMs) ?? elapsedMs;
  }

  after(delayMs: number, run: () => void): void {
    const clock = this.#drifting;
    if (clock === undefined) {
      this.#world.after(delayMs, run);
      return;
    }
    const dueMs = this.now() + delayMs;
    this.#world.after(clock.durationMs(delayMs), () => {
      clock.reach(dueMs);
      run();
    });
  }

  setRate(rate: number): void {
    const { elapsedMs } = this.#world;
    this.#drifting ??= new DriftingClock(elapsedMs);
    this.#drifting.setRate(rate, elapsedMs);
  }
}
