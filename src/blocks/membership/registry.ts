import { assert, slotOf, type Peer } from '../../core/index.ts';
import { sameAccusations } from './accusation.ts';
import { equalFacts, type Fact } from './fact.ts';
import type { News } from './news.ts';

/**
 * Names as small dense numbers, and the facts that are believed of each, for all views of one
 * process or simulation.
 *
 * A *slot* stands for a name while at least one view holds it; views index their arrays by slot. A
 * *version* stands for one of the facts believed of that name: mostly there is one. So a view keeps
 * two bytes for a member, a fact decoded many times is one object, and an old acquaintance is
 * recognised by comparing references. Facts and slots that nobody holds any more are freed.
 *
 * Freed slots are reused oldest first, and only once {@link RESTING_SLOTS} of them rest: a view
 * that probes in slot order should not meet two names under one number within a pass.
 */
export class Registry {
  readonly #slots = new Map<string, number>();
  readonly #names: (string | undefined)[] = [];
  /** Version 0 of each slot lies apart: nearly all that is asked for. */
  readonly #first: (Fact | undefined)[] = [];
  readonly #others: (Fact | undefined)[][] = [];
  /** Of each slot the views that hold each version. */
  readonly #holders: number[][] = [];
  /** Of each slot the observations made lately, of which many views make the same. */
  readonly #observed: (News[] | undefined)[] = [];
  readonly #resting: number[] = [];
  #restingFrom = 0;
  /** Slot + 1 of the member behind a peer's slot. */
  #slotOfPeer = new Int32Array(64);
  /** The slots of more names for a life that has one. */
  readonly #rivals = new Map<Peer, number[]>();

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

  /** The slot of a fact's name, −1 where nobody holds it. Cheap for facts held here. */
  slotOfFact(fact: Fact): number {
    return fact.slot >= 0 && this.#names[fact.slot] === fact.name
      ? fact.slot
      : this.slot(fact.name);
  }

  /** Only for versions that someone holds. */
  fact(slot: number, version: number): Fact | undefined {
    return version === 0 ? this.#first[slot] : this.#others[slot]?.[version - 1];
  }

  /**
   * One more view believes a fact. Returns its slot · {@link VERSIONS} + its version.
   *
   * The object to use is then `fact(slot, version)`: equal facts are one.
   */
  hold(fact: Fact): number {
    let slot = this.slotOfFact(fact);
    if (slot < 0) slot = this.#begin(fact.name);
    const holders = this.#holders[slot] as number[];
    let version = this.#versionOf(slot, fact);
    if (version < 0) {
      version = holders.indexOf(0);
      if (version < 0) version = holders.push(0) - 1;
      assert(version < VERSIONS, 'more versions of one member than views can tell apart');
      this.#put(slot, version, fact.slot === slot ? fact : { ...fact, slot });
      this.#notePeer(fact.peer, slot);
    }
    holders[version] = (holders[version] ?? 0) + 1;
    return slot * VERSIONS + version;
  }

  /** One view less believes this; the last one frees the version, and perhaps the slot. */
  release(slot: number, version: number): void {
    const holders = this.#holders[slot];
    const count = holders?.[version] ?? 0;
    if (holders === undefined || count === 0) return;
    holders[version] = count - 1;
    if (count > 1) return;
    this.#put(slot, version, undefined);
    while (holders.at(-1) === 0) holders.pop();
    const name = this.#names[slot];
    if (holders.length > 0 || name === undefined) return;
    this.#slots.delete(name);
    this.#forgetRival(slot);
    this.#names[slot] = undefined;
    this.#observed[slot] = undefined;
    this.#resting.push(slot);
  }

  /** The fact of this content that others here hold; else the fact given. */
  recognise(fact: Fact): Fact {
    const slot = this.slotOfFact(fact);
    const version = slot < 0 ? -1 : this.#versionOf(slot, fact);
    return version < 0 ? fact : (this.fact(slot, version) ?? fact);
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

  /**
   * The slot of the member held with this peer, of several the first, or −1. The caller checks its
   * own view.
   */
  slotOfPeer(peer: Peer): number {
    return (this.#slotOfPeer[slotOf(peer)] ?? 0) - 1;
  }

  /** The slots of other names that were told for the life behind a peer; mostly none. */
  rivalsOf(peer: Peer): readonly number[] {
    return this.#rivals.get(peer) ?? NO_RIVALS;
  }

  #notePeer(peer: Peer, slot: number): void {
    const index = slotOf(peer);
    if (index >= this.#slotOfPeer.length) {
      const larger = new Int32Array(Math.max(index + 1, this.#slotOfPeer.length * 2));
      larger.set(this.#slotOfPeer);
      this.#slotOfPeer = larger;
    }
    const before = (this.#slotOfPeer[index] ?? 0) - 1;
    if (before === slot) return;
    if (before < 0 || !this.#isHeldWith(peer, before)) {
      this.#slotOfPeer[index] = slot + 1;
      return;
    }
    // Two names for one life are one too many: one is a lie, and views differ about which.
    const rivals = this.#rivals.get(peer) ?? [];
    if (!rivals.includes(slot)) this.#rivals.set(peer, [...rivals, slot]);
  }

  #forgetRival(slot: number): void {
    for (const [peer, rivals] of this.#rivals) {
      if (!rivals.includes(slot)) continue;
      if (rivals.length === 1) this.#rivals.delete(peer);
      else
        this.#rivals.set(
          peer,
          rivals.filter((rival) => rival !== slot),
        );
    }
  }

  #isHeldWith(peer: Peer, slot: number): boolean {
    const count = this.#holders[slot]?.length ?? 0;
    for (let version = 0; version < count; version++) {
      if (this.fact(slot, version)?.peer === peer) return true;
    }
    return false;
  }

  #versionOf(slot: number, fact: Fact): number {
    const count = this.#holders[slot]?.length ?? 0;
    for (let version = 0; version < count; version++) {
      const held = this.fact(slot, version);
      if (held !== undefined && equalFacts(held, fact)) return version;
    }
    return -1;
  }

  #put(slot: number, version: number, fact: Fact | undefined): void {
    if (version === 0) this.#first[slot] = fact;
    else (this.#others[slot] ??= [])[version - 1] = fact;
  }

  #begin(name: string): number {
    const slot = this.#freeSlot();
    this.#slots.set(name, slot);
    this.#names[slot] = name;
    this.#first[slot] = undefined;
    this.#holders[slot] = [];
    return slot;
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

/** Beside three bits of status a view has thirteen for the version, of which 0 means none. */
export const VERSIONS = 8191;

/** A suspicion is seen with a few sets of accusers before it is settled. */
const OBSERVED_MAX = 8;

/** Enough to outlast a pass of a small cluster; a few hundred bytes. */
const RESTING_SLOTS = 64;

const NO_RIVALS: readonly number[] = [];
