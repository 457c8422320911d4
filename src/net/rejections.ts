/**
 * Garbage, counted and told at a limited rate.
 *
 * Every rejection counts. A first one of a (reason, source) is told at once, later ones at most
 * every ten seconds with their number, so that whoever can send packets cannot fill a log. The
 * table is bounded: when it is full of young entries, new sources share one.
 *
 * | reason                                         | what came                                  |
 * | ---------------------------------------------- | ------------------------------------------ |
 * | length, version, kind, key, checksum, header   | bytes that are no packet or frame of ours  |
 * | source                                         | a datagram from port 0                     |
 * | plain                                          | without a key, where there must be one     |
 * | key, at a node with keys                       | under a key that is not of the ring        |
 * | wrong-key                                      | the one dialled has another key, or none   |
 * | auth                                           | under a known key, and not made with it    |
 * | reflected                                      | a packet of this very life                 |
 * | replay, late                                   | an old packet: seen, or too old to tell    |
 * | greeting, gone-answer                          | a malformed hello, welcome or gone         |
 * | message                                        | a body that the design cannot decode       |
 * | wrong-cluster                                  | a node of a cluster of another name        |
 * | unopened, open, gone                           | a stream that began otherwise than by open |
 * | stalled                                        | a frame that took longer than ten seconds  |
 * | unknown, connections                           | one connection too many                    |
 */
import type { Counters } from './counters.ts';

/** As often as a reader of a log wants to hear the same thing. */
const TELL_EVERY_MS = 10_000;

/** (reason, source) pairs remembered. */
const ENTRIES_MAX = 256;

/** The source of what has no entry of its own. */
const OTHERS = 'others';

interface Entry {
  count: number;
  toldAt: number;
}

/** Tells of `count` rejections since the last time. */
export type Tell = (reason: string, source: string, count: number) => void;

export class Rejections {
  readonly #entries = new Map<string, Entry>();
  readonly #counters: Counters;
  readonly #tell: Tell;

  constructor(counters: Counters, tell: Tell) {
    this.#counters = counters;
    this.#tell = tell;
  }

  /** Entries in the table. */
  get size(): number {
    return this.#entries.size;
  }

  count(reason: string, source: string, now: number): void {
    const { rejected } = this.#counters;
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    const own = this.#entries.get(`${reason} ${source}`);
    if (own !== undefined) this.#add(own, reason, source, now);
    else if (this.#entries.size < ENTRIES_MAX || this.#forgetOld(now)) {
      this.#add(this.#create(reason, source), reason, source, now);
    } else {
      const shared = this.#entries.get(`${reason} ${OTHERS}`) ?? this.#create(reason, OTHERS);
      this.#add(shared, reason, OTHERS, now);
    }
  }

  #create(reason: string, source: string): Entry {
    const entry = { count: 0, toldAt: Number.NEGATIVE_INFINITY };
    this.#entries.set(`${reason} ${source}`, entry);
    return entry;
  }

  #add(entry: Entry, reason: string, source: string, now: number): void {
    entry.count++;
    if (now - entry.toldAt < TELL_EVERY_MS) return;
    const { count } = entry;
    entry.count = 0;
    entry.toldAt = now;
    this.#tell(reason, source, count);
  }

  /** Whether there is room again. Entries are in the order of their first rejection. */
  #forgetOld(now: number): boolean {
    for (const [key, entry] of this.#entries) {
      if (now - entry.toldAt < TELL_EVERY_MS) break;
      this.#entries.delete(key);
    }
    return this.#entries.size < ENTRIES_MAX;
  }
}
