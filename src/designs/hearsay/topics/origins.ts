/**
 * Everyone who has published, with what this node has of it: logs, trees, who else has what.
 *
 * Bounded: so many origins, so many bytes in all; those that are too many push out the oldest
 * events of whoever holds most.
 */
import { ReplayLog, SpreadTree } from '../../../blocks/overlay/index.ts';
import { hashText, mark, mix32, type NodeId, type Peer } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { Span } from '../topic-messages.ts';
import { skipped, type Origin, type Publication } from '../publication.ts';

/** One life that has published. */
export class OriginState implements Origin {
  readonly nodeId: NodeId;
  /** '' until an event has come. */
  name: string;
  readonly log = new ReplayLog<Publication>();
  readonly tree = new SpreadTree();
  /** Up to here it was published before this node joined. */
  replayedTo = 0;
  /** Up to here the cluster no longer kept it when this node joined, which is yet to be told. */
  forgottenTo = 0;
  /** When the last new event came. */
  heardMs = -Infinity;
  /** Who says to have what; undefined: nobody yet. */
  sources: Map<Peer, Claim> | undefined;
  /** When to look for what is missing. */
  fetchMs: number | undefined;
  /** Since when the next event is known to exist and nobody has given it. */
  lackingMs: number | undefined;
  /** Fetches since an event last came over a link. */
  missed = 0;
  /** Of each topic and key the latest number. */
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

  /** Someone says what it has. */
  claimed(peer: Peer, first: number, last: number, answers = false): void {
    const sources = (this.sources ??= new Map());
    const failures = answers ? 0 : (sources.get(peer)?.failures ?? 0);
    sources.delete(peer);
    sources.set(peer, { first, last, failures });
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

  /** Notes that an event is the latest of its key. */
  keyed({ topic, key, seq }: Publication): void {
    if (key === '') return;
    const latest = (this.#latest ??= new Map());
    const id = `${topic}\0${key}`;
    if ((latest.get(id) ?? 0) < seq) latest.set(id, seq);
  }

  /** An event as it is to be sent: without its body where a newer one of its key is there. */
  forSending(seq: number): Publication | undefined {
    const event = this.log.get(seq);
    if (event === undefined || event.key === '' || event.form !== 'whole') return event;
    const latest = this.#latest?.get(`${event.topic}\0${event.key}`) ?? 0;
    if (latest <= seq) return event;
    mark('event-skipped');
    return skipped(seq);
  }

  /** All before this number are gone. */
  forget(first: number): void {
    for (const [id, seq] of this.#latest ?? []) if (seq < first) this.#latest?.delete(id);
  }

  /** Events that the log has let go of. */
  dropped(events: readonly Publication[]): void {
    if (this.#latest === undefined) return;
    for (const { topic, key, seq } of events) {
      const id = `${topic}\0${key}`;
      if (this.#latest.get(id) === seq) this.#latest.delete(id);
    }
  }
}

export class Origins {
  readonly #states = new Map<NodeId, OriginState>();
  #bytes = 0;
  #turnedAway = 0;

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

  /** Undefined: there are too many. */
  obtain(nodeId: NodeId, name = ''): OriginState | undefined {
    const known = this.#states.get(nodeId);
    if (known !== undefined) {
      if (known.name === '') known.name = name;
      return known;
    }
    if (this.#states.size >= ORIGINS_MAX) {
      this.#turnedAway++;
      return undefined;
    }
    const state = new OriginState(nodeId, name);
    this.#states.set(nodeId, state);
    return state;
  }

  /** Takes in an event. */
  add(state: OriginState, event: Publication): 'new' | 'known' | 'far' {
    const result = state.log.add(event);
    if (result === 'new') {
      this.#bytes += event.bytes;
      state.keyed(event);
    }
    return result;
  }

  /** Tells the application of all events whose turn it is. */
  deliver(env: HearsayEnv, state: OriginState): void {
    let event = state.log.deliver();
    if (event === undefined) return;
    state.heardMs = env.now;
    state.lackingMs = undefined;
    const origin: Origin = { nodeId: state.nodeId, name: state.name };
    if (state.forgottenTo > 0) this.#missed(env, state, 1, state.forgottenTo);
    for (; event !== undefined; event = state.log.deliver()) {
      if (event.form === 'skipped') continue;
      const { body, format, key, seq, topic } = event;
      const replayed = seq <= state.replayedTo;
      env.emit({ type: 'event-published', topic, key, format, body, origin, seq, replayed });
    }
    this.#trim(state);
  }

  /** Goes on at a number: what is missing before it cannot be had. */
  passOver(env: HearsayEnv, state: OriginState, next: number): void {
    const from = state.forgottenTo > 0 ? 1 : state.log.next;
    const bytes = state.log.bytes;
    state.log.passOver(next);
    this.#bytes += state.log.bytes - bytes;
    state.forget(next);
    state.lackingMs = undefined;
    mark('events-missed');
    this.#missed(env, state, from, next - 1);
    this.deliver(env, state);
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
  sweep(isKnown: (state: OriginState) => boolean, now: number): OriginState[] {
    const gone: OriginState[] = [];
    for (const state of this.#states.values()) {
      const idleMs = now - state.heardMs;
      if (idleMs < KEPT_MS || isKnown(state)) continue;
      this.#states.delete(state.nodeId);
      this.#bytes -= state.log.bytes;
      gone.push(state);
    }
    return gone;
  }

  #missed(env: HearsayEnv, state: OriginState, from: number, to: number): void {
    state.forgottenTo = 0;
    const origin: Origin = { nodeId: state.nodeId, name: state.name };
    const replayed = to <= state.replayedTo;
    env.emit({ type: 'events-missed', origin, from, to, replayed });
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

/** Who says to have what. */
interface Claim {
  readonly first: number;
  readonly last: number;
  /** Times that it was asked and did not give it. */
  readonly failures: number;
}

/** Links and a few more that were compared with. */
const SOURCES_MAX = 16;
/** More than there are members in any cluster of full membership that was measured. */
export const ORIGINS_MAX = 4096;
/** The bound that is promised for a whole node. */
const BYTES_MAX = 64 * 1024 * 1024;
/** What an origin that is gone has published can be had for at least so long. */
const KEPT_MS = 600_000;
