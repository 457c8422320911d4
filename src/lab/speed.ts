/**
 * The standard load for measuring the simulator and a design: many nodes that start converged,
 * loss, a quiet time, then crashes all at once and the storm of news that follows.
 *
 * The caller measures the wall clock, since this folder has none: so it runs in two phases.
 */
import { UsageError, Xoshiro128 } from '../core/index.ts';
import type { Tuning } from './adapters/adapter.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface SpeedOptions {
  readonly design: DesignName;
  readonly seed: number;
  /** Default 2,000. */
  readonly nodes?: number;
  /** Default 0.05. */
  readonly loss?: number;
  /** Nodes whose processes end at 10 s; default 10. */
  readonly crash?: number;
  /** Default 120. */
  readonly seconds?: number;
  readonly tuning?: Tuning;
}

/** What a phase did. */
export interface SpeedPhase {
  readonly events: number;
  readonly virtualSeconds: number;
  readonly eventsPerNodePerSecond: number;
}

const QUIET_SECONDS = 10;

/** Built on construction; then `quiet`, then `storm`, each once. */
export class SpeedRun {
  readonly #trial: Trial;
  readonly #crash: number;
  readonly #seconds: number;
  readonly #random: Xoshiro128;

  constructor(options: SpeedOptions) {
    const { design, seed, nodes = 2000, loss = 0.05, crash = 10, seconds = 120 } = options;
    if (crash >= nodes || seconds <= QUIET_SECONDS) {
      throw new UsageError('BAD_OPTION', `crash fewer than all, run above ${QUIET_SECONDS} s`);
    }
    const { tuning = {} } = options;
    this.#crash = crash;
    this.#seconds = seconds;
    this.#random = new Xoshiro128(seed, 'crashes');
    this.#trial = openTrial({ design, nodes, loss, seed, start: 'converged', tuning });
  }

  /** The first ten seconds, in which nothing happens. */
  quiet(): SpeedPhase {
    return this.#runTo(QUIET_SECONDS);
  }

  /** The crashes, and the rest of the time. */
  storm(): SpeedPhase {
    const up = Array.from({ length: this.#trial.size }, (_, node) => node);
    for (let i = 0; i < this.#crash; i++) {
      const [victim] = up.splice(this.#random.below(up.length), 1);
      this.#trial.apply({ type: 'crash', node: this.#trial.nameOf(victim!) });
    }
    return this.#runTo(this.#seconds);
  }

  get traceHash(): string {
    return this.#trial.traceHash;
  }

  #runTo(seconds: number): SpeedPhase {
    const { counters, size, elapsedMs } = this.#trial;
    const before = counters.events;
    this.#trial.runUntil(seconds * 1000);
    const events = counters.events - before;
    const virtualSeconds = seconds - elapsedMs / 1000;
    return { events, virtualSeconds, eventsPerNodePerSecond: events / size / virtualSeconds };
  }
}
