import type { Promised } from './platform.ts';

/** In the place of events that a slow reader has missed. */
export interface Overflow {
  readonly type: 'overflow';
  /** How many events were dropped here, the oldest first. */
  readonly dropped: number;
}

export interface EventStreamOptions {
  /** Events that wait for the reader, at most. */
  readonly bufferMax: number;
  readonly promised?: Promised;
  /** Called once when nobody reads any more, or all has been read. */
  readonly onEnd?: () => void;
}

/**
 * Events for `for await`, from a buffer of at most `bufferMax`. When it is full the oldest goes,
 * and the reader is told how many it missed.
 */
export class EventStream<T> implements AsyncIterableIterator<T | Overflow> {
  readonly #options: EventStreamOptions;
  #buffer: T[] = [];
  #dropped = 0;
  #over = false;
  #told = false;
  #waiting: ((result: IteratorResult<T | Overflow, undefined>) => void)[] = [];

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  push(event: T): void {
    if (this.#over) return;
    this.#buffer.push(event);
    if (this.#buffer.length > this.#options.bufferMax) {
      this.#buffer.shift();
      this.#dropped++;
    }
    this.#serve();
  }

  /** Nothing more comes; what is buffered can still be read. */
  end(): void {
    this.#over = true;
    this.#serve();
  }

  next(): Promise<IteratorResult<T | Overflow, undefined>> {
    const next = new Promise<IteratorResult<T | Overflow, undefined>>((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
    return this.#options.promised?.(next) ?? next;
  }

  /** Ends the stream; what is buffered is thrown away. */
  async return(): Promise<IteratorResult<T | Overflow, undefined>> {
    this.#buffer = [];
    this.#dropped = 0;
    this.end();
    this.#finish();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const value = this.#take();
      if (value === undefined && !this.#over) return;
      if (value === undefined) this.#finish();
      const resolve = this.#waiting.shift();
      resolve?.(value === undefined ? { done: true, value: undefined } : { done: false, value });
    }
  }

  #finish(): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.onEnd?.();
  }

  #take(): T | Overflow | undefined {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return { type: 'overflow', dropped };
    }
    return this.#buffer.shift();
  }
}
