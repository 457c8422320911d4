/**
 * The events of one origin as one node has them: in order, each once, the latest kept for others.
 *
 * Numbers begin at 1. `next` is the first not delivered; what arrives ahead of it waits, at most
 * {@link AHEAD_MAX} numbers ahead; what was delivered is kept for those who missed it, within
 * bounds of number and bytes. A place that can no longer be filled is passed over as a gap; what
 * turns out never to have been published is revoked, and its numbers are free again.
 */
export interface Logged {
  readonly seq: number;
  readonly bytes: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export class ReplayLog<E extends Logged> {
  readonly #events = new Map<number, E>();
  readonly #limits: LogLimits;
  #first = 1;
  #next = 1;
  /** The highest number held. */
  #highest = 0;
  #bytes = 0;

  constructor(limits: LogLimits = LOG_LIMITS) {
    this.#limits = limits;
  }

  /** The next number to deliver. */
  get next(): number {
    return this.#next;
  }

  /** The lowest number that is held without a hole up to `next`; `next` if none is. */
  get first(): number {
    return this.#first;
  }

  get highest(): number {
    return this.#highest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#events.size;
  }

  get(seq: number): E | undefined {
    return this.#events.get(seq);
  }

  /** Before anything was delivered: what came earlier is not asked for. */
  beginAt(first: number): void {
    if (this.#next !== 1) return;
    for (const seq of this.#events.keys()) if (seq < first) this.#drop(seq);
    this.#first = first;
    this.#next = first;
  }

  add(event: E): 'new' | 'known' | 'far' {
    const { seq } = event;
    if (seq < this.#next || this.#events.has(seq)) return 'known';
    if (seq - this.#next >= AHEAD_MAX) return 'far';
    const ahead = seq > this.#next;
    if (ahead && this.#bytes + event.bytes > this.#limits.bytesMax * 2) return 'far';
    this.#events.set(seq, event);
    this.#bytes += event.bytes;
    this.#highest = Math.max(this.#highest, seq);
    return 'new';
  }

  /** The next event in order, if it is there. */
  deliver(): E | undefined {
    const event = this.#events.get(this.#next);
    if (event !== undefined) this.#next++;
    return event;
  }

  /** The lowest numbers up to `last` that are not held, in at most `rangesMax` pieces. */
  missing(last: number, rangesMax: number): Range[] {
    const ranges: Range[] = [];
    const end = Math.min(last, this.#next + AHEAD_MAX - 1);
    if (this.#highest < this.#next) {
      if (end >= this.#next) ranges.push({ from: this.#next, to: end });
      return ranges;
    }
    let from = 0;
    for (let seq = this.#next; seq <= end + 1; seq++) {
      const isMissing = seq <= end && !this.#events.has(seq);
      if (isMissing && from === 0) from = seq;
      if (isMissing || from === 0) continue;
      ranges.push({ from, to: seq - 1 });
      from = 0;
      if (ranges.length >= rangesMax) break;
    }
    return ranges;
  }

  /** Gives up what is missing before `next`: delivery goes on there. */
  passOver(next: number): void {
    if (next <= this.#next) return;
    for (let seq = this.#next; seq < Math.min(next, this.#highest + 1); seq++) this.#drop(seq);
    while (this.#first < this.#next) this.#drop(this.#first++); // A replay has no holes.
    this.#first = next;
    this.#next = next;
  }

  /**
   * What is held from a number on, up to another, was never published: it goes. Delivery goes back
   * to there, if it was further. Returns it.
   */
  revoke(from: number, to = Infinity): E[] {
    const dropped: E[] = [];
    this.#highest = 0;
    for (const event of this.#events.values()) {
      if (event.seq >= from && event.seq <= to) dropped.push(event);
      else this.#highest = Math.max(this.#highest, event.seq);
    }
    for (const { seq } of dropped) this.#drop(seq);
    this.#next = Math.min(this.#next, from);
    this.#first = Math.min(this.#first, from);
    return dropped;
  }

  /** Lets go of what is beyond the bounds, the oldest first. Returns it. */
  trim(): E[] {
    const dropped: E[] = [];
    const { eventsMax, bytesMax } = this.#limits;
    while (this.#next - this.#first > eventsMax || this.#bytes > bytesMax) {
      const event = this.dropOldest();
      if (event === undefined) break;
      dropped.push(event);
    }
    return dropped;
  }

  /** Lets go of the oldest event that was delivered. */
  dropOldest(): E | undefined {
    if (this.#first >= this.#next) return undefined;
    return this.#drop(this.#first++);
  }

  #drop(seq: number): E | undefined {
    const event = this.#events.get(seq);
    if (event === undefined) return undefined;
    this.#events.delete(seq);
    this.#bytes -= event.bytes;
    return event;
  }
}

export interface LogLimits {
  readonly eventsMax: number;
  readonly bytesMax: number;
}

/** The replay bound that is promised. */
export const LOG_LIMITS: LogLimits = { eventsMax: 4096, bytesMax: 8 * 1024 * 1024 };
/** As many as are kept: what is farther ahead would have pushed out what is missing. */
export const AHEAD_MAX = 4096;
