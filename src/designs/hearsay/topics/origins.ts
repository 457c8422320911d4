/**
 * Everyone who has published, with what this node has of it: logs, trees, who else has what.
 *
 * Bounded: so many origins, so many bytes in all; those that are too many push out the oldest
 * events of whoever holds most.
 */
import { ReplayLog, SpreadTree, type Range, type Voids } from '../../../blocks/overlay/index.ts';
import { hashText, mark, mix32, type NodeId, type Peer } from '../../../core/index.ts';
import type { View } from '../view.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { Span } from '../topic-messages.ts';
import { skipped, type Origin, type Publication } from '../publication.ts';

/** What an origin says of its own log. */
export interface Word {
  readonly first: number;
  readonly last: number;
  readonly atMs: number;
}

/** A question to an origin, whether what others say of it is true. */
export interface Doubt {
  readonly peer: Peer;
  readonly nonce: number;
  readonly askedMs: number;
  /** Times in a row that it was asked, this one included. */
  readonly asks: number;
  /** What was next then, and the highest number that was held. */
  readonly next: number;
  readonly highest: number;
  isAnswered: boolean;
  /** There was reason to ask again meanwhile. */
  again: boolean;
}

/** One life that has published. */
export class OriginState implements Origin {
  readonly nodeId: NodeId;
  /** '' until an event has come. */
  name: string;
  readonly log = new ReplayLog<Publication>(VOIDS);
  readonly tree = new SpreadTree();
  /** Up to here it was published before this node joined. */
  replayedTo = 0;
  /** This node was told what was before it joined: whatever it is told later is not. */
  hasPast = false;
  /** Up to here the cluster no longer kept it when this node joined, which is yet to be told. */
  forgottenTo = 0;
  /** What the origin itself has said last. */
  word: Word | undefined;
  doubt: Doubt | undefined;
  /** Others said what could be passed over: it is to be asked when it lives after all. */
  isUnsure = false;
  /** Where this node was told to begin; and what it has passed over since, the oldest first. */
  #beganAt = 1;
  readonly #gaps: Range[] = [];
  /** When the last new event came. */
  heardMs = -Infinity;
  /** Who says to have what; undefined: nobody yet. */
  sources: Map<Peer, Claim> | undefined;
  /** When to look for what is missing. */
  fetchMs: number | undefined;
  /** Since when the next event is known to exist and nobody has given it. */
  lackingMs: number | undefined;
  /** Fetches in a row that brought nothing. */
  fruitless = 0;
  /** Fetches since an event last came over a link. */
  missed = 0;
  /** Of each topic and key the latest number, of those that the log has. */
  #latest: Map<string, number> | undefined;
  readonly hash: number;

  constructor(nodeId: NodeId, name: string) {
    this.nodeId = nodeId;
    this.name = name;
    this.hash = hashText(nodeId);
  }

  /** The last of all up to which nothing is missing. */
  get last(): number {
    return this.log.next - 1;
  }

  get span(): Span {
    return { nodeId: this.nodeId, first: this.log.first, last: this.last };
  }

  /** This node has just joined: so much is the past, and what was before it is not asked for. */
  beginAt(first: number, last: number): void {
    this.log.beginAt(first);
    this.#beganAt = first;
    this.hasPast = true;
    this.replayedTo = last;
    this.forgottenTo = first - 1;
  }

  /** What is missing before this number cannot be had. */
  passOver(next: number): void {
    this.#gaps.push({ from: this.log.next, to: next - 1 });
    if (this.#gaps.length > GAPS_MAX) this.#gaps.shift();
    this.log.passOver(next);
    this.forget(next);
    this.lackingMs = undefined;
  }

  /**
   * The origin says what it has, and that there is nothing above it: so what is held from there on
   * is false, and what was passed over beyond it was no gap. Returns what is false.
   *
   * @param atMs when it was asked: what came later may be true
   */
  believe(word: Word, { next, highest }: Doubt): Publication[] {
    const { first, last } = word;
    this.word = word;
    this.isUnsure = false;
    this.replayedTo = Math.min(this.replayedTo, last);
    if (next <= last + 1) {
      if (highest <= last) return [];
      return this.dropped(this.log.revoke(Math.max(last + 1, this.log.next), highest));
    }
    const isMisled = this.#beganAt > last + 1;
    const gap = this.#gaps.findIndex(({ to }) => to > last);
    const from = isMisled ? 1 : Math.min(last + 1, this.#gaps[gap]?.from ?? Infinity);
    if (gap >= 0) this.#gaps.length = gap;
    const revoked = this.dropped(this.log.revoke(from));
    if (isMisled) this.beginAt(first, last);
    return revoked;
  }

  /** Nobody has anything above this number, whatever they said before this time. */
  disclaim(last: number, beforeMs: number): number {
    let count = 0;
    for (const [peer, claim] of this.sources ?? []) {
      if (claim.last <= last || claim.atMs > beforeMs) continue;
      this.sources?.delete(peer);
      count++;
    }
    return count;
  }

  /** Someone says what it has. */
  claimed(peer: Peer, first: number, last: number, atMs: number, answers = false): void {
    const sources = (this.sources ??= new Map());
    const failures = answers ? 0 : (sources.get(peer)?.failures ?? 0);
    sources.delete(peer);
    sources.set(peer, { first, last, failures, atMs });
    if (sources.size <= SOURCES_MAX) return;
    for (const oldest of sources.keys()) {
      sources.delete(oldest);
      break;
    }
  }

  /** The highest number that anyone says to exist. */
  get claimedLast(): number {
    let last = this.log.highest;
    for (const claim of this.sources?.values() ?? []) last = Math.max(last, claim.last);
    return last;
  }

  /** An event was delivered: if it has a key, it takes the place of the one before. */
  keyed({ topic, key, seq }: Publication): void {
    if (key === '') return;
    const latest = (this.#latest ??= new Map());
    const id = `${topic}\0${key}`;
    const before = latest.get(id);
    latest.set(id, seq);
    if (before === undefined) return;
    mark('event-skipped');
    this.log.supersede(before);
  }

  /** All before this number are gone. */
  forget(first: number): void {
    for (const [id, seq] of this.#latest ?? []) if (seq < first) this.#latest?.delete(id);
  }

  /** Events that the log has let go of. */
  dropped(events: Publication[]): Publication[] {
    if (this.#latest === undefined) return events;
    for (const { topic, key, seq } of events) {
      const id = `${topic}\0${key}`;
      if (this.#latest.get(id) === seq) this.#latest.delete(id);
    }
    return events;
  }
}

export class Origins {
  readonly #view: View;
  readonly #states = new Map<NodeId, OriginState>();
  #bytes = 0;
  #turnedAway = 0;

  constructor(view: View) {
    this.#view = view;
  }

  get size(): number {
    return this.#states.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Origins not taken in, since there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  all(): IterableIterator<OriginState> {
    return this.#states.values();
  }

  get(nodeId: NodeId): OriginState | undefined {
    return this.#states.get(nodeId);
  }

  /** Undefined: there are too many. A member that lives has the place of one that does not. */
  obtain(nodeId: NodeId, name = ''): OriginState | undefined {
    const known = this.#states.get(nodeId);
    if (known !== undefined) {
      if (known.name !== name && this.#isNamed(known, name)) known.name = name;
      return known;
    }
    if (this.#states.size >= ORIGINS_MAX) {
      if (!this.isMember({ nodeId, name }) || !this.#makeRoom()) {
        this.#turnedAway++;
        return undefined;
      }
    }
    const state = new OriginState(nodeId, name);
    this.#states.set(nodeId, state);
    return state;
  }

  /** Takes in an event. */
  add(state: OriginState, event: Publication): 'new' | 'known' | 'far' {
    const { bytes } = state.log;
    const result = state.log.add(event);
    this.#bytes += state.log.bytes - bytes;
    return result;
  }

  /** Tells the application of all events whose turn it is. */
  deliver(env: HearsayEnv, state: OriginState): void {
    let event = state.log.deliver();
    if (event === undefined) return;
    state.heardMs = env.now;
    state.lackingMs = undefined;
    state.fruitless = 0;
    const origin: Origin = { nodeId: state.nodeId, name: state.name };
    if (state.forgottenTo > 0) this.#missed(env, state, 1, state.forgottenTo);
    const { bytes } = state.log;
    for (; event !== undefined; event = state.log.deliver()) {
      if (event.form === 'skipped') continue;
      state.keyed(event);
      const { body, format, key, seq, topic } = event;
      const replayed = seq <= state.replayedTo;
      env.emit({ type: 'event-published', topic, key, format, body, origin, seq, replayed });
    }
    this.#bytes += state.log.bytes - bytes;
    this.#trim(state);
  }

  /** Goes on at a number: what is missing before it cannot be had, as the origin says or others. */
  passOver(env: HearsayEnv, state: OriginState, next: number, isSaid: boolean): void {
    state.isUnsure ||= !isSaid;
    const from = state.forgottenTo > 0 ? 1 : state.log.next;
    const bytes = state.log.bytes;
    state.passOver(next);
    this.#bytes += state.log.bytes - bytes;
    mark('events-missed');
    this.#missed(env, state, from, next - 1);
    this.deliver(env, state);
  }

  /** Takes an origin at its word. Returns how many events that were held are false. */
  believe(state: OriginState, word: Word, doubt: Doubt): number {
    const { bytes } = state.log;
    const revoked = state.believe(word, doubt);
    this.#bytes += state.log.bytes - bytes;
    if (revoked.length > 0) mark('events-revoked');
    return revoked.length;
  }

  /** 32 bits, equal for those who have delivered the same. */
  get checksum(): number {
    let sum = 0;
    for (const { hash, last } of this.#states.values()) {
      if (last > 0) sum = (sum + mix32((hash + Math.imul(last, 0x9e3779b1)) | 0)) | 0;
    }
    return sum >>> 0;
  }

  /** What is left of lives that have ended long ago goes. */
  sweep(isKnown: (state: OriginState) => boolean, now: number): void {
    for (const state of this.#states.values()) {
      const idleMs = now - state.heardMs;
      if (idleMs < KEPT_MS || isKnown(state)) continue;
      this.#states.delete(state.nodeId);
      this.#bytes -= state.log.bytes;
    }
  }

  /** The route to a life, if it is that of another member that lives. */
  routeOf({ name, nodeId }: OriginState): Peer | undefined {
    const { roster, self } = this.#view;
    if (nodeId === self.fact.nodeId) return undefined;
    if (this.isMember({ nodeId, name })) return roster.fact(roster.slot(name))?.peer;
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact?.nodeId === nodeId && roster.isLive(slot)) return fact.peer;
    }
    return undefined;
  }

  /** Whether a member of that name lives, and this is its life. */
  isMember({ name, nodeId }: Origin): boolean {
    const { roster, self } = this.#view;
    if (nodeId === self.fact.nodeId) return name === self.name;
    const slot = roster.slot(name);
    return roster.isLive(slot) && roster.fact(slot)?.nodeId === nodeId;
  }

  /** Whoever says so first is believed, until a member of that name is known to be it. */
  #isNamed({ name: before, nodeId }: OriginState, name: string): boolean {
    return name !== '' && (before === '' || this.isMember({ nodeId, name }));
  }

  /** One that has published nothing, or nothing for the longest time, and is no member goes. */
  #makeRoom(): boolean {
    let idle: OriginState | undefined;
    for (const state of this.#states.values()) {
      if (this.isMember(state)) continue;
      if (idle === undefined || state.heardMs < idle.heardMs) idle = state;
    }
    if (idle === undefined) return false;
    mark('origin-replaced');
    this.#states.delete(idle.nodeId);
    this.#bytes -= idle.log.bytes;
    return true;
  }

  #missed(env: HearsayEnv, state: OriginState, from: number, to: number): void {
    state.forgottenTo = 0;
    const { nodeId } = state;
    const origin: Origin = { nodeId, name: state.name || this.#nameOf(nodeId) };
    const replayed = to <= state.replayedTo;
    env.emit({ type: 'events-missed', origin, from, to, replayed });
  }

  /** Of a life of which no event has come; '' if no member is remembered that it was. */
  #nameOf(nodeId: NodeId): string {
    const { roster } = this.#view;
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact?.nodeId === nodeId) return fact.name;
    }
    return '';
  }

  #trim(state: OriginState): void {
    const dropped = state.log.trim();
    if (dropped.length > 0) {
      for (const { bytes } of dropped) this.#bytes -= bytes;
      state.dropped(dropped);
    }
    while (this.#bytes > BYTES_MAX && this.#trimLargest());
  }

  #trimLargest(): boolean {
    let largest: OriginState | undefined;
    for (const state of this.#states.values()) {
      if (largest === undefined || state.log.bytes > largest.log.bytes) largest = state;
    }
    const dropped = largest?.log.dropOldest();
    if (largest === undefined || dropped === undefined) return false;
    mark('events-pushed-out');
    this.#bytes -= dropped.bytes;
    largest.dropped([dropped]);
    return true;
  }
}

const VOIDS: Voids<Publication> = {
  isVoid: ({ form }) => form === 'skipped',
  make: skipped,
};

/** Who says to have what. */
interface Claim {
  readonly first: number;
  readonly last: number;
  /** Times that it was asked and did not give it. */
  readonly failures: number;
  readonly atMs: number;
}

/** Few: as a rule nobody ever passes over anything. */
const GAPS_MAX = 16;
/** Links and a few more that were compared with. */
const SOURCES_MAX = 16;
/** More than there are members in any cluster of full membership that was measured. */
export const ORIGINS_MAX = 4096;
/** The bound that is promised for a whole node. */
const BYTES_MAX = 64 * 1024 * 1024;
/** What an origin that is gone has published can be had for at least so long. */
const KEPT_MS = 600_000;
