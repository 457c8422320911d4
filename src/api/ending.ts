import type { Closed } from './events.ts';

/** A promise that a life will end, made before it is known which. */
export class Ending {
  readonly promise: Promise<Closed>;
  #done = false;
  #resolve: (closed: Closed) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get done(): boolean {
    return this.#done;
  }

  come(closed: Closed): void {
    this.#done = true;
    this.#resolve(closed);
  }
}
