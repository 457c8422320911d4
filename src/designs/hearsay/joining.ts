/**
 * A newcomer's side of joining: all seeds are asked at once, the first that admits it counts.
 */
import {
  type Address,
  ANYONE,
  broken,
  mark,
  type Peer,
  ROUNDING_MS,
  type Why,
} from '../../core/index.ts';
import type { Contact } from './contact.ts';
import { AHEAD_MS_MAX } from './horizon.ts';
import type { Admit } from './messages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { NEIGHBOURS_MAX } from './saved.ts';
import type { HearsayShared } from './shared.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

export class Joining {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #shared: HearsayShared;
  #seeds: ReadonlySet<Address> = NO_ADDRESSES;
  /** There are some, but nobody knows yet where. */
  #awaitsSeeds: boolean;
  /** Where others lived when this machine last ran: asked like seeds, but not for ever. */
  #neighbours: ReadonlySet<Address> = NO_ADDRESSES;
  #neighboursUntilMs = -Infinity;
  /** Seeds whose admission is being waited for, by token. */
  #asked: Map<number, Address> | undefined;
  /** Seeds whose stream failed and that were pinged instead, by seq. */
  #pinged: Map<number, Address> | undefined;
  #admittedBy: Peer | undefined;
  #nextRoundMs = 0;
  #done = false;
  /** It has been a member in this life, and forgotten all others since. */
  #isAgain = false;
  /** Who has told this member that its life lies in the future. */
  #correctors: Set<Peer> | undefined;

  constructor(view: View, contact: Contact, shared: HearsayShared) {
    this.#view = view;
    this.#contact = contact;
    this.#shared = shared;
    this.#awaitsSeeds = view.config.awaitsSeeds;
  }

  get done(): boolean {
    return this.#done;
  }

  get seeds(): ReadonlySet<Address> {
    return this.#seeds;
  }

  addSeeds(env: HearsayEnv, seeds: Iterable<Address>): void {
    const given = [...seeds];
    if (given.length === 0) return;
    this.#awaitsSeeds = false;
    this.#seeds = this.#others(env, [...this.#seeds, ...given]);
  }

  /** Where others lived, as long as nobody has let this node in. */
  get neighbours(): ReadonlySet<Address> {
    return this.#neighbours;
  }

  /** Who should be there, and be tried again if they are not. */
  wanted(now: number): Set<Address> {
    return now < this.#neighboursUntilMs ? this.#everyone() : new Set(this.#seeds);
  }

  /**
   * What the seeds' names mean now, in place of what they meant before. Returns what is new in it;
   * a newcomer asks these at once.
   */
  reseed(env: HearsayEnv, seeds: Iterable<Address>): Address[] {
    const before = this.#seeds;
    this.#seeds = NO_ADDRESSES;
    this.addSeeds(env, seeds);
    const fresh = [...this.#seeds].filter((seed) => !before.has(seed));
    if (!this.#done && this.#admittedBy === undefined) {
      for (const seed of fresh) this.#askOne(env, seed);
    }
    return fresh;
  }

  /** These are asked now, and tried again until then. */
  addNeighbours(env: HearsayEnv, addresses: Iterable<Address>, untilMs: number): void {
    this.#neighboursUntilMs = untilMs;
    this.#neighbours = this.#others(env, [...this.#neighbours, ...addresses]);
  }

  /** This member is a newcomer again, in the same life. Others lived there; some will do. */
  again(env: HearsayEnv, neighbours: readonly Address[]): void {
    this.#isAgain ||= this.#done;
    this.#done = false;
    const every = Math.max(1, Math.ceil(neighbours.length / NEIGHBOURS_MAX));
    const some = neighbours.filter((_, i) => i % every === 0);
    this.addNeighbours(env, some, env.now + this.#view.config.certificateMs);
  }

  /**
   * Whether this member, though others believe in it, was led into a false time: its own clock says
   * so, and as many others as live in its view. Without keys one forged admission can do that; and
   * who lives in the future believes in lives that outrank all true ones.
   */
  isMisled(env: HearsayEnv, from: Peer, { wallMs }: Admit): boolean {
    const { roster, self } = this.#view;
    const latestMs = Math.max(wallMs, env.wallMs) + AHEAD_MS_MAX;
    if (!this.#done || wallMs === 0 || self.fact.start <= latestMs) return false;
    const correctors = (this.#correctors ??= new Set()).add(from);
    if (correctors.size < roster.live) return false;
    mark('misled');
    this.#correctors = undefined;
    return true;
  }

  /** Its life was never true: the next admission begins it, as it does a newcomer's. */
  beginAgain(): void {
    this.#isAgain = false;
  }

  /** Whether there is anyone to ask; with neighbours alone not longer than a few tries. */
  hopeful(triesBefore: number): boolean {
    if (this.#seeds.size > 0 || this.#awaitsSeeds) return true;
    return this.#neighbours.size > 0 && triesBefore < NEIGHBOUR_TRIES;
  }

  /** Asks all seeds, and again with backoff until one has told everything. */
  ask(env: HearsayEnv, triesBefore: number): void {
    if (this.#done) return;
    this.#asked = undefined;
    this.#pinged = undefined;
    this.#admittedBy = undefined;
    for (const seed of this.#askable(env)) this.#askOne(env, seed);
    const waitMs = Math.min(RETRY_MS * (1 << Math.min(triesBefore, 8)), RETRY_MS_MAX);
    const delayMs = waitMs * (1 + env.random.float() / 4);
    this.#nextRoundMs = env.now + delayMs;
    env.after(delayMs, Timer.Join, triesBefore + 1);
  }

  /**
   * A member looks for whoever lived here before: it may be the only one that can let this node in,
   * where no seed is left and the log has lost who was met last.
   */
  approached(env: HearsayEnv, by: Peer): void {
    const address = this.#shared.book.addressOf(by);
    if (this.#done || this.#admittedBy !== undefined) return;
    const asked = [...(this.#asked?.values() ?? [])];
    if (asked.includes(address) || asked.length >= ASKED_MAX) return;
    mark('approached');
    this.#askOne(env, address);
  }

  #askOne(env: HearsayEnv, seed: Address): void {
    const token = this.#contact.nextSeq();
    (this.#asked ??= new Map()).set(token, seed);
    const message = { type: 'join', fact: this.#view.self.fact } as const;
    env.sendReliably(this.#anyoneAt(seed), message, token, 'bulk');
  }

  /** Whether the next round is due; not for the timer of a round that was begun earlier. */
  isDue(now: number): boolean {
    return now >= this.#nextRoundMs - ROUNDING_MS;
  }

  /** A seed's answer. The first that admits this node counts. */
  admitted(env: HearsayEnv, from: Peer, admit: Admit): void {
    const { self, horizon } = this.#view;
    // So does a founder that nobody has believed in yet: perhaps it is its own clock that is wrong.
    const believes = this.#done ? !self.isBelieved : this.#admittedBy === undefined;
    if (believes) horizon.trust(env, admit.wallMs);
    if (!this.#view.accepts(env, { name: self.name, start: admit.start }, from)) return;
    if (admit.verdict === 'name-taken') {
      if (this.#done) return; // Only a newcomer obeys; conflicts of members have their rule.
      mark('name-taken');
      const seed = this.#shared.book.addressOf(from);
      env.emit({ type: 'name-conflict', name: self.name, yields: true });
      env.emit({ type: 'join-failed', code: 'NAME_TAKEN', seed, final: true });
      env.stop('name-taken');
      return;
    }
    if (this.#done) {
      const { fact, isBelieved } = self;
      if (!isBelieved && fact.start > admit.wallMs + AHEAD_MS_MAX && admit.wallMs > 0) {
        mark('clock-corrected');
        self.beginAbove(admit.start, fact.streams, admit.wallMs);
      } else if (admit.start >= fact.start) self.raiseAbove(admit.start);
      else return;
      self.save(env);
      this.#view.announce(env);
      return;
    }
    if (this.#admittedBy !== undefined) return;
    if (this.#isAgain) self.raiseAbove(admit.start);
    else self.beginAbove(admit.start, admit.streams, admit.wallMs);
    if (self.fact.start <= admit.start) broken('a new life that its past outranks');
    this.#admittedBy = from;
  }

  /** The last page of someone's view has come. Returns whether that completes the joining. */
  toldAll(from: Peer): boolean {
    if (this.#done || this.#admittedBy !== from) return false;
    // Whoever they were, its view has them, and asks after the dead.
    this.#neighbours = NO_ADDRESSES;
    this.finish();
    return true;
  }

  finish(): void {
    this.#done = true;
    this.#asked = undefined;
    this.#pinged = undefined;
  }

  /** A seed answers by packet. Returns whether that was asked here. */
  answered(env: HearsayEnv, seq: number): boolean {
    const seed = this.#pinged?.get(seq);
    if (seed === undefined) return false;
    mark('stream-blocked');
    this.#pinged?.delete(seq);
    env.emit({ type: 'join-failed', code: 'STREAM_BLOCKED', seed, final: false });
    return true;
  }

  /** A seed could not be asked by stream: is it there at all? */
  unreachable(env: HearsayEnv, token: number, why: Why): boolean {
    const seed = this.#asked?.get(token);
    if (seed === undefined) return false;
    this.#asked?.delete(token);
    env.emit({ type: 'join-failed', code: 'UNREACHABLE', seed, final: false });
    if (why === 'local') return true;
    const seq = this.#contact.nextSeq();
    (this.#pinged ??= new Map()).set(seq, seed);
    env.send(this.#anyoneAt(seed), { type: 'ping', seq, news: [] });
    return true;
  }

  #everyone(): Set<Address> {
    return new Set([...this.#seeds, ...this.#neighbours]);
  }

  /** Newcomers too that this node has let in meanwhile: they may be all that is left to ask. */
  #askable(env: HearsayEnv): Set<Address> {
    const { roster } = this.#view;
    const { book } = this.#shared;
    const askable = this.#everyone();
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact === undefined || !roster.isLive(slot)) continue;
      if (askable.size < ASKED_MAX) askable.add(book.addressOf(fact.peer));
    }
    askable.delete(book.addressOf(env.self));
    return askable;
  }

  /** Those that are not its own. */
  #others(env: HearsayEnv, addresses: readonly Address[]): ReadonlySet<Address> {
    const own = this.#shared.book.addressOf(env.self);
    return new Set(addresses.filter((address) => address !== own));
  }

  #anyoneAt(seed: Address): Peer {
    return this.#shared.book.peer(seed, ANYONE);
  }
}

/** Shared by all that have none: in a simulation of thousands each empty set is far memory. */
const NO_ADDRESSES: ReadonlySet<Address> = new Set();
/** Any one of them that is a member is enough. */
const ASKED_MAX = 64;
const NEIGHBOUR_TRIES = 3;
const RETRY_MS = 1000;
const RETRY_MS_MAX = 10_000;
