import type { ClusterEvent } from './events.ts';

/** In the place of events that a slow reader has missed. */
export interface Overflow {
  readonly type: 'overflow';
  /** How many events were dropped here, the oldest first. */
  readonly dropped: number;
}

/**
 * Events for `for await`, from a buffer of at most `bufferMax`. When it is full the oldest goes,
 * and the reader is told how many it missed. Ends after `closed`, which is never dropped.
 */
export class EventStream implements AsyncIterableIterator<ClusterEvent | Overflow> {
  readonly #bufferMax: number;
  readonly #end: () => void;
  #buffer: ClusterEvent[] = [];
  #dropped = 0;
  #over = false;
  #waiting: ((result: IteratorResult<ClusterEvent | Overflow, undefined>) => void)[] = [];

  /** @param end called once when the reader stops */
  constructor(bufferMax: number, end: () => void) {
    this.#bufferMax = bufferMax;
    this.#end = end;
  }

  push(event: ClusterEvent): void {
    if (this.#over) return;
    this.#buffer.push(event);
    if (this.#buffer.length > this.#bufferMax) {
      this.#buffer.shift();
      this.#dropped++;
    }
    if (event.type === 'closed') this.#over = true;
    this.#serve();
  }

  async next(): Promise<IteratorResult<ClusterEvent | Overflow, undefined>> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  /** Ends the stream; what is buffered is thrown away. */
  async return(): Promise<IteratorResult<ClusterEvent | Overflow, undefined>> {
    this.#over = true;
    this.#buffer = [];
    this.#dropped = 0;
    this.#end();
    this.#serve();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const value = this.#take();
      if (value === undefined && !this.#over) return;
      if (value === undefined) this.#end();
      const resolve = this.#waiting.shift();
      resolve?.(value === undefined ? { done: true, value: undefined } : { done: false, value });
    }
  }

  #take(): ClusterEvent | Overflow | undefined {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return { type: 'overflow', dropped };
    }
    return this.#buffer.shift();
  }
}
