/**
 * Moves virtual time, and lets the programs' own code keep up with it.
 *
 * After each event that reached a program, one turn of `setImmediate` passes before the next: by
 * then every microtask that the event caused has run, however long the chain. Events that reach no
 * program (nearly all: packets and timers of the protocol) run on without a pause.
 */
import { HearsayError, UsageError } from '../core/index.ts';

declare function setImmediate(callback: () => void): unknown;

/** Taken at once: fake timers, installed later by a test, would stop the world. */
const nextTurn = setImmediate;

async function turn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}

/** What is driven: a simulation, seen as one that runs until something holds. */
export interface Engine {
  readonly elapsedMs: number;
  runUntil(holds: () => boolean, maxMs: number): boolean;
}

export class Driver {
  readonly #engine: Engine;
  /** Looks at the world after each turn; throws what ends the run. */
  readonly #look: () => void;
  readonly #held = new Set<object>();
  #released: () => void = () => {};
  #isStirred = false;
  #isRunning = false;
  /** How often time has been set in motion. */
  #runs = 0;

  constructor(engine: Engine, look: () => void) {
    this.#engine = engine;
    this.#look = look;
  }

  /** A program was reached: its code must run before the next event. */
  stir(): void {
    this.#isStirred = true;
  }

  /** Time stands still while anything is held. */
  hold(what: object): void {
    this.#held.add(what);
  }

  release(what: object): void {
    this.#held.delete(what);
    if (this.#held.size === 0) this.#released();
  }

  /** Runs until something holds; false: not within `maxMs`, which have passed then. */
  async run(holds: () => boolean, maxMs: number): Promise<boolean> {
    if (!(maxMs >= 0 && maxMs < Infinity)) {
      throw new UsageError('BAD_OPTION', `give milliseconds from 0, not ${maxMs}`);
    }
    if (this.#isRunning) {
      throw new UsageError('BAD_OPTION', 'this world runs already: await one run before the next');
    }
    this.#isRunning = true;
    this.#runs++;
    try {
      const endMs = this.#engine.elapsedMs + maxMs;
      do {
        await this.#settle();
        this.#look();
        if (holds()) return true;
        this.#isStirred = false;
      } while (this.#engine.runUntil(() => this.#isStirred || holds(), this.#leftMs(endMs)));
      return false;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Calls back if somebody waits for something now, and nobody sets time in motion. */
  expectMotion(stuck: (error: HearsayError) => void): void {
    if (this.#isRunning) return;
    const runs = this.#runs;
    nextTurn(() => {
      if (runs === this.#runs) stuck(standsStill());
    });
  }

  async #settle(): Promise<void> {
    await turn();
    while (this.#held.size > 0) {
      await new Promise<void>((resolve) => {
        this.#released = resolve;
      });
      await turn();
    }
  }

  #leftMs(endMs: number): number {
    return Math.max(0, endMs - this.#engine.elapsedMs);
  }
}

function standsStill(): HearsayError {
  const text =
    'nothing happens in a simulated world unless it runs: await it inside ' +
    '`await world.until(promise)`, or start it, `await world.run(ms)`, and await it then';
  return new HearsayError('TIME_STANDS_STILL', text);
}
