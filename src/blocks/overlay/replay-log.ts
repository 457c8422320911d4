/**
 * The events of one origin as one node has them: in order, each once, the latest kept for others.
 *
 * Numbers begin at 1. `next` is the first not delivered; what arrives ahead of it waits, at most
 * {@link AHEAD_MAX} numbers ahead; what was delivered is kept for those who missed it, within
 * bounds of number and bytes. A place that can no longer be filled is passed over as a gap; what
 * turns out never to have been published is revoked, and its numbers are free again.
 *
 * Numbers that have no event any more, since a newer one has taken its place, are void: however
 * many stand in a row, one item stands for them, which costs next to nothing and does not count.
 */
export interface Logged {
  readonly seq: number;
  /** The last number that it stands for: `seq`, if it is not void. */
  readonly last: number;
  readonly bytes: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export class ReplayLog<E extends Logged> {
  /** By number, no two for the same. */
  readonly #items: E[] = [];
  readonly #voids: Voids<E>;
  readonly #limits: LogLimits;
  #first = 1;
  #next = 1;
  /** Delivered, and not void. */
  #count = 0;
  #bytes = 0;

  constructor(voids: Voids<E>, limits: LogLimits = LOG_LIMITS) {
    this.#voids = voids;
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

  /** The highest number held; 0: none. */
  get highest(): number {
    return this.#items.at(-1)?.last ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Items held, a row of void numbers counted once. */
  get size(): number {
    return this.#items.length;
  }

  /** What is held of a number. */
  get(seq: number): E | undefined {
    const item = this.#items[this.#place(seq)];
    return item !== undefined && item.seq <= seq ? item : undefined;
  }

  /** All that is held from one number to another, in order. */
  *between(from: number, to: number): Generator<E> {
    for (let i = this.#place(from); i < this.#items.length; i++) {
      const item = this.#items[i]!;
      if (item.seq > to) return;
      yield item;
    }
  }

  /** Items with a number above this one. */
  countAbove(seq: number): number {
    return this.#items.length - this.#place(seq + 1);
  }

  /** Before anything was delivered: what came earlier is not asked for. */
  beginAt(first: number): void {
    if (this.#next !== 1) return;
    this.#take(1, first - 1);
    this.#first = first;
    this.#next = first;
  }

  add(event: E): 'new' | 'known' | 'far' {
    const { last, seq } = event;
    if (last < this.#next) return 'known';
    if (seq - this.#next >= AHEAD_MAX && seq - this.#frontier >= AHEAD_MAX) return 'far';
    const ahead = seq > this.#next;
    if (ahead && this.#bytes + event.bytes > this.#limits.bytesMax * 2) return 'far';
    if (this.#voids.isVoid(event)) return this.#fill(Math.max(seq, this.#next), last);
    if (this.get(seq) !== undefined) return 'known';
    this.#insert(event);
    return 'new';
  }

  /** What is next in order, if it is there. */
  deliver(): E | undefined {
    const event = this.get(this.#next);
    if (event === undefined) return undefined;
    this.#next = event.last + 1;
    if (!this.#voids.isVoid(event)) this.#count++;
    return event;
  }

  /** A newer event has taken the place of this one, which was delivered. */
  supersede(seq: number): void {
    const event = this.get(seq);
    if (event === undefined || seq >= this.#next || this.#voids.isVoid(event)) return;
    this.#take(seq, seq);
    this.#insert(this.#voids.make(seq, seq));
  }

  /** The lowest numbers up to `last` that are not held, in at most `rangesMax` pieces. */
  missing(last: number, rangesMax: number): Range[] {
    const ranges: Range[] = [];
    const end = Math.min(last, this.#frontier + AHEAD_MAX - 1);
    let from = this.#next;
    for (const item of this.between(from, end)) {
      if (ranges.length >= rangesMax) return ranges;
      if (item.seq > from) ranges.push({ from, to: item.seq - 1 });
      from = item.last + 1;
    }
    if (from <= end && ranges.length < rangesMax) ranges.push({ from, to: end });
    return ranges;
  }

  /** Gives up what is missing before `next`: delivery goes on there. A replay has no holes. */
  passOver(next: number): void {
    if (next <= this.#next) return;
    this.#take(1, next - 1);
    this.#first = next;
    this.#next = next;
  }

  /**
   * What is held from a number on, up to another, was never published: it goes. Delivery goes back
   * to there, if it was further. Returns it.
   */
  revoke(from: number, to = Infinity): E[] {
    const taken = this.#take(from, to);
    this.#next = Math.min(this.#next, from);
    this.#first = Math.min(this.#first, from);
    return taken;
  }

  /** Lets go of what is beyond the bounds, the oldest first. Returns it. */
  trim(): E[] {
    const dropped: E[] = [];
    const { eventsMax, bytesMax } = this.#limits;
    while (this.#count > eventsMax || this.#bytes > bytesMax) {
      const event = this.dropOldest();
      if (event === undefined) break;
      dropped.push(event);
    }
    return dropped;
  }

  /** Lets go of the oldest that was delivered. */
  dropOldest(): E | undefined {
    const oldest = this.#items[0];
    if (oldest === undefined || oldest.last >= this.#next) return undefined;
    this.#items.shift();
    this.#gone(oldest);
    this.#first = oldest.last + 1;
    return oldest;
  }

  /** Where what is held of a number is, or of those after it. */
  #place(seq: number): number {
    const items = this.#items;
    let low = 0;
    let high = items.length;
    if (high > 0 && items[high - 1]!.last < seq) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (items[middle]!.last < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Up to here everything is held, delivered or about to be. */
  get #frontier(): number {
    let frontier = this.#next;
    for (const { last, seq } of this.between(frontier, Infinity)) {
      if (seq > frontier) break;
      frontier = last + 1;
    }
    return frontier;
  }

  /** Void are those of these numbers that are not held. */
  #fill(from: number, to: number): 'new' | 'known' {
    const holes: Range[] = [];
    let next = from;
    for (const { last, seq } of this.between(from, to)) {
      if (seq > next) holes.push({ from: next, to: seq - 1 });
      next = last + 1;
    }
    if (next <= to) holes.push({ from: next, to });
    for (const hole of holes) this.#insert(this.#voids.make(hole.from, hole.to));
    return holes.length > 0 ? 'new' : 'known';
  }

  /** None of its numbers is held. Void ones in a row become one. */
  #insert(event: E): void {
    let place = this.#place(event.seq);
    let whole = event;
    let replaced = 0;
    if (this.#voids.isVoid(event)) {
      const after = this.#items[place];
      const before = this.#items[place - 1];
      let { last, seq } = event;
      if (after?.seq === last + 1 && this.#mayJoin(after, after.last - seq)) {
        last = after.last;
        this.#bytes -= after.bytes;
        replaced++;
      }
      if (before?.last === seq - 1 && this.#mayJoin(before, last - before.seq)) {
        seq = before.seq;
        this.#bytes -= before.bytes;
        replaced++;
        place--;
      }
      if (replaced > 0) whole = this.#voids.make(seq, last);
    }
    this.#bytes += whole.bytes;
    if (place === this.#items.length) this.#items.push(whole);
    else this.#items.splice(place, replaced, whole);
  }

  #mayJoin(neighbour: E, more: number): boolean {
    return this.#voids.isVoid(neighbour) && more < VOID_MAX;
  }

  /** Takes out what is held of these numbers. Returns it. */
  #take(from: number, to: number): E[] {
    const place = this.#place(from);
    let end = place;
    while (end < this.#items.length && this.#items[end]!.seq <= to) end++;
    const taken = this.#items.splice(place, end - place);
    for (const item of taken) this.#gone(item);
    // Of void ones that stand on both sides the rest stays.
    const [head] = taken;
    const tail = taken.at(-1);
    if (head !== undefined && head.seq < from) this.#insert(this.#voids.make(head.seq, from - 1));
    if (tail !== undefined && tail.last > to) this.#insert(this.#voids.make(to + 1, tail.last));
    return taken;
  }

  #gone(event: E): void {
    this.#bytes -= event.bytes;
    if (event.seq < this.#next && !this.#voids.isVoid(event)) this.#count--;
  }
}

/** Items that stand for numbers without an event. */
export interface Voids<E> {
  readonly isVoid: (event: E) => boolean;
  readonly make: (seq: number, last: number) => E;
}

export interface LogLimits {
  readonly eventsMax: number;
  readonly bytesMax: number;
}

/** Numbers that one void item may stand for: what a liar makes void at a time goes no further. */
export const VOID_MAX = 2 ** 20;
/** The replay bound that is promised. */
export const LOG_LIMITS: LogLimits = { eventsMax: 4096, bytesMax: 8 * 1024 * 1024 };
/** As many as are kept: what is farther ahead would have pushed out what is missing. */
export const AHEAD_MAX = 4096;
