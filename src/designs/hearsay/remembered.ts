/**
 * What a node remembers across restarts: what it found in its log when it began, and what it would
 * want to find there next time.
 *
 * Addresses are places to ask, not beliefs, so they count however old they are. But as long as the
 * others would remember this node's death, and no longer, a node that nobody has let in yet goes on
 * trying them: then it is as with the dead, who are tried until their certificates end.
 */
import type { Fact } from '../../blocks/membership/index.ts';
import { mark, type Address, type Book } from '../../core/index.ts';
import type { Joining } from './joining.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { encodeStamp, NEIGHBOURS_MAX, recordsOf, type Saved } from './saved.ts';
import type { View } from './view.ts';

export class Remembered {
  readonly #view: View;
  readonly #joining: Joining;
  readonly #book: Book;
  #saved: Saved;

  constructor(view: View, joining: Joining, book: Book, saved: Saved) {
    this.#view = view;
    this.#joining = joining;
    this.#book = book;
    this.#saved = saved;
  }

  /** A life begins: the last one's neighbours will be asked. */
  begin(env: HearsayEnv): void {
    const { addresses, wallMs } = this.#saved;
    const { certificateMs } = this.#view.config;
    const ageMs = wallMs === undefined ? 0 : Math.max(0, env.wallMs - wallMs);
    if (ageMs > certificateMs) mark('long-absent');
    this.#joining.addNeighbours(env, addresses, env.now + certificateMs - ageMs);
  }

  /** Saves the time, if that was long ago: so that a restart knows how old the rest is. */
  stamp(env: HearsayEnv): void {
    const { wallMs } = this.#saved;
    const everyMs = this.#view.config.certificateMs / STAMPS_PER_CERTIFICATE;
    if (wallMs !== undefined && Math.abs(env.wallMs - wallMs) < everyMs) return;
    env.save(encodeStamp(env.wallMs));
    this.#saved = { ...this.#saved, wallMs: Math.max(0, Math.floor(env.wallMs)) };
  }

  /** The records that may replace the log. */
  snapshot(): Iterable<Uint8Array> {
    const { self, selfSlot } = this.#view;
    const start = selfSlot < 0 ? this.#saved.start : self.fact.start;
    return recordsOf({ start, addresses: this.#addresses(), wallMs: this.#saved.wallMs });
  }

  /** Those not found yet, then the dead, then the living, since the last ones count most. */
  #addresses(): Address[] {
    const { roster, selfSlot } = this.#view;
    const live: Fact[] = [];
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact !== undefined && slot !== selfSlot && roster.isLive(slot)) live.push(fact);
    }
    const every = Math.max(1, Math.ceil(live.length / NEIGHBOURS_MAX));
    const some = live.filter((_, i) => i % every === 0);
    const known = [...this.#view.dead(), ...some].map(({ peer }) => this.#book.addressOf(peer));
    const all = new Set(known.reverse());
    for (const address of [...this.#joining.neighbours].reverse()) all.add(address);
    return [...all].slice(0, NEIGHBOURS_MAX).reverse();
  }
}

/** An age is then known to about 4 %. */
const STAMPS_PER_CERTIFICATE = 24;
