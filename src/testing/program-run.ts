import type { Signal } from '../api/index.ts';
import { HearsayError } from '../core/index.ts';
import type { Driver } from './driver.ts';
import { WorldPromise } from './world-promise.ts';

declare const AbortController: {
  new (): { readonly signal: Signal; abort(reason: unknown): void };
};

/** A machine's clock. */
export interface Clock {
  /** Milliseconds since the world's start, as this machine counts them. */
  now(): number;
  /** Runs a function when this clock has advanced so much. */
  after(delayMs: number, run: () => void): void;
}

/**
 * One run of a program, from its call to its crash: the gate through which its world reaches it.
 * Afterwards nothing reaches it any more: its promises never settle, its listeners are gone.
 */
export class ProgramRun {
  readonly #clock: Clock;
  readonly #driver: Driver;
  readonly #controller = new AbortController();
  readonly #held = new Set<object>();
  #isAlive = true;
  /** While it is paused: what is due, in order. */
  #waiting: (() => void)[] | undefined;

  constructor(clock: Clock, driver: Driver) {
    this.#clock = clock;
    this.#driver = driver;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get signal(): Signal {
    return this.#controller.signal;
  }

  /** Runs code of the program, once it can. */
  deliver(run: () => void): void {
    if (!this.#isAlive) return;
    if (this.#waiting !== undefined) {
      this.#waiting.push(run);
      return;
    }
    this.#driver.stir();
    run();
  }

  after(delayMs: number, callback: () => void): () => void {
    let isOff = false;
    this.#clock.after(delayMs, () => {
      if (!isOff) this.deliver(callback);
    });
    return () => {
      isOff = true;
    };
  }

  promise<T>(promise: Promise<T>): WorldPromise<T> {
    return WorldPromise.from(promise, this.#driver, () => this.#isAlive);
  }

  /** Time stands still until a real promise has settled. */
  external<T>(promise: Promise<T>): WorldPromise<T> {
    const hold = {};
    if (this.#isAlive) {
      this.#held.add(hold);
      this.#driver.hold(hold);
    }
    const release = (): void => {
      this.#held.delete(hold);
      this.#driver.release(hold);
    };
    promise.then(release, release);
    return this.promise(promise);
  }

  pause(): void {
    this.#waiting ??= [];
  }

  /** What `wake` delivers comes first: what has arrived is taken before overdue timers. */
  resume(wake: () => void): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    wake();
    for (const run of waiting) this.deliver(run);
  }

  /** It has crashed, or its world is closed. */
  end(why: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#waiting = undefined;
    for (const hold of this.#held) this.#driver.release(hold);
    this.#held.clear();
    this.#controller.abort(new HearsayError('ABORTED', why));
  }
}
