/**
 * One direction of a link: numbered packets, acknowledged hop by hop.
 *
 * A packet is never sent twice: what was in one that is lost goes, as far as it is still wanted,
 * into another with a number of its own, so that an acknowledgement says which copy arrived (as in
 * QUIC, RFC 9002). A packet is lost when three later ones have arrived and a round trip is over, or
 * when it has not been acknowledged in time. The window grows with what arrives and shrinks with
 * what is lost (Jacobson 1988, with the factor 0.7 of CUBIC, RFC 9438), but never below what a
 * lossy link needs to be of use.
 */
import { ROUNDING_MS } from '../../core/index.ts';
import { RoundTrip } from './round-trip.ts';

/** What one side has received of the other's packets. */
export interface FlowAck {
  /** The highest number; 0: nothing yet. */
  readonly last: number;
  /** Bit i: `last − 1 − i` is missing. */
  readonly missing: number;
  /** For how long the answer to `last` was held back, whole ms; HELD_MS_MAX: that, or longer. */
  readonly heldMs: number;
}

export interface Settled<T> {
  readonly arrived: readonly T[];
  readonly lost: readonly T[];
}

export class LinkFlow<T> {
  readonly roundTrip = new RoundTrip();
  readonly #flying = new Map<number, Flight<T>>();
  #next: number;
  #window = WINDOW_AT_FIRST;
  /** Before it last shrank. */
  #windowBefore = WINDOW_AT_FIRST;
  /** When packets left that were given up lately. */
  readonly #given = new Map<number, number>();
  /** Below it the window doubles in each round trip. */
  #calm = WINDOW_MAX;
  /** Losses of packets before this number have been answered for. */
  #recovered = 0;
  /** Times in a row that nothing came back. */
  #timeouts = 0;
  /** When it was last heard that something arrived, or that there was nothing to hear of. */
  heardMs: number;

  /** @param first number of the first packet: above all that this node sent to that peer before */
  constructor(first: number, now: number) {
    this.#next = first;
    this.heardMs = now;
  }

  /** The number that the next packet will have. */
  get next(): number {
    return this.#next;
  }

  /** Packets sent and not settled. */
  get flying(): number {
    return this.#flying.size;
  }

  get isOpen(): boolean {
    return this.#flying.size < this.#window;
  }

  /** For how long nothing was heard, though something was sent. */
  silentMs(now: number): number {
    return this.#flying.size === 0 ? 0 : now - this.heardMs;
  }

  /** A packet leaves. Returns its number. */
  sent(now: number, content: T): number {
    if (this.#flying.size === 0) this.heardMs = now;
    this.#flying.set(this.#next, { content, sentMs: now });
    return this.#next++;
  }

  /** When the oldest packet will have had its time; undefined: none flies. */
  get dueMs(): number | undefined {
    for (const { sentMs } of this.#flying.values()) return sentMs + this.#patienceMs;
    return undefined;
  }

  /** What has had its time. */
  overdue(now: number): T[] {
    const due = this.dueMs;
    if (due === undefined || now < due - ROUNDING_MS) return [];
    const latest = now - this.#patienceMs + ROUNDING_MS;
    this.#timeouts++;
    const lost: T[] = [];
    for (const [number, { content, sentMs }] of this.#flying) {
      if (sentMs > latest) break;
      this.#giveUp(number, sentMs);
      lost.push(content);
    }
    return lost;
  }

  /** The other side tells what it has. */
  acknowledged(now: number, { last, missing, heldMs }: FlowAck): Settled<T> {
    const arrived: T[] = [];
    const lost: T[] = [];
    if (last >= this.#next) return { arrived, lost }; // It was never sent.
    const sentMs = this.#flying.get(last)?.sentMs ?? this.#given.get(last);
    // Told again on a link that was idle since, it says nothing of how long the way is.
    const isSample = sentMs !== undefined && heldMs < HELD_MS_MAX;
    if (isSample) this.roundTrip.note(now - sentMs - heldMs);
    if (this.#given.delete(last)) this.#wronged(now);
    const { smoothedMs = PATIENCE_MS_MAX } = this.roundTrip;
    for (const [number, { content, sentMs: atMs }] of this.#flying) {
      if (number > last) break;
      const place = last - 1 - number;
      const isMissing = place >= BITS || (place >= 0 && ((missing >>> place) & 1) === 1);
      if (!isMissing) {
        this.#flying.delete(number);
        arrived.push(content);
      } else if (last - number >= REORDERED_MAX && now - atMs >= smoothedMs * REORDER_TIME) {
        this.#giveUp(number, atMs);
        lost.push(content);
      }
    }
    if (arrived.length > 0) {
      this.heardMs = now;
      this.#timeouts = 0;
    }
    this.#grow(arrived.length);
    return { arrived, lost };
  }

  get #patienceMs(): number {
    const backoff = Math.max(0, this.#timeouts - EVEN_TIMEOUTS);
    const patienceMs = (this.roundTrip.patienceMs + ACK_DELAY_MS) * (1 << Math.min(backoff, 8));
    return Math.min(PATIENCE_MS_MAX, patienceMs);
  }

  #grow(packets: number): void {
    const growth = this.#window < this.#calm ? packets : packets / this.#window;
    this.#window = Math.min(WINDOW_MAX, this.#window + growth);
  }

  #giveUp(number: number, sentMs: number): void {
    this.#flying.delete(number);
    this.#given.set(number, sentMs);
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= GIVEN_MAX) break;
      this.#given.delete(oldest);
    }
    this.#shrink(number);
  }

  /**
   * What was given up had arrived: the other side is slow, and nothing was lost. Without this a
   * link that has become slower would never learn how slow (Eifel, RFC 3522).
   */
  #wronged(now: number): void {
    this.heardMs = now;
    this.#timeouts = 0;
    this.#window = Math.max(this.#window, this.#windowBefore);
    this.#calm = Math.max(this.#calm, this.#window);
  }

  /** Once for all that flew together. */
  #shrink(number: number): void {
    if (number < this.#recovered) return;
    this.#recovered = this.#next;
    this.#windowBefore = this.#window;
    this.#window = Math.max(WINDOW_MIN, this.#window * SHRINKING);
    this.#calm = this.#window;
  }
}

/** The other direction: what has arrived, as it is acknowledged. */
export class Arrivals {
  #last = 0;
  #missing = 0;

  get last(): number {
    return this.#last;
  }

  /** Bit i: `last − 1 − i` is missing. */
  get missing(): number {
    return this.#missing;
  }

  /** Notes a packet's number; false for one that came before, or is too old to tell. */
  note(number: number): boolean {
    const ahead = number - this.#last;
    if (ahead > 0) {
      const skipped = ahead - 1;
      const older = ahead >= BITS ? 0 : this.#missing << ahead;
      const fresh = skipped >= BITS ? ALL : ~(ALL << skipped);
      this.#missing = (older | fresh) >>> 0;
      this.#last = number;
      return true;
    }
    const place = -ahead - 1;
    if (place < 0 || place >= BITS || ((this.#missing >>> place) & 1) === 0) return false;
    this.#missing = (this.#missing & ~(1 << place)) >>> 0;
    return true;
  }
}

interface Flight<T> {
  readonly content: T;
  readonly sentMs: number;
}

/** How long an acknowledgement is held back at most, so that one tells of several packets. */
export const ACK_DELAY_MS = 5;

const BITS = 32;
const ALL = -1;
/** RFC 9002, 6.1: packets and share of a round trip by which networks reorder. */
const REORDERED_MAX = 3;
const REORDER_TIME = 9 / 8;
/** A first burst; RFC 6928 has ten. */
const WINDOW_AT_FIRST = 16;
/** On a link that loses a tenth, anything smaller would mostly wait. */
const WINDOW_MIN = 8;
/** Some 90 kB: less than half of what a Linux socket holds unread by default. */
const WINDOW_MAX = 64;
const SHRINKING = 0.7;
/** What a byte says. */
export const HELD_MS_MAX = 255;
/** Two windows. */
const GIVEN_MAX = 128;
/** Where chance loses packets, waiting longer each time helps nobody: the first few are even. */
const EVEN_TIMEOUTS = 3;
const PATIENCE_MS_MAX = 2000;
