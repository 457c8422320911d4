import { broken, type Peer, type Random, type Status } from '../../core/index.ts';
import type { Fact } from './fact.ts';
import { VERSIONS, type Registry } from './registry.ts';

/**
 * One node's view: for each known name a fact and a status, two bytes an entry.
 *
 * Indexed by the registry's slots; an entry is the version of the fact, plus one, and the status.
 * Keeps the number of live members (alive or suspect) and the checksum over (name, life, counter)
 * of these up to date with each change.
 */
export class Roster {
  readonly #registry: Registry;
  #entries = new Uint16Array(0);
  /** Slots given up since the last pass over them began, with the names they had. */
  #freed: Map<number, string> | undefined;
  #size = 0;
  #live = 0;
  #checksum = 0;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Members known, in whatever status. */
  get size(): number {
    return this.#size;
  }

  /** Members alive or suspect. */
  get live(): number {
    return this.#live;
  }

  /** 32 bits, equal for equal sets of live (name, life, counter). */
  get checksum(): number {
    return this.#checksum >>> 0;
  }

  /** Slots are below this. */
  get capacity(): number {
    return this.#entries.length;
  }

  fact(slot: number): Fact | undefined {
    const entry = this.#entries[slot];
    return entry ? this.#registry.fact(slot, (entry >>> STATUS_BITS) - 1) : undefined;
  }

  /** Only for slots that hold a fact. */
  status(slot: number): Status {
    return STATUSES[(this.#entries[slot] ?? 0) & STATUS_MASK] ?? 'alive';
  }

  isLive(slot: number): boolean {
    const code = (this.#entries[slot] ?? 0) & STATUS_MASK;
    return code === ALIVE || code === SUSPECT;
  }

  /** The slot of a name in this view, or −1. */
  slot(name: string): number {
    return this.#own(this.#registry.slot(name));
  }

  /** The slot in this view of the name that a fact is about, or −1. */
  slotOfFact(fact: Fact): number {
    return this.#own(this.#registry.slotOfFact(fact));
  }

  /** The slot of the member behind this route in this view, if there is one that lives; or −1. */
  slotOfPeer(peer: Peer): number {
    const slot = this.#registry.slotOfPeer(peer);
    const isHere = this.fact(slot)?.peer === peer;
    if (isHere && this.isLive(slot)) return slot;
    let dead = isHere ? slot : -1;
    for (const rival of this.#registry.rivalsOf(peer)) {
      if (this.fact(rival)?.peer !== peer) continue;
      if (this.isLive(rival)) return rival;
      if (dead < 0) dead = rival;
    }
    return dead;
  }

  /** Whether a member that lives is behind this route. */
  isLivePeer(peer: Peer): boolean {
    return this.isLive(this.slotOfPeer(peer));
  }

  /** Believes this of a member, new or known. Returns its slot. */
  set(fact: Fact, status: Status): number {
    const place = this.#registry.hold(fact);
    const slot = Math.floor(place / VERSIONS);
    if (slot >= this.#entries.length) this.#grow();
    if (this.#entries[slot] === 0) {
      this.#size++;
      const before = this.#freed?.get(slot);
      if (before !== undefined && before !== fact.name) broken('a slot reused within a pass');
    } else {
      this.#drop(slot);
    }
    this.#entries[slot] = (((place % VERSIONS) + 1) << STATUS_BITS) | CODES[status];
    if (this.isLive(slot)) {
      this.#live++;
      this.#checksum = (this.#checksum + fact.hash) | 0;
    }
    return slot;
  }

  delete(slot: number): void {
    const name = this.fact(slot)?.name;
    if (name === undefined) return;
    this.#drop(slot);
    this.#entries[slot] = 0;
    (this.#freed ??= new Map()).set(slot, name);
    this.#size--;
  }

  /** A pass over the slots begins: to it, a slot that is free may be anyone's. */
  beginPass(): void {
    this.#freed = undefined;
  }

  /** All slots that hold a member, ascending. */
  *slots(): Generator<number> {
    for (let slot = 0; slot < this.#entries.length; slot++) {
      if (this.#entries[slot] !== 0) yield slot;
    }
  }

  /**
   * A random live member other than `self`, uniformly; −1 if there is none.
   *
   * Draws slots until one fits; where live members are sparse it takes the next one from a random
   * slot on instead, which is nearly uniform.
   */
  pick(random: Random, self: number): number {
    const capacity = this.#entries.length;
    if (this.#live <= (this.isLive(self) ? 1 : 0)) return -1;
    let slot = 0;
    for (let i = 0; i < PICK_TRIES; i++) {
      slot = random.below(capacity);
      if (slot !== self && this.isLive(slot)) return slot;
    }
    for (let i = 0; i < capacity; i++) {
      slot = slot + 1 === capacity ? 0 : slot + 1;
      if (slot !== self && this.isLive(slot)) return slot;
    }
    return -1;
  }

  /** `count` different random live members but `self` and `not`, or all if there are fewer. */
  pickSome(count: number, random: Random, self: number, not = -1): number[] {
    const picked: number[] = [];
    let others = this.#live - (this.isLive(self) ? 1 : 0);
    if (not !== self && this.isLive(not)) others--;
    const wanted = Math.min(count, others);
    for (let i = 0; i < wanted * 4 && picked.length < wanted; i++) {
      const slot = this.pick(random, self);
      if (slot !== not && !picked.includes(slot)) picked.push(slot);
    }
    if (picked.length >= wanted) return picked;
    // Few to choose from: the draws hit the same ones again. The rest in order from somewhere.
    let slot = random.below(this.#entries.length);
    while (picked.length < wanted) {
      slot = slot + 1 === this.#entries.length ? 0 : slot + 1;
      if (slot === self || slot === not || !this.isLive(slot)) continue;
      if (!picked.includes(slot)) picked.push(slot);
    }
    return picked;
  }

  #own(slot: number): number {
    return this.#entries[slot] ? slot : -1;
  }

  /** Takes an entry out of all counts; the caller overwrites it. */
  #drop(slot: number): void {
    const entry = this.#entries[slot] ?? 0;
    const code = entry & STATUS_MASK;
    if (code === ALIVE || code === SUSPECT) {
      this.#live--;
      this.#checksum = (this.#checksum - (this.fact(slot)?.hash ?? 0)) | 0;
    }
    this.#registry.release(slot, (entry >>> STATUS_BITS) - 1);
  }

  #grow(): void {
    const entries = new Uint16Array(Math.max(8, Math.ceil(this.#registry.capacity * 1.25)));
    entries.set(this.#entries);
    this.#entries = entries;
  }
}

const STATUS_BITS = 3;
const STATUS_MASK = 7;
const ALIVE = 1;
const SUSPECT = 2;
const STATUSES: readonly (Status | undefined)[] = [
  undefined,
  'alive',
  'suspect',
  'dead',
  'left',
  'evicted',
];
const CODES: Readonly<Record<Status, number>> = {
  alive: ALIVE,
  suspect: SUSPECT,
  dead: 3,
  left: 4,
  evicted: 5,
};
const PICK_TRIES = 32;
