import { slotOf, type Peer } from '../../core/index.ts';
import { sameAccusations } from './accusation.ts';
import { equalFacts, type Fact } from './fact.ts';
import type { News } from './news.ts';

/**
 * Names as small dense numbers, and the latest fact of each, for all views of one process or
 * simulation.
 *
 * A *slot* stands for a name while at least one view holds it; views index their arrays by slot.
 * Of each slot the latest fact that was interned is kept, so that a fact decoded many times is one
 * object with many holders and an old acquaintance is recognised by comparing references.
 *
 * Freed slots are reused oldest first, and only once {@link RESTING_SLOTS} of them rest: a view
 * that probes in slot order should not meet two names under one number within a pass.
 */
export class Registry {
  readonly #slots = new Map<string, number>();
  readonly #names: (string | undefined)[] = [];
  readonly #latest: (Fact | undefined)[] = [];
  /** Of each slot the observations made lately, of which many views make the same. */
  readonly #observed: (News[] | undefined)[] = [];
  readonly #holders: number[] = [];
  readonly #resting: number[] = [];
  #restingFrom = 0;
  /** Slot + 1 of the member last seen behind a peer's slot. */
  #slotOfPeer = new Int32Array(64);

  /** One more than the highest slot ever given out. */
  get capacity(): number {
    return this.#names.length;
  }

  /** Names held by at least one view. */
  get size(): number {
    return this.#slots.size;
  }

  /** The slot of a name, −1 where nobody holds it. */
  slot(name: string): number {
    return this.#slots.get(name) ?? -1;
  }

  /** The slot of a fact's name, −1 where nobody holds it. Cheap for facts interned here. */
  slotOfFact(fact: Fact): number {
    return fact.slot >= 0 && this.#names[fact.slot] === fact.name
      ? fact.slot
      : this.slot(fact.name);
  }

  /** One more view holds this name; gives it a slot if it has none. */
  hold(name: string): number {
    let slot = this.slot(name);
    if (slot < 0) {
      slot = this.#freeSlot();
      this.#slots.set(name, slot);
      this.#names[slot] = name;
      this.#holders[slot] = 0;
    }
    this.#holders[slot] = (this.#holders[slot] ?? 0) + 1;
    return slot;
  }

  /** One view less holds this slot; the last one frees it. */
  release(slot: number): void {
    const holders = (this.#holders[slot] ?? 0) - 1;
    this.#holders[slot] = holders;
    const name = this.#names[slot];
    if (holders > 0 || name === undefined) return;
    this.#slots.delete(name);
    this.#names[slot] = undefined;
    this.#latest[slot] = undefined;
    this.#observed[slot] = undefined;
    this.#resting.push(slot);
  }

  /** The fact of this content that others here already hold; else the fact given. */
  recognise(fact: Fact): Fact {
    const slot = this.slotOfFact(fact);
    const latest = slot < 0 ? undefined : this.#latest[slot];
    return latest !== undefined && equalFacts(latest, fact) ? latest : fact;
  }

  /** Makes a fact of a held name the latest of its slot; returns the object to keep. */
  intern(fact: Fact): Fact {
    const known = this.recognise(fact);
    if (known !== fact) return known;
    const slot = this.slotOfFact(fact);
    const interned = fact.slot === slot ? fact : { ...fact, slot };
    if (this.#latest[slot] === interned) return interned;
    this.#latest[slot] = interned;
    this.#notePeer(interned.peer, slot);
    return interned;
  }

  /** The same news as the object that another view here made lately; else the news given. */
  internNews(news: News): News {
    const slot = this.slotOfFact(news.fact);
    if (slot < 0) return news;
    const observed = (this.#observed[slot] ??= []);
    for (const known of observed) {
      const same = known.fact === news.fact && known.status === news.status;
      if (same && known.ageMs === news.ageMs && sameAccusations(known.accusers, news.accusers)) {
        return known;
      }
    }
    observed.push(news);
    if (observed.length > OBSERVED_MAX) observed.shift();
    return news;
  }

  /** The slot of the member last interned with this peer, or −1. The caller checks its own view. */
  slotOfPeer(peer: Peer): number {
    return (this.#slotOfPeer[slotOf(peer)] ?? 0) - 1;
  }

  #notePeer(peer: Peer, slot: number): void {
    const index = slotOf(peer);
    if (index >= this.#slotOfPeer.length) {
      const larger = new Int32Array(Math.max(index + 1, this.#slotOfPeer.length * 2));
      larger.set(this.#slotOfPeer);
      this.#slotOfPeer = larger;
    }
    this.#slotOfPeer[index] = slot + 1;
  }

  #freeSlot(): number {
    const slot = this.#resting[this.#restingFrom];
    if (slot === undefined || this.#resting.length - this.#restingFrom <= RESTING_SLOTS) {
      return this.#names.length;
    }
    this.#restingFrom++;
    if (this.#restingFrom > 1024 && this.#restingFrom * 2 > this.#resting.length) {
      this.#resting.splice(0, this.#restingFrom);
      this.#restingFrom = 0;
    }
    return slot;
  }
}

/** A suspicion is seen with a few sets of accusers before it is settled. */
const OBSERVED_MAX = 8;

/** Enough to outlast a pass of a small cluster; a few hundred bytes. */
const RESTING_SLOTS = 64;
