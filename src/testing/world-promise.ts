import type { Driver } from './driver.ts';

/**
 * A promise of a simulated world. It never settles once the program it was made for has ended, and
 * rejects with TIME_STANDS_STILL where it is awaited although nobody moves time.
 */
export class WorldPromise<T> extends Promise<T> {
  #awaited: () => void = () => {};

  /** What `then` gives is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  static from<T>(promise: Promise<T>, driver: Driver, isAlive: () => boolean): WorldPromise<T> {
    let fail: (error: unknown) => void = () => {};
    const made = new WorldPromise<T>((resolve, reject) => {
      fail = reject;
      const pass =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          if (isAlive()) settle(value);
        };
      promise.then(pass(resolve), pass(reject));
    });
    made.#awaited = () => driver.expectMotion(fail);
    return made;
  }

  override then<R = T, F = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<R | F> {
    this.#awaited();
    return super.then(onFulfilled, onRejected);
  }
}
