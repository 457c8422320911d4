/**
 * The timers of one life: exact order by (due time, order of asking), one `setTimeout` for all.
 *
 * Node.js runs timers before it reads sockets, and reads at most 32 datagrams a turn. After a
 * pause that would look like silence: the timeouts of pings run although their answers have
 * arrived. So a timer that is more than 20 ms late first waits for loop turns until one brings
 * nothing, at most 128.
 */
import type { Counters } from './counters.ts';

/** Later than this is a pause rather than a busy turn. */
const LATE_MS = 20;

/** Turns to wait at most: 128 · 32 datagrams, what a receive buffer of 4 MiB holds. */
const TURNS_MAX = 128;

/** The longest `setTimeout`. */
const DELAY_MS_MAX = 2 ** 31 - 1;

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export interface TimersOptions {
  /** Milliseconds, with fractions, never going back. */
  readonly now: () => number;
  readonly counters: Counters;
}

export class Timers {
  readonly #options: TimersOptions;
  /** A binary heap. */
  #heap: Entry[] = [];
  #order = 0;
  #timeout: NodeJS.Timeout | undefined;
  #timeoutAt = Number.POSITIVE_INFINITY;
  #immediate: NodeJS.Immediate | undefined;

  constructor(options: TimersOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#heap.length;
  }

  /** Calls back once, no earlier than in `delayMs`; delays beyond 2^31 − 1 are cut to that. */
  after(delayMs: number, run: () => void): void {
    const delay = Math.min(Math.max(delayMs, 0), DELAY_MS_MAX);
    this.#push({ at: this.#options.now() + delay, order: this.#order++, run });
    this.#arm();
  }

  /** Forgets them all, for good. */
  clear(): void {
    this.#heap = [];
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    this.#timeout = undefined;
    this.#immediate = undefined;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#immediate !== undefined || first.at >= this.#timeoutAt) return;
    clearTimeout(this.#timeout);
    this.#timeoutAt = first.at;
    const delay = Math.max(0, Math.ceil(first.at - this.#options.now()));
    this.#timeout = setTimeout(() => this.#fire(), delay);
  }

  #fire(): void {
    this.#timeout = undefined;
    this.#timeoutAt = Number.POSITIVE_INFINITY;
    const first = this.#heap[0];
    if (first === undefined) return;
    if (this.#options.now() - first.at > LATE_MS)
      this.#wait(this.#options.counters.inputs, TURNS_MAX);
    else this.#run();
  }

  /** Lets the loop read before it runs what is late. */
  #wait(inputs: number, turnsLeft: number): void {
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      const { counters } = this.#options;
      counters.turnsWaited++;
      if (counters.inputs !== inputs && turnsLeft > 1) this.#wait(counters.inputs, turnsLeft - 1);
      else this.#run();
    });
  }

  /** Runs what is due now; what becomes due meanwhile waits for its own turn. */
  #run(): void {
    const now = this.#options.now();
    const orderEnd = this.#order;
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now || first.order >= orderEnd) break;
      this.#pop();
      if (now - first.at > LATE_MS) this.#options.counters.timersLate++;
      first.run();
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
