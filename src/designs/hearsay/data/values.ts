/**
 * Large values as one node has them: those that its entries name come here from whoever has them,
 * and go from here to whoever wants them.
 *
 * Every value that an entry names is fetched, the smallest first and a few at a time, as long as
 * there is room. What there is no room for, or nobody has, stays missing and is tried again.
 */
import {
  chunkCount,
  ChunkService,
  ChunkSet,
  ContentFetch,
  ContentStore,
  isInline,
  keyOf,
  LIST,
  type Content,
  type ContentReference,
  type Value,
} from '../../../blocks/data/index.ts';
import { mark, type Crypto, type Holding, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import type { Chunk, Lack, ValueMessage, Want } from '../value-messages.ts';

export interface ValueEvents {
  /** A value that entries name is here now. */
  arrived(env: HearsayEnv, content: Content): void;
  /** There is no room for it; told once. */
  refused(env: HearsayEnv, reference: ContentReference): void;
}

export class Values {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #crypto: Crypto;
  readonly #events: ValueEvents;
  readonly #store: ContentStore;
  readonly #service = new ChunkService();
  /** Values that are on their way here. */
  readonly #fetches = new Map<string, ContentFetch>();
  /** Values that entries name and are not here, being fetched or not. */
  readonly #missing = new Map<string, Missing>();
  /** When the next tick is, and its number; earlier ones count for nothing. */
  #tickMs = Infinity;
  #tickNumber = 0;
  /** Ticks since a chunk has come or a value was named. */
  #idleTicks = 0;
  #refused = 0;
  #falseChunks = 0;
  #unaskedChunks = 0;
  #strangers = 0;

  constructor(view: View, contact: Contact, crypto: Crypto, events: ValueEvents) {
    this.#view = view;
    this.#contact = contact;
    this.#crypto = crypto;
    this.#events = events;
    this.#store = new ContentStore(view.config.valuesBytesMax, GRACE_MS);
  }

  /** Takes in a value whole, before an entry names it. False: there is no room. */
  put(env: HearsayEnv, content: Content): boolean {
    const { reference } = content;
    const key = keyOf(reference);
    if (this.#store.has(reference)) return true;
    if (this.#fetches.has(key)) this.#drop(env, key);
    if (this.#store.fits(reference.length)) this.#giveWay(env, reference.length);
    if (!this.#store.put(content, env.now)) return false;
    // Others had named it, and perhaps nobody had it.
    if (this.#missing.delete(key)) this.#events.arrived(env, content);
    return true;
  }

  /** Undefined: it is not here. */
  get(reference: ContentReference): Content | undefined {
    return this.#store.get(reference);
  }

  isHere(value: Value): boolean {
    return isInline(value) || this.#store.has(value);
  }

  /** One more entry names a value. What is not here is fetched; `holders` may have it. */
  name(env: HearsayEnv, reference: ContentReference, holders: readonly Peer[]): void {
    this.#store.name(reference);
    if (this.#store.has(reference)) return;
    const key = keyOf(reference);
    let missing = this.#missing.get(key);
    if (missing === undefined) {
      missing = { reference, holders: new Set(), triedMs: -Infinity, isRefused: false };
      this.#missing.set(key, missing);
    }
    for (const peer of holders) {
      if (missing.holders.size < HOLDERS_MAX) missing.holders.add(peer);
      if (this.#isOther(peer)) this.#fetches.get(key)?.suggest(peer, env.now);
    }
    this.#advance(env);
  }

  /** One entry less does. */
  unname(env: HearsayEnv, reference: ContentReference): void {
    this.#store.unname(reference, env.now);
    if (this.#store.isNamed(reference)) return;
    const key = keyOf(reference);
    this.#missing.delete(key);
    this.#drop(env, key);
  }

  receive(env: HearsayEnv, from: Peer, message: ValueMessage): void {
    if (!this.#isOther(from)) {
      this.#strangers++;
      return;
    }
    if (message.type === 'want') this.#wanted(env, from, message);
    else if (message.type === 'chunk') this.#take(env, from, message);
    else this.#lacked(env, from, message);
  }

  /** Now and then, while anything is on its way. */
  tick(env: HearsayEnv, number: number): void {
    if (number !== this.#tickNumber) return;
    this.#tickMs = Infinity;
    this.#idleTicks++;
    this.#service.expire(env.now);
    this.#serve(env);
    for (const [key, fetch] of this.#fetches) {
      if (this.#missing.size > this.#fetches.size && fetch.isStalled(env.now)) {
        mark('fetch-set-aside');
        this.#drop(env, key); // It is tried again when the others have been.
        continue;
      }
      for (const peer of fetch.review(env.now)) this.#ask(env, peer, fetch);
      this.#look(env, fetch);
    }
    this.#advance(env);
  }

  /** A member has gone, or cannot be reached. */
  lost(peer: Peer): void {
    this.#service.forget(peer);
    for (const fetch of this.#fetches.values()) fetch.forget(peer);
    for (const { holders } of this.#missing.values()) holders.delete(peer);
  }

  /** This node knows no other member any more. */
  lostAll(): void {
    for (const fetch of this.#fetches.values()) {
      for (const peer of fetch.partners) this.lost(peer);
    }
    for (const peer of this.#service.askers) this.lost(peer);
    for (const { holders } of this.#missing.values()) holders.clear();
  }

  /** What is no longer named goes; what there was no room for may find some. */
  sweep(env: HearsayEnv): void {
    this.#store.sweep(env.now);
    this.#advance(env);
  }

  holdings(): Holding[] {
    const { bytes, bytesMax } = this.#store;
    return [
      { what: 'bytes of large values', count: bytes + this.#bytesUnderWay, countMax: bytesMax },
      { what: 'large values being fetched', count: this.#fetches.size, countMax: FETCHES_MAX },
      { what: 'members served large values', count: this.#service.size, countMax: 64 },
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    return {
      'values-no-room': this.#refused,
      'values-busy': this.#service.turnedAway,
      'chunks-false': this.#falseChunks,
      'chunks-unasked': this.#unaskedChunks,
      'values-strangers': this.#strangers,
    };
  }

  #wanted(env: HearsayEnv, from: Peer, { have, indices, of }: Want): void {
    const fetch = this.#fetches.get(keyOf(of));
    const content = this.#store.get(of);
    const count = chunkCount(of.length);
    fetch?.heard(from, ChunkSet.of(count, have), env.now);
    const here = content !== undefined ? ChunkSet.full(count) : fetch?.have;
    const servable = indices.filter((index) => this.#part(of, index) !== undefined);
    const isBusy = !this.#service.want(from, of, servable);
    if (isBusy || servable.length < indices.length) {
      if (isBusy) mark('values-busy');
      env.send(from, { type: 'lack', of, have: here?.bits ?? NOTHING, isBusy });
    }
    this.#serve(env);
    if (fetch !== undefined) this.#pursue(env, fetch);
    this.#wake(env);
  }

  /** Sends what may be sent now. */
  #serve(env: HearsayEnv): void {
    for (let i = 0; i < SERVED_AT_ONCE_MAX; i++) {
      const next = this.#service.next(env.now);
      if (next === undefined) return;
      const { index, reference: of, to } = next;
      const bytes = this.#part(of, index);
      if (bytes === undefined) continue; // It has gone meanwhile; the asker asks others in time.
      const have = this.#haveOf(of);
      const chunk = { type: 'chunk', of, index, have, bytes } as const;
      env.sendReliably(to, chunk, this.#contact.nextSeq(), 'bulk');
    }
  }

  #take(env: HearsayEnv, from: Peer, { bytes, have, index, of }: Chunk): void {
    const fetch = this.#fetches.get(keyOf(of));
    const arrival = fetch?.take(from, index, bytes, env.now) ?? 'unasked';
    if (arrival === 'false') {
      mark('chunk-false');
      this.#falseChunks++;
    }
    if (arrival === 'unasked') this.#unaskedChunks++;
    if (fetch === undefined || arrival !== 'taken') return;
    this.#idleTicks = 0;
    fetch.heard(from, ChunkSet.of(chunkCount(of.length), have), env.now);
    if (fetch.isDone) this.#complete(env, fetch);
    else this.#pursue(env, fetch, from);
  }

  #lacked(env: HearsayEnv, from: Peer, { have, isBusy, of }: Lack): void {
    const fetch = this.#fetches.get(keyOf(of));
    if (fetch === undefined) return;
    fetch.lacked(from, ChunkSet.of(chunkCount(of.length), have), isBusy, env.now);
    this.#pursue(env, fetch);
  }

  #complete(env: HearsayEnv, fetch: ContentFetch): void {
    const { content, reference } = fetch;
    const key = keyOf(reference);
    this.#fetches.delete(key);
    if (!this.#store.put(content, env.now)) return;
    this.#missing.delete(key);
    for (const peer of fetch.partners) this.#tell(env, peer, reference, fetch.have.bits, []);
    this.#events.arrived(env, content);
    this.#advance(env);
  }

  /** Begins to fetch what is missing, as far as there is room, and goes on with the rest. */
  #advance(env: HearsayEnv): void {
    for (const missing of this.#waiting()) {
      if (this.#fetches.size >= FETCHES_MAX) break;
      const { holders, isRefused, reference } = missing;
      missing.isRefused = !this.#store.fits(reference.length);
      if (missing.isRefused && !isRefused) {
        mark('value-refused');
        this.#refused++;
        this.#events.refused(env, reference);
      }
      if (!this.#store.makeRoom(reference.length, this.#bytesUnderWay)) continue;
      missing.triedMs = env.now;
      const fetch = new ContentFetch(reference, this.#crypto, env.now);
      for (const peer of holders) if (this.#isOther(peer)) fetch.suggest(peer, env.now);
      this.#fetches.set(keyOf(reference), fetch);
      this.#idleTicks = 0;
      this.#look(env, fetch);
    }
    for (const fetch of this.#fetches.values()) this.#pursue(env, fetch);
    this.#wake(env);
  }

  /** Missing and not on their way: the least lately tried first, of new ones the smallest. */
  #waiting(): readonly Missing[] {
    const isIdle = this.#missing.size === this.#fetches.size;
    if (isIdle || this.#fetches.size >= FETCHES_MAX) return [];
    const waiting = [...this.#missing.values()].filter(
      ({ reference }) => !this.#fetches.has(keyOf(reference)),
    );
    return waiting.sort((a, b) => {
      if (a.triedMs !== b.triedMs) return a.triedMs < b.triedMs ? -1 : 1;
      return a.reference.length - b.reference.length;
    });
  }

  /** Room that values on their way may need. */
  get #bytesUnderWay(): number {
    let bytes = 0;
    for (const { reference } of this.#fetches.values()) bytes += reference.length;
    return bytes;
  }

  /** What is written here goes before what is on its way: that is tried again. */
  #giveWay(env: HearsayEnv, bytes: number): void {
    for (const key of this.#fetches.keys()) {
      if (this.#store.makeRoom(bytes, this.#bytesUnderWay)) return;
      this.#drop(env, key);
    }
  }

  /** Fetches a value no longer. */
  #drop(env: HearsayEnv, key: string): void {
    const fetch = this.#fetches.get(key);
    if (fetch === undefined) return;
    this.#fetches.delete(key);
    for (const peer of fetch.partners) {
      if (fetch.askedOf(peer).length > 0) {
        this.#tell(env, peer, fetch.reference, NOTHING, []);
      }
    }
  }

  /** One more member may have it. */
  #look(env: HearsayEnv, fetch: ContentFetch): void {
    const { roster, selfSlot } = this.#view;
    const fact = roster.fact(roster.pick(env.random, selfSlot));
    if (fact !== undefined) fetch.suggest(fact.peer, env.now);
  }

  /** Asks for more, as far as that is not too much at once; `to` is told what has arrived. */
  #pursue(env: HearsayEnv, fetch: ContentFetch, to?: Peer): void {
    let outstanding = 0;
    for (const one of this.#fetches.values()) outstanding += one.outstanding;
    const outstandingMax = fetch.outstanding + Math.max(0, OUTSTANDING_MAX - outstanding);
    const changed = fetch.ask(env.now, env.random, outstandingMax);
    if (to !== undefined && !changed.includes(to)) changed.push(to);
    for (const peer of changed) this.#ask(env, peer, fetch);
  }

  #ask(env: HearsayEnv, peer: Peer, fetch: ContentFetch): void {
    fetch.told(peer, env.now);
    this.#tell(env, peer, fetch.reference, fetch.have.bits, fetch.askedOf(peer));
  }

  #tell(
    env: HearsayEnv,
    to: Peer,
    of: ContentReference,
    have: Uint8Array,
    indices: readonly number[],
  ): void {
    env.send(to, { type: 'want', of, have, indices });
  }

  /** A chunk of a value, or the list of their hashes; undefined: it is not here. */
  #part(reference: ContentReference, index: number): Uint8Array | undefined {
    const content = this.#store.get(reference);
    if (content === undefined) return this.#fetches.get(keyOf(reference))?.part(index);
    return index === LIST ? content.list : content.chunks[index];
  }

  #haveOf(reference: ContentReference): Uint8Array {
    if (this.#store.has(reference)) return ChunkSet.full(chunkCount(reference.length)).bits;
    return this.#fetches.get(keyOf(reference))?.have.bits ?? NOTHING;
  }

  /** A live member, so its route is kept. */
  #isOther(peer: Peer): boolean {
    const { roster, selfSlot } = this.#view;
    const slot = roster.slotOfPeer(peer);
    return slot >= 0 && slot !== selfSlot && roster.isLive(slot);
  }

  #wake(env: HearsayEnv): void {
    if (this.#fetches.size + this.#service.size === 0) return;
    // Nobody seems to have it: less and less often.
    const idle = Math.max(0, this.#idleTicks - IDLE_TICKS);
    const delayMs = Math.min(TICK_MS_MAX, TICK_MS * (1 + idle));
    if (this.#tickMs <= env.now + delayMs) return;
    this.#tickMs = env.now + delayMs;
    env.after(delayMs, Timer.Values, ++this.#tickNumber);
  }
}

/** A value that entries name and that is not here. */
interface Missing {
  readonly reference: ContentReference;
  /** Who told of it, or wrote it. */
  readonly holders: Set<Peer>;
  /** When a fetch of it last began. */
  triedMs: number;
  /** There is no room for it, which was told. */
  isRefused: boolean;
}

const NOTHING = new Uint8Array(0);
/** How long a value stays that no entry names. */
const GRACE_MS = 60_000;
/** Values on their way at once. */
const FETCHES_MAX = 4;
/** Chunks on their way here, in all: 240 kB, so 19 ms of a link of 100 Mbit/s. */
const OUTSTANDING_MAX = 4;
/** Members remembered to have told of one value. */
const HOLDERS_MAX = 8;
/** More than may be under way. */
const SERVED_AT_ONCE_MAX = 16;
const TICK_MS = 200;
/** So many ticks without a chunk are nothing unusual: 5 s, after which a partner is given up. */
const IDLE_TICKS = 25;
/** As often as dead members are tried again. */
const TICK_MS_MAX = 10_000;
