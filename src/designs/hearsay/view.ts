/**
 * What one node believes of all members, and the news it spreads of that.
 *
 * All news enters through `hear`, whoever tells it and by whatever path; each change of belief
 * becomes an event, hot news, and a route kept or forgotten. News of this node itself is not
 * believed but answered.
 */
import {
  compareLives,
  compareNews,
  equalTags,
  NO_ACCUSERS,
  Roster,
  uniteAccusations,
  type Accusation,
  type Fact,
  type News,
  type Streams,
} from '../../blocks/membership/index.ts';
import { suspicionMs, type SuspicionOptions } from '../../blocks/failure/index.ts';
import { LocalHealth } from '../../blocks/failure/index.ts';
import { TransmitQueue } from '../../blocks/rumors/index.ts';
import { mark, PACKET_BYTES_MAX, type Peer, type Status } from '../../core/index.ts';
import { MESSAGE_BYTES, newsBytes } from './codec.ts';
import type { HearsayConfig } from './config.ts';
import type { Member, ProbePath } from './events.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { encodeNeighbour } from './saved.ts';
import type { Self } from './self.ts';
import type { HearsayShared } from './shared.ts';
import { Timer } from './timers.ts';

/** Where news comes from, and whether it is worth telling on. */
export interface Hearing {
  /** Who told it. */
  readonly from: Peer;
  /** False for what a newcomer learns in its first exchange: everyone else knows that. */
  readonly spread: boolean;
}

export class View {
  readonly config: HearsayConfig;
  readonly self: Self;
  readonly roster: Roster;
  readonly health: LocalHealth;
  readonly #shared: HearsayShared;
  readonly #options: SuspicionOptions;
  readonly #hot = new TransmitQueue<News>();
  readonly #suspicions = new Map<number, Suspicion>();
  /** When the dead and the departed were heard of, oldest first. */
  readonly #certificates = new Map<number, number>();
  /** When this node last opened or used a stream to whom, oldest first. */
  readonly #dialled = new Map<Peer, number>();
  #gossiping = false;
  #gossipAtMs = 0;
  #accused = false;
  #selfSlot = -1;
  #seq = 0;

  constructor(config: HearsayConfig, shared: HearsayShared, self: Self) {
    this.config = config;
    this.self = self;
    this.#shared = shared;
    this.roster = new Roster(shared.registry);
    this.health = new LocalHealth(config.localHealth ? HEALTH_SCORE_MAX : 0);
    this.#options = {
      intervalMs: config.probeIntervalMs,
      alpha: config.suspicionAlpha,
      beta: config.dynamicSuspicion ? config.suspicionBeta : 1,
      confirmations: config.dynamicSuspicion ? config.confirmations : 0,
      refusal: config.refusal,
    };
  }

  get selfSlot(): number {
    return this.#selfSlot;
  }

  /** A number for the next question; never 0. */
  nextSeq(): number {
    this.#seq = this.#seq === 0xffffffff ? 1 : this.#seq + 1;
    return this.#seq;
  }

  /** Times the gossip timer ran: the rounds of this design. */
  gossipTicks = 0;

  /** Puts the node's own facts, changed or new, into the view and tells them. */
  announce(env: HearsayEnv): void {
    const { status } = this.self.news;
    this.#selfSlot = this.roster.set(this.self.fact, status);
    this.self.intern(this.roster.fact(this.#selfSlot) as Fact);
    this.#spread(env, this.#selfSlot, this.self.news);
  }

  /** Whether news of the node's own is still being told. */
  get announcing(): boolean {
    return this.#hot.has(this.#selfSlot);
  }

  /** Knows these members as a full exchange would have told them, with nothing left to tell. */
  know(env: HearsayEnv, facts: Iterable<Fact>): void {
    for (const fact of facts) {
      if (fact.name === this.self.name || this.roster.slotOfFact(fact) >= 0) continue;
      if (env.keep(fact.peer)) this.roster.set(fact, 'alive');
    }
    this.#hot.clear();
  }

  /** Takes in a list of news; true if any of it accuses this node. */
  hearAll(env: HearsayEnv, list: readonly News[], hearing: Hearing): boolean {
    this.#accused = false;
    for (const news of list) this.hear(env, news, hearing);
    return this.#accused;
  }

  /** Takes in one piece of news. Returns whether it changed what is believed. */
  hear(env: HearsayEnv, news: News, hearing: Hearing): boolean {
    const { fact, status } = news;
    if (fact.name === this.self.name) return this.#hearOfSelf(env, news);
    const slot = this.roster.slotOfFact(fact);
    if (slot < 0) return this.#meet(env, news, hearing);
    const known = this.roster.fact(slot) as Fact;
    const before = this.roster.status(slot);
    if (known === fact && before === status && status !== 'suspect') return false;
    const order = compareNews(fact, status, known, before);
    if (order > 0) return this.#believe(env, slot, news, hearing, undefined);
    if (order === 0 && status === 'suspect') return this.#confirm(env, slot, news.accusers);
    return false;
  }

  /** This node itself accuses a live member. */
  accuse(env: HearsayEnv, slot: number, by: readonly Accusation[], path: ProbePath): void {
    const fact = this.roster.fact(slot);
    if (fact === undefined || !this.roster.isLive(slot)) return;
    if (this.roster.status(slot) === 'suspect') {
      this.#confirm(env, slot, by);
      return;
    }
    const accusers = uniteAccusations(NO_ACCUSERS, by, this.accusersMax);
    const news: News = { fact, status: 'suspect', accusers, ageMs: 0 };
    this.#believe(env, slot, news, { from: env.self, spread: true }, path);
  }

  /** A suspicion of this node's own timer has run out. */
  declareDead(env: HearsayEnv, slot: number): void {
    const suspicion = this.#suspicions.get(slot);
    if (suspicion === undefined) return;
    const news: News = { ...suspicion.news, status: 'dead' };
    this.#believe(env, slot, news, { from: env.self, spread: true }, undefined);
  }

  /** An operator removes a member for good. */
  evict(env: HearsayEnv, slot: number): void {
    const fact = this.roster.fact(slot);
    if (fact === undefined) return;
    const news: News = { fact, status: 'evicted', accusers: NO_ACCUSERS, ageMs: 0 };
    this.hear(env, news, { from: env.self, spread: true });
  }

  suspicion(slot: number): Suspicion | undefined {
    return this.#suspicions.get(slot);
  }

  /** K + 1. */
  get accusersMax(): number {
    return Math.max(this.config.confirmations + 1, HARD_ACCUSERS_KEPT);
  }

  /** What this node would tell of a member now. */
  newsOf(slot: number, now: number): News | undefined {
    const fact = this.roster.fact(slot);
    if (fact === undefined) return undefined;
    if (slot === this.#selfSlot) return this.self.news;
    const status = this.roster.status(slot);
    if (status === 'suspect') return this.#suspicions.get(slot)?.news;
    const since = this.#certificates.get(slot);
    const ageMs = since === undefined ? 0 : Math.max(0, Math.floor(now - since));
    return { fact, status, accusers: NO_ACCUSERS, ageMs };
  }

  /** Everything this node knows, as it would tell it now. */
  *everything(now: number): Generator<News> {
    for (const slot of this.roster.slots()) {
      const news = this.newsOf(slot, now);
      if (news !== undefined) yield news;
    }
  }

  /** The dead, in the order they were heard of. */
  *dead(): Generator<Fact> {
    for (const slot of this.#certificates.keys()) {
      const fact = this.roster.fact(slot);
      if (fact !== undefined && this.roster.status(slot) === 'dead') yield fact;
    }
  }

  /** Hot news for a packet with this much room, counted as sent to `times` members. */
  hot(bytesMax: number, times = 1): readonly News[] {
    if (this.#hot.size === 0) return NO_NEWS;
    return this.#hot.take(bytesMax, times, this.#transmitLimit());
  }

  /** Urgent news and, as room allows, hot news. */
  withHot(bytesMax: number, urgent: readonly News[]): readonly News[] {
    if (urgent.length === 0) return this.hot(bytesMax);
    let room = bytesMax;
    for (const news of urgent) room -= newsBytes(news);
    return [...urgent, ...this.hot(room).filter((news) => !urgent.includes(news))];
  }

  /** Asks a member whether it is there, telling it first what is thought of it. */
  ping(env: HearsayEnv, to: Peer, seq: number, first?: News): void {
    const room = PACKET_BYTES_MAX - MESSAGE_BYTES.ping;
    env.send(to, {
      type: 'ping',
      seq,
      news: this.withHot(room, this.#urgentFor(to, env.now, first)),
    });
  }

  /** The same over a stream. */
  probeByStream(env: HearsayEnv, to: Peer, seq: number, first?: News): void {
    this.#dialled.delete(to);
    this.#dialled.set(to, env.now);
    env.sendReliably(to, { type: 'probe', seq, news: this.#urgentFor(to, env.now, first) }, seq);
  }

  /**
   * A probe has come by stream. Only if this node has not itself opened a connection to its sender
   * lately does that show that streams reach this node.
   */
  reachedByStream(env: HearsayEnv, from: Peer): void {
    for (const [peer, atMs] of this.#dialled) {
      if (env.now - atMs <= STREAM_IDLE_MS) break;
      this.#dialled.delete(peer);
    }
    if (this.self.fact.streams === 'yes' || this.#dialled.has(from)) return;
    if (this.#selfSlot < 0 || this.self.news.status === 'left') return;
    mark('streams-yes');
    this.self.change({ streams: 'yes' });
    this.self.save(env, false);
    this.announce(env);
  }

  #urgentFor(to: Peer, now: number, first: News | undefined): readonly News[] {
    const news = first ?? this.grievance(this.roster.slotOfPeer(to), now);
    return news === undefined ? NO_NEWS : [news];
  }

  /** What a member should hear before anything else: that it is thought to be suspect or dead. */
  grievance(slot: number, now: number): News | undefined {
    if (slot < 0 || !this.config.tellSuspect) return undefined;
    const status = this.roster.status(slot);
    return status === 'suspect' || status === 'dead' ? this.newsOf(slot, now) : undefined;
  }

  /** Whether there is hot news; if not, the gossip timer sleeps until there is. */
  get hasHot(): boolean {
    this.#gossiping = this.#hot.size > 0;
    return this.#gossiping;
  }

  /** Drops certificates that are too old or too many. */
  sweep(env: HearsayEnv): void {
    for (const [slot, sinceMs] of this.#certificates) {
      const old = env.now - sinceMs > this.config.certificateMs;
      if (!old && this.#certificates.size <= this.config.certificatesMax) break;
      mark('certificate-expired');
      const fact = this.roster.fact(slot);
      this.#certificates.delete(slot);
      this.#hot.delete(slot);
      this.roster.delete(slot);
      if (fact !== undefined) env.forget(fact.peer);
    }
  }

  memberOfSelf(): Member {
    return this.#snapshot(this.self.fact, this.self.news.status);
  }

  member(slot: number): Member | undefined {
    const fact = this.roster.fact(slot);
    return fact === undefined ? undefined : this.#snapshot(fact, this.roster.status(slot));
  }

  /** News of a name that this view does not know. */
  #meet(env: HearsayEnv, news: News, hearing: Hearing): boolean {
    if (news.ageMs > this.config.certificateMs) return false; // Nobody need remember that.
    return this.#believe(env, -1, news, hearing, undefined);
  }

  #believe(
    env: HearsayEnv,
    slotBefore: number,
    news: News,
    hearing: Hearing,
    path: ProbePath | undefined,
  ): boolean {
    const { fact, status } = news;
    const known = slotBefore < 0 ? undefined : this.roster.fact(slotBefore);
    const statusBefore = known === undefined ? undefined : this.roster.status(slotBefore);
    if (known?.peer !== fact.peer) {
      if (!env.keep(fact.peer)) return false; // The book is full: as if not heard.
      if (known !== undefined) env.forget(known.peer);
    }
    const slot = this.roster.set(fact, status);
    this.#settle(env, slot, news);
    if (hearing.spread) this.#spread(env, slot, this.newsOf(slot, env.now) ?? news);
    else this.#hot.delete(slot);
    const before =
      known === undefined || statusBefore === undefined
        ? undefined
        : { fact: known, status: statusBefore };
    this.#tell(env, news, before, hearing, path);
    return true;
  }

  /** Begins or ends what depends on the status: suspicions and certificates. */
  #settle(env: HearsayEnv, slot: number, news: News): void {
    const { status } = news;
    if (status === 'suspect') {
      this.#certificates.delete(slot);
      const suspicion = { news, sinceMs: env.now, deadlineMs: Infinity, asked: false };
      this.#suspicions.set(slot, suspicion);
      this.#setDeadline(env, slot, suspicion);
      return;
    }
    this.#suspicions.delete(slot);
    this.#certificates.delete(slot);
    if (status !== 'alive') this.#certificates.set(slot, env.now - news.ageMs);
  }

  /** More accusers of a member already suspected here. */
  #confirm(env: HearsayEnv, slot: number, accusers: readonly Accusation[]): boolean {
    const suspicion = this.#suspicions.get(slot);
    if (suspicion === undefined) return false;
    const united = uniteAccusations(suspicion.news.accusers, accusers, this.accusersMax);
    if (united === suspicion.news.accusers) return false;
    mark('confirmation');
    suspicion.news = { ...suspicion.news, accusers: united };
    this.#setDeadline(env, slot, suspicion);
    this.#spread(env, slot, suspicion.news);
    const member = this.member(slot) as Member;
    env.emit({
      type: 'member-suspected',
      member,
      accusers: united,
      path: undefined,
      again: true,
    });
    return true;
  }

  /** Only ever earlier. The question comes one probe timeout before the verdict. */
  #setDeadline(env: HearsayEnv, slot: number, suspicion: Suspicion): void {
    const lengthMs = suspicionMs(this.#options, this.roster.live, suspicion.news.accusers);
    const deadlineMs = Math.max(env.now, suspicion.sinceMs + lengthMs);
    if (deadlineMs >= suspicion.deadlineMs) return;
    suspicion.deadlineMs = deadlineMs;
    const leftMs = deadlineMs - env.now;
    env.after(leftMs, Timer.Verdict, slot);
    if (!this.config.lastQuestion || suspicion.asked) return;
    env.after(Math.max(0, leftMs - this.config.probeTimeoutMs), Timer.Question, slot);
  }

  #spread(env: HearsayEnv, slot: number, news: News): void {
    this.#hot.push(slot, news, newsBytes(news));
    if (this.#gossiping) return;
    this.#gossiping = true;
    // The first round of fresh news comes at once, but never sooner than one interval after the
    // round before: what arrives together travels together.
    const waitMs = Math.max(0, this.#gossipAtMs - env.now);
    env.after(
      waitMs + env.random.float() * this.config.gossipIntervalMs * FIRST_ROUND,
      Timer.Gossip,
    );
  }

  /** The gossip timer ran; the next one may come an interval later. */
  gossiped(env: HearsayEnv): void {
    this.gossipTicks++;
    this.#gossipAtMs = env.now + this.config.gossipIntervalMs;
  }

  #transmitLimit(): number {
    let digits = 0; // ⌈log10(N + 1)⌉
    for (let power = 1; power < this.roster.live + 1; power *= 10) digits++;
    return this.config.transmitLambda * digits;
  }

  #tell(
    env: HearsayEnv,
    news: News,
    before: { readonly fact: Fact; readonly status: Status } | undefined,
    hearing: Hearing,
    path: ProbePath | undefined,
  ): void {
    const { fact, status, accusers } = news;
    const member = this.#snapshot(fact, status);
    const lived =
      before !== undefined && (before.status === 'alive' || before.status === 'suspect');
    const lives = status === 'alive' || status === 'suspect';
    if (lives && !lived) this.#tellArrival(env, member, before);
    else if (lives && before !== undefined) this.#tellUpdate(env, member, before);
    if (status === 'suspect') {
      env.emit({ type: 'member-suspected', member, accusers, path, again: false });
    }
    if (lives || !(lived || (status !== 'dead' && before !== undefined))) return;
    if (status === 'dead') {
      env.emit({ type: 'member-failed', member, accusers, own: hearing.from === env.self });
    } else {
      env.emit({ type: status === 'left' ? 'member-left' : 'member-evicted', member });
    }
    if (lived && this.roster.live <= 1) env.emit({ type: 'isolated' });
  }

  #tellArrival(
    env: HearsayEnv,
    member: Member,
    before: { readonly fact: Fact; readonly status: Status } | undefined,
  ): void {
    env.save(encodeNeighbour(member.address));
    if (before === undefined) {
      env.emit({ type: 'member-joined', member });
    } else {
      const was = this.#snapshot(before.fact, before.status);
      env.emit({ type: 'member-rejoined', member, before: was });
    }
  }

  #tellUpdate(
    env: HearsayEnv,
    member: Member,
    before: { readonly fact: Fact; readonly status: Status },
  ): void {
    const was = this.#snapshot(before.fact, before.status);
    if (was.nodeId !== member.nodeId) {
      env.emit({ type: 'member-rejoined', member, before: was });
      return;
    }
    if (was.status === 'suspect' && member.status === 'alive') {
      env.emit({ type: 'member-refuted', member, before: was });
    }
    const same =
      was.peer === member.peer &&
      was.streams === member.streams &&
      equalTags(was.tags, member.tags);
    if (!same) env.emit({ type: 'member-updated', member, before: was });
  }

  /** Accusations are outranked; a later life of this name is a conflict. */
  #hearOfSelf(env: HearsayEnv, news: News): boolean {
    const own = this.self.fact;
    const { fact, status } = news;
    if (fact.nodeId !== own.nodeId) return this.#hearOfRival(env, news);
    if (this.self.news.status === 'left') return false;
    if (status === 'evicted') {
      mark('evicted');
      env.emit({ type: 'member-evicted', member: this.#snapshot(own, 'evicted') });
      env.stop('evicted');
      return true;
    }
    if (status !== 'suspect' && status !== 'dead') return false;
    this.#accused = true;
    if (fact.start < own.start || fact.counter < own.counter) return false; // Refuted before.
    mark('refutation');
    this.health.change(1);
    this.self.refute(fact.counter, this.#streamsAfter(news.accusers));
    this.self.save(env, false);
    this.announce(env);
    return true;
  }

  /** An accusation by refusal shows that the port is closed to some. */
  #streamsAfter(accusers: readonly Accusation[]): Streams {
    const refused = accusers.some(({ met }) => met === 'refused');
    return refused ? 'no' : this.self.fact.streams;
  }

  #hearOfRival(env: HearsayEnv, news: News): boolean {
    const own = this.self.fact;
    const { fact, status } = news;
    if (compareLives(fact, own) < 0) {
      // A past life of this node. Whoever still tells of it should hear of this one.
      this.#accused = this.roster.slotOfFact(own) >= 0;
      return false;
    }
    const ended = status !== 'alive' && status !== 'suspect';
    const yields =
      !ended && (own.born !== fact.born ? own.born > fact.born : own.nodeId > fact.nodeId);
    mark(yields ? 'conflict-yield' : 'conflict-raise');
    if (!ended) env.emit({ type: 'name-conflict', name: own.name, yields });
    if (yields) {
      env.stop('name-taken');
      return true;
    }
    this.self.raiseAbove(fact.start);
    this.self.save(env, true);
    this.announce(env);
    return true;
  }

  #snapshot(fact: Fact, status: Status): Member {
    const { name, nodeId, peer, tags, streams, start, counter } = fact;
    const address = this.#shared.book.addressOf(peer);
    return { name, address, nodeId, peer, status, tags, streams, start, counter };
  }
}

export interface Suspicion {
  news: News;
  readonly sinceMs: number;
  deadlineMs: number;
  /** Whether the accused has been asked the last question. */
  asked: boolean;
}

const NO_NEWS: readonly News[] = [];
/** Hosts close a stream that has been idle for so long. */
const STREAM_IDLE_MS = 60_000;
/** Lifeguard's S. */
const HEALTH_SCORE_MAX = 8;
/** Three accusers by refusal shorten a suspicion, however small K is. */
const HARD_ACCUSERS_KEPT = 3;
/** Fresh news waits up to a tenth of the interval, to travel with what arrives right after it. */
const FIRST_ROUND = 0.1;
