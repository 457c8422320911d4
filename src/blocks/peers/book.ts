/**
 * The address book of a process or of a simulation.
 *
 * A route met in a handler is a visitor: it lapses when the host sweeps after that handler,
 * unless somebody keeps it. (Met outside, it lapses with the next handler.) So garbage cannot
 * fill the book, and a year of churn stays flat. A lapsed slot is used again with the next
 * generation, so a Peer is never given out twice. Keeps are counted; what is kept is limited,
 * visitors are limited by the size of a message.
 *
 * In a permanent book (a simulation's) nothing lapses, while keeps are still counted and checked.
 */
import {
  ANYONE,
  assert,
  NOBODY,
  slotOf,
  type Address,
  type Book,
  type NodeId,
  type Peer,
} from '../../core/index.ts';
import { RouteIndex } from './route-index.ts';

/** Peers are slot + generation · 2^24. */
const SLOTS_MAX = 2 ** 24;

/** Twice the members of the largest cluster with full membership that is planned for. */
const KEPT_MAX = 65_536;

const SLOTS_AT_FIRST = 64;

export interface BookOptions {
  /** Routes that may be kept; default 65,536. */
  readonly keptMax?: number;
  /** Nothing lapses, and the number of kept routes has no limit; default false. */
  readonly permanent?: boolean;
}

export interface BookStats {
  /** Routes there are, visitors included. */
  readonly routes: number;
  readonly kept: number;
  /** Slots ever used at a time. */
  readonly slots: number;
  /** Times that `keep` said no. */
  readonly refused: number;
}

export class RouteBook implements Book {
  readonly #index = new RouteIndex();
  readonly #permanent: boolean;
  readonly #keptMax: number;
  readonly #free: number[] = [];
  readonly #visitors: Peer[] = [];
  #keeps = new Uint32Array(SLOTS_AT_FIRST);
  #generations = new Uint32Array(SLOTS_AT_FIRST);
  #depth = 0;
  #slots = 0;
  #kept = 0;
  #refused = 0;

  constructor(options: BookOptions = {}) {
    this.#permanent = options.permanent ?? false;
    this.#keptMax = this.#permanent ? SLOTS_MAX : (options.keptMax ?? KEPT_MAX);
  }

  get stats(): BookStats {
    const { count } = this.#index;
    return { routes: count, kept: this.#kept, slots: this.#slots, refused: this.#refused };
  }

  peer(address: Address, nodeId: NodeId): Peer {
    const slot = this.#index.find(address, nodeId);
    return slot < 0 ? this.#add(address, nodeId) : this.#peerIn(slot);
  }

  /** The route if it is in the book, else NOBODY; interns nothing. */
  find(address: Address, nodeId: NodeId): Peer {
    const slot = this.#index.find(address, nodeId);
    return slot < 0 ? NOBODY : this.#peerIn(slot);
  }

  addressOf(peer: Peer): Address {
    return this.#index.addresses[this.#slotOf(peer)]!;
  }

  nodeIdOf(peer: Peer): NodeId {
    return this.#index.nodeIds[this.#slotOf(peer)]!;
  }

  anyoneAt(peer: Peer): Peer {
    return this.isAnyone(peer) ? peer : this.peer(this.addressOf(peer), ANYONE);
  }

  isAnyone(peer: Peer): boolean {
    return this.nodeIdOf(peer) === ANYONE;
  }

  /** False once the route has lapsed. */
  has(peer: Peer): boolean {
    const slot = slotOf(peer);
    return peer >= 0 && slot < this.#slots && this.#peerIn(slot) === peer;
  }

  /** How often the route is kept. */
  keeps(peer: Peer): number {
    return this.#keeps[this.#slotOf(peer)]!;
  }

  /** Holds a route beyond the next sweep; counted. False: the book is full. */
  keep(peer: Peer): boolean {
    const slot = this.#slotOf(peer);
    if (this.#keeps[slot] === 0 && this.#kept >= this.#keptMax) {
      this.#refused++;
      return false;
    }
    this.#hold(slot);
    return true;
  }

  /** `keep` for the host's own needs, which have limits of their own: never refused. */
  pin(peer: Peer): void {
    this.#hold(this.#slotOf(peer));
  }

  /** Takes back one `keep` or `pin`; after the last the route lapses at the next sweep. */
  forget(peer: Peer): void {
    const slot = this.#slotOf(peer);
    const left = this.#keeps[slot]! - 1;
    assert(left >= 0, 'forget of a peer that is not kept');
    this.#keeps[slot] = left;
    if (left > 0) return;
    this.#kept--;
    if (!this.#permanent) this.#visitors.push(peer);
  }

  /** Begins a handler, possibly inside another of the same process. */
  begin(): void {
    this.#depth++;
  }

  /** Ends a handler: when it was the outermost, what was met and nobody kept lapses. */
  sweep(): void {
    this.#depth--;
    assert(this.#depth >= 0, 'sweep without begin');
    const visitors = this.#visitors;
    if (this.#depth > 0 || visitors.length === 0) return;
    for (const peer of visitors) {
      const slot = slotOf(peer);
      // A visitor may be listed twice, when it was kept and forgotten in between.
      if (this.#keeps[slot]! > 0 || this.#peerIn(slot) !== peer) continue;
      this.#index.remove(slot);
      this.#generations[slot]!++;
      this.#free.push(slot);
    }
    visitors.length = 0;
  }

  #hold(slot: number): void {
    if (this.#keeps[slot]!++ === 0) this.#kept++;
  }

  #add(address: Address, nodeId: NodeId): Peer {
    const slot = this.#free.pop() ?? this.#slots++;
    assert(slot < SLOTS_MAX, 'more routes than a Peer can name');
    if (slot >= this.#keeps.length) this.#grow();
    this.#index.add(slot, address, nodeId);
    const peer = this.#peerIn(slot);
    if (!this.#permanent) this.#visitors.push(peer);
    return peer;
  }

  #peerIn(slot: number): Peer {
    return slot + this.#generations[slot]! * SLOTS_MAX;
  }

  #slotOf(peer: Peer): number {
    assert(this.has(peer), 'a peer that has lapsed: keep what outlives its handler');
    return slotOf(peer);
  }

  #grow(): void {
    const keeps = new Uint32Array(2 * this.#keeps.length);
    const generations = new Uint32Array(keeps.length);
    keeps.set(this.#keeps);
    generations.set(this.#generations);
    this.#keeps = keeps;
    this.#generations = generations;
  }
}
