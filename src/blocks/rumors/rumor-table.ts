/**
 * The rumors that a node knows: hot ones that it tells, cooled ones that it remembers so as not to
 * take them for new (Demers et al. 1987). For any rule of {@link StopRule}; the transmit-limited
 * {@link TransmitQueue} is the faster one where rounds and feedback do not matter.
 *
 * Rounds are the node's own: between two calls of `beginRound` it tells (`take`), is answered
 * (`answered`) and learns (`learn`). What it has learned in a round it tells from the next on, and
 * whoever tells it the same again within that round has told it something useful: feedback is
 * judged on what was known when the round began, as in the paper's synchronous cycles.
 *
 * The table is bounded. A new rumor pushes out those that cooled longest ago, which can then come
 * back as new; when all that is left is hot, the new one is refused and counted. A rule of feedback
 * never cools a rumor while nobody answers: whoever may be alone calls `cool`.
 */
import { mark, type Holding, type Random } from '../../core/index.ts';
import { COOLED, type StopRule } from './stop-rule.ts';

export type RumorId = string | number;

export interface Rumor<T> {
  /** The subject: a newer version replaces the older one. */
  readonly id: RumorId;
  /** Default 0. */
  readonly version?: number;
  readonly content: T;
  readonly bytes: number;
}

export interface RumorTableOptions {
  readonly rule: StopRule;
  /** Hot and cooled together. */
  readonly rumorsMax: number;
  /** Of their contents. */
  readonly bytesMax: number;
}

export class RumorTable<T> {
  readonly #options: RumorTableOptions;
  readonly #hot = new Map<RumorId, Entry<T>>();
  /** Those that cooled longest ago first. */
  readonly #cooled = new Map<RumorId, Entry<T>>();
  #bytes = 0;
  #round = 0;
  #overflows = 0;

  constructor(options: RumorTableOptions) {
    this.#options = options;
  }

  /** Whether there is anything to tell, now or from the next round on; else the timer may sleep. */
  get isHot(): boolean {
    return this.#hot.size > 0;
  }

  /** Rumors known, hot or cooled. */
  get size(): number {
    return this.#hot.size + this.#cooled.size;
  }

  /** Rumors refused so far because all that the table holds is hot. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Whether this version or a newer one is known. */
  knows(id: RumorId, version = 0): boolean {
    return versionOf(this.#entry(id)) >= version;
  }

  /** Whether it was known when this round began: what feedback tells. */
  knewBefore(id: RumorId, version = 0): boolean {
    const entry = this.#entry(id);
    return entry !== undefined && versionOf(entry) >= version && entry.round < this.#round;
  }

  /** @returns new: told from the next round on; known: this version or a newer; full: refused */
  learn(rumor: Rumor<T>): 'new' | 'known' | 'full' {
    const { id, bytes, version = 0 } = rumor;
    if (this.knows(id, version)) return 'known';
    if (!this.#makeRoom(id, bytes)) {
      mark('rumors-full');
      this.#overflows++;
      return 'full';
    }
    this.#remove(id);
    this.#bytes += bytes;
    const untold = { weariness: 0, lastSentMs: -Infinity, sent: 0, useful: 0, useless: 0 };
    this.#hot.set(id, { ...untold, rumor, round: this.#round });
    return 'new';
  }

  /** Judges the round that ends and begins the next. */
  beginRound(random: Random): void {
    this.#round++;
    for (const [id, entry] of this.#hot) {
      if (entry.sent === 0) continue;
      entry.weariness = this.#options.rule.afterRound(entry.weariness, entry, random);
      entry.sent = 0;
      entry.useful = 0;
      entry.useless = 0;
      if (entry.weariness === COOLED) this.cool(id);
    }
  }

  /**
   * What to tell `times` contacts, as far as it fits: what has not been told for longest first.
   *
   * May be called several times in a round, as a node that is pulled from must.
   */
  take(bytesMax: number, times: number, now: number): Rumor<T>[] {
    let ready = [...this.#hot.values()].filter(({ round }) => round < this.#round);
    const bytes = ready.reduce((sum, { rumor }) => sum + rumor.bytes, 0);
    if (bytes > bytesMax) ready = ready.toSorted((a, b) => a.lastSentMs - b.lastSentMs);
    const taken: Rumor<T>[] = [];
    let left = bytesMax;
    for (const entry of ready) {
      if (entry.rumor.bytes > left) continue;
      left -= entry.rumor.bytes;
      entry.sent += times;
      entry.lastSentMs = now;
      taken.push(entry.rumor);
    }
    return taken;
  }

  /** A contact says whether what it was told in this round was new to it. */
  answered(id: RumorId, version: number, useful: boolean): void {
    const entry = this.#hot.get(id);
    if (entry === undefined || versionOf(entry) !== version) return; // Replaced or cooled since.
    if (useful) entry.useful++;
    else entry.useless++;
  }

  /** Tells no more of a rumor, whatever the rule says. */
  cool(id: RumorId): void {
    const entry = this.#hot.get(id);
    if (entry === undefined) return;
    this.#hot.delete(id);
    this.#cooled.set(id, entry);
  }

  *holdings(): Iterable<Holding> {
    const { rumorsMax, bytesMax } = this.#options;
    yield { what: 'rumors', count: this.size, countMax: rumorsMax };
    yield { what: 'bytes of rumors', count: this.#bytes, countMax: bytesMax };
  }

  #entry(id: RumorId): Entry<T> | undefined {
    return this.#hot.get(id) ?? this.#cooled.get(id);
  }

  /** Forgets cooled rumors until there is room; false, and nothing is forgotten: there is none. */
  #makeRoom(id: RumorId, bytes: number): boolean {
    const { rumorsMax, bytesMax } = this.#options;
    const older = this.#entry(id);
    let count = this.size + (older === undefined ? 1 : 0);
    let total = this.#bytes + bytes - (older?.rumor.bytes ?? 0);
    const forgotten: RumorId[] = [];
    for (const { rumor } of this.#cooled.values()) {
      if (count <= rumorsMax && total <= bytesMax) break;
      if (rumor.id === id) continue;
      forgotten.push(rumor.id);
      count--;
      total -= rumor.bytes;
    }
    if (count > rumorsMax || total > bytesMax) return false;
    for (const one of forgotten) this.#remove(one);
    return true;
  }

  #remove(id: RumorId): void {
    this.#bytes -= this.#entry(id)?.rumor.bytes ?? 0;
    if (!this.#hot.delete(id)) this.#cooled.delete(id);
  }
}

interface Entry<T> {
  readonly rumor: Rumor<T>;
  /** The round in which it was learned. */
  readonly round: number;
  weariness: number;
  lastSentMs: number;
  /** The tally of this round. */
  sent: number;
  useful: number;
  useless: number;
}

/** Of what is not known: below all others. */
function versionOf(entry: Entry<unknown> | undefined): number {
  return entry === undefined ? -1 : (entry.rumor.version ?? 0);
}
