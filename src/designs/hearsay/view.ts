/**
 * What one node believes of all members.
 *
 * All news enters through `hear`, whoever tells it and by whatever path; each change of belief
 * becomes events, hot news, and a route kept or forgotten. News of this node itself is not
 * believed but answered.
 */
import { LocalHealth } from '../../blocks/failure/index.ts';
import {
  compareNews,
  equalTags,
  NO_ACCUSERS,
  Roster,
  uniteAccusations,
  type Accusation,
  type Fact,
  type News,
  type Tags,
} from '../../blocks/membership/index.ts';
import { broken, mark, type Address } from '../../core/index.ts';
import type { NodeId, Peer, Status } from '../../core/index.ts';
import { isStreamed } from '../../wire/index.ts';
import { listBytes, MESSAGE_BYTES } from './codec.ts';
import { Certificates } from './certificates.ts';
import { eventsOf, isLive, snapshot } from './changes.ts';
import type { HearsayConfig } from './config.ts';
import { countEvent, Tally } from './counts.ts';
import { doubtOf } from './doubt.ts';
import type { Member, ProbePath } from './events.ts';
import { FormerLives } from './former-lives.ts';
import type { Hearing } from './hearing.ts';
import { inLightOf } from './hindsight.ts';
import { Horizon } from './horizon.ts';
import { HotNews } from './hot-news.ts';
import type { PacketMessage } from './messages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { answerNewsOfSelf } from './rebuttal.ts';
import { encodeNeighbour, NEIGHBOURS_MAX } from './saved.ts';
import type { Self } from './self.ts';
import type { HearsayShared, Tuning } from './shared.ts';
import { Suspicions } from './suspicions.ts';

/** What is more than membership, and is told of it: see `Part`. */
export interface Watcher {
  readonly isBusy: boolean;
  joined(env: HearsayEnv): void;
  forgetAll(env: HearsayEnv): void;
  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void;
  exchange(env: HearsayEnv, to: Peer, isNewcomer: boolean): void;
}

/** The packets that have room for news. */
type PacketType = Extract<PacketMessage, { readonly news: readonly News[] }>['type'];

export class View {
  readonly config: Tuning;
  readonly self: Self;
  readonly roster: Roster;
  readonly health: LocalHealth;
  readonly hot: HotNews;
  readonly horizon = new Horizon();
  readonly suspicions: Suspicions;
  /** Certificates dropped so far, since they were too old or too many. */
  expired = 0;
  readonly #shared: HearsayShared;
  readonly #certificates: Certificates;
  readonly #heard: (News | undefined)[] = Array.from({ length: HEARD_MASK + 1 });
  #selfSlot = -1;
  #accused = 0;
  #former: FormerLives | undefined;
  #notKept = 0;
  #doubts = 0;
  /** Counts messages from anyone. */
  heard = 0;
  /** Counts machines that have said that nobody is there; a firewall may say so, too. */
  refusals = 0;
  /** Undefined where the node is but a member. */
  watcher: Watcher | undefined;
  /** Of lives that have more than their facts carry. */
  #largeTags: Map<NodeId, Tags> | undefined;
  #tally: Tally | undefined;
  /** Someone's own life, refused since it claims to begin too far from now: his clock is wrong. */
  untimely: Fact | undefined;

  constructor(config: HearsayConfig, shared: HearsayShared, self: Self) {
    this.config = shared.tuningOf(config);
    this.self = self;
    this.#shared = shared;
    this.roster = new Roster(shared.registry);
    this.health = new LocalHealth(config.localHealth ? HEALTH_SCORE_MAX : 0);
    this.hot = new HotNews(this.config);
    this.suspicions = new Suspicions(this.config, this.roster, shared.registry);
    this.#certificates = new Certificates(this.config);
  }

  /** −1 until this node has announced itself. */
  get selfSlot(): number {
    return this.#selfSlot;
  }

  get certificates(): number {
    return this.#certificates.size;
  }

  /** What happens seldom, counted. */
  get tally(): Tally {
    return (this.#tally ??= new Tally());
  }

  /** Names not believed, since the address book was full. */
  get notKept(): number {
    return this.#notKept;
  }

  /** Puts the node's own facts, changed or new, into the view and tells them. */
  announce(env: HearsayEnv): void {
    const { streams } = this.self.fact;
    const before = this.roster.fact(this.#selfSlot)?.streams;
    if (streams !== before && (streams === 'no' || before === 'no')) {
      const blocked = streams === 'no';
      env.emit({ type: 'streams-blocked', blocked, direction: 'in' });
    }
    this.#selfSlot = this.roster.set(this.self.fact, this.self.news.status);
    this.self.intern(this.roster.fact(this.#selfSlot) as Fact);
    this.hot.push(env, this.#selfSlot, this.self.news);
  }

  /** Knows these members as a full exchange would have told them, with nothing left to tell. */
  know(env: HearsayEnv, facts: Iterable<Fact>): void {
    for (const fact of facts) {
      if (fact.name === this.self.name || this.roster.slotOfFact(fact) >= 0) continue;
      if (env.keep(fact.peer)) this.roster.set(fact, 'alive');
    }
    this.hot.clear();
  }

  /**
   * Drops all that this node knew, without a word: it was away for so long that others have
   * forgotten who is dead. Returns where live members were.
   */
  forgetAll(env: HearsayEnv): Address[] {
    const addresses: Address[] = [];
    for (const slot of this.roster.slots()) {
      const { peer } = this.roster.fact(slot) as Fact;
      const isOther = slot !== this.#selfSlot;
      if (isOther && this.roster.isLive(slot)) addresses.push(this.#shared.book.addressOf(peer));
      this.suspicions.end(slot);
      this.roster.delete(slot);
      if (isOther) env.forget(peer);
    }
    this.#selfSlot = -1;
    this.#certificates.clear();
    this.#former = undefined;
    this.hot.clear();
    this.#heard.fill(undefined);
    this.#noteAccused();
    return addresses;
  }

  /** Takes in a list of news; true if any of it accuses this node. */
  hearAll(env: HearsayEnv, list: readonly News[], hearing: Hearing): boolean {
    let accused = false;
    for (const news of list) {
      // By far the most is heard again and again. The same news twice changes nothing, so the last
      // of each few slots is known by reference, before the large arrays are touched.
      const place = news.fact.slot & HEARD_MASK;
      if (this.#heard[place] === news) continue;
      if (!this.accepts(env, news.fact, hearing.from)) {
        if (news.fact.peer === hearing.from) this.untimely = news.fact;
        continue;
      }
      if (this.#isSelf(news.fact)) {
        if (answerNewsOfSelf(env, news, this, this.#shared.book)) accused = true;
      } else {
        const open = this.#notKept + this.#doubts;
        this.hear(env, news, hearing);
        // Else it may be kept, or come from somebody who is not doubted, next time.
        if (this.#notKept + this.#doubts === open) this.#heard[place] = news;
      }
    }
    return accused;
  }

  /** Whether this life may have begun when it says; if not, it is as if not heard. */
  accepts(env: HearsayEnv, fact: Pick<Fact, 'name' | 'start'>, from: Peer): boolean {
    return this.horizon.accepts(env, fact, from, this.#shared.book);
  }

  /** Takes in one piece of news about another member. */
  hear(env: HearsayEnv, told: News, hearing: Hearing): void {
    const slot = this.#shared.registry.slotOfFact(told.fact);
    const known = slot < 0 ? undefined : this.roster.fact(slot);
    const isTold = told.status === 'dead' && hearing.from !== env.self;
    const news = isTold && slot >= 0 ? this.#doubted(env, slot, told, hearing) : told;
    const { fact, status } = news;
    if (known === undefined) {
      // Nobody need remember the long dead.
      if (news.ageMs <= this.config.certificateMs) this.#believe(env, -1, news, hearing);
      return;
    }
    const before = this.roster.status(slot);
    if (known === fact && before === status && status !== 'suspect') {
      if (news.ageMs > 0) this.#certificates.age(slot, env.now - news.ageMs);
      return; // By far the most.
    }
    const order = compareNews(fact, status, known, before);
    if (order > 0) this.#believe(env, slot, inLightOf(known, before, news), hearing);
    else if (order === 0 && status === 'suspect') this.#confirm(env, slot, news, hearing.path);
    else if (order === 0) this.#certificates.age(slot, env.now - news.ageMs);
  }

  /** This node itself accuses a live member. */
  accuse(env: HearsayEnv, slot: number, by: readonly Accusation[], path: ProbePath): void {
    const fact = this.roster.fact(slot);
    if (fact === undefined || !this.roster.isLive(slot)) return;
    const accusers = uniteAccusations(NO_ACCUSERS, by, by.length);
    if (fact.streams !== 'yes' && by.some(({ met }) => met === 'refused')) {
      broken('accused by refusal, though its port is not known to be open');
    }
    const news = this.#intern({ fact, status: 'suspect', accusers, ageMs: 0 });
    this.hear(env, news, { from: env.self, spread: true, path });
  }

  /** A suspicion of this node's own timer has run out. */
  declareDead(env: HearsayEnv, slot: number): void {
    const suspicion = this.suspicions.get(slot);
    if (suspicion === undefined) return;
    const news = this.#intern({ ...suspicion.news, status: 'dead', ageMs: 0 });
    this.hear(env, news, { from: env.self, spread: true });
  }

  /** An operator removes another member for good. */
  evict(env: HearsayEnv, slot: number): void {
    const fact = this.roster.fact(slot);
    if (fact === undefined) return;
    const news: News = { fact, status: 'evicted', accusers: NO_ACCUSERS, ageMs: 0 };
    this.hear(env, news, { from: env.self, spread: true });
  }

  /** What this node would tell of a member now. */
  newsOf(slot: number, now: number): News | undefined {
    const fact = this.roster.fact(slot);
    if (fact === undefined) return undefined;
    if (slot === this.#selfSlot) return this.self.news;
    const status = this.roster.status(slot);
    if (status === 'suspect') return this.suspicions.get(slot)?.news;
    return { fact, status, accusers: NO_ACCUSERS, ageMs: this.#certificates.ageMs(slot, now) };
  }

  /** Everything this node knows, as it would tell it now. */
  *everything(now: number): Generator<News> {
    for (const slot of this.roster.slots()) {
      const news = this.newsOf(slot, now);
      if (news !== undefined) yield news;
    }
  }

  /** Those thought dead, not those who left. */
  *dead(): Generator<Fact> {
    for (const slot of this.#certificates.slots()) {
      const fact = this.roster.fact(slot);
      if (fact !== undefined && this.roster.status(slot) === 'dead') yield fact;
    }
  }

  /** Hot news for a packet of this type, to so many members; the urgent goes first. */
  tell(type: PacketType, times = 1, urgent: readonly News[] = NO_NEWS): readonly News[] {
    if (!this.hot.isAwake) return urgent; // Mostly; so look no further.
    return this.hot.take(this.#room(type), this.roster.live, times, urgent);
  }

  /** Whether a packet of this type can carry all of this. */
  fits(type: PacketType, list: readonly News[]): boolean {
    return listBytes(list) <= this.#room(type);
  }

  /** Drops certificates that are too old, and the first ones of too many. */
  sweep(env: HearsayEnv): void {
    for (const slot of this.#certificates.expired(env.now)) {
      mark('certificate-expired');
      this.expired++;
      const fact = this.roster.fact(slot);
      const member = this.watcher && this.member(slot);
      this.#certificates.delete(slot);
      this.hot.drop(slot);
      this.roster.delete(slot);
      if (fact !== undefined) env.forget(fact.peer);
      this.watcher?.memberChanged(env, member, undefined);
      this.#heard.fill(undefined); // The same news is news again.
    }
    this.#noteAccused();
  }

  member(slot: number): Member | undefined {
    const fact = this.roster.fact(slot);
    if (fact === undefined) return undefined;
    return this.#snapshot(fact, this.roster.status(slot));
  }

  /**
   * Whether the member behind a route may be thought suspect, dead or evicted: a bit of a few, set
   * for all of these. Mostly it is clear, and no larger table need be looked into.
   */
  mayAccuse(peer: Peer): boolean {
    return ((this.#accused >>> (peer & ACCUSED_MASK)) & 1) === 1;
  }

  /**
   * The slot of the member behind a route; also of one that lives on there, though another life of
   * its name is believed in. −1: nobody is known there.
   */
  slotBehind(peer: Peer): number {
    const slot = this.roster.slotOfPeer(peer);
    return slot >= 0 ? slot : (this.#former?.slotOf(peer) ?? -1);
  }

  /** Whether that is a life that another one of its name has replaced. */
  isReplaced(slot: number, peer: Peer): boolean {
    return this.#former?.has(slot, peer) === true;
  }

  /** Whether TCP alone reaches whoever lives there. */
  isStreamed(peer: Peer): boolean {
    return isStreamed(this.#shared.book.addressOf(peer));
  }

  memberOfSelf(): Member {
    return this.#snapshot(this.self.fact, this.self.news.status);
  }

  /** All tags of a member; its fact may carry but a part. */
  tagsOf({ nodeId, tags }: Fact): Tags {
    return this.#largeTags?.get(nodeId) ?? tags;
  }

  /** A life has more tags than its fact carries, or other ones; undefined: no more than that. */
  retag(env: HearsayEnv, nodeId: NodeId, name: string, tags: Tags | undefined): void {
    const slot = this.roster.slot(name);
    const before = this.member(slot);
    if (tags === undefined) this.#largeTags?.delete(nodeId);
    else (this.#largeTags ??= new Map()).set(nodeId, tags);
    const member = this.member(slot);
    if (slot === this.#selfSlot || before === undefined || member?.nodeId !== nodeId) return;
    if (!isLive(member.status) || equalTags(before.tags, member.tags)) return;
    env.emit({ type: 'member-updated', member, before });
    this.watcher?.memberChanged(env, before, member);
  }

  #snapshot(fact: Fact, status: Status): Member {
    return snapshot(fact, status, this.#shared.book, this.tagsOf(fact));
  }

  #noteAccused(): void {
    this.#accused = 0;
    for (const peer of this.#former?.routes() ?? []) this.#noteRoute(peer);
    for (const slots of [this.suspicions.slots(), this.#certificates.slots()]) {
      for (const slot of slots) {
        const peer = this.roster.fact(slot)?.peer;
        if (peer !== undefined) this.#noteRoute(peer);
      }
    }
  }

  #noteRoute(peer: Peer): void {
    this.#accused |= 1 << (peer & ACCUSED_MASK);
  }

  /** The one place where a belief about another member changes. */
  #believe(env: HearsayEnv, slotBefore: number, heard: News, hearing: Hearing): void {
    const news = this.suspicions.bounded(this.#disowned(heard));
    const { fact, status, accusers } = news;
    const known = this.roster.fact(slotBefore);
    const before = this.member(slotBefore);
    if (known?.peer !== fact.peer) {
      if (!env.keep(fact.peer)) {
        mark('book-full');
        this.#notKept++; // The book is full: as if not heard.
        return;
      }
      if (known !== undefined) {
        env.forget(known.peer);
        if (known.nodeId !== fact.nodeId) {
          (this.#former ??= new FormerLives()).add(slotBefore, known.peer);
          this.#noteRoute(known.peer);
        }
      }
    }
    const slot = this.roster.set(fact, status);
    const suspectedAt = this.suspicions.get(slot)?.sinceMs;
    this.suspicions.end(slot);
    this.#certificates.delete(slot);
    if (status === 'suspect') this.suspicions.begin(env, slot, news);
    else if (status !== 'alive') this.#certificates.set(slot, env.now - news.ageMs);
    if (status !== 'alive') this.#noteRoute(fact.peer);
    else if (before !== undefined && before.status !== 'alive') this.#noteAccused();
    if (hearing.spread) this.hot.push(env, slot, news);
    else this.hot.drop(slot);
    const after = this.#snapshot(fact, status);
    const lived = before !== undefined && isLive(before.status);
    if (isLive(status) && !(lived && before.address === after.address)) {
      this.#remember(env, after.address);
    }
    this.watcher?.memberChanged(env, before, after);
    const { from, path } = hearing;
    const afterMs = suspectedAt === undefined ? 0 : env.now - suspectedAt;
    const own = from === env.self;
    for (const event of eventsOf({ before, after, accusers, path, own, afterMs })) {
      countEvent(this.tally, event);
      env.emit(event);
    }
    if (lived && this.roster.live === 1) env.emit({ type: 'isolated' });
  }

  /** A fair sample of a large cluster: else every node would write down every other. */
  #remember(env: HearsayEnv, address: Address): void {
    const { live } = this.roster;
    if (live > NEIGHBOURS_MAX && env.random.below(live) >= NEIGHBOURS_MAX) return;
    env.save(encodeNeighbour(address));
  }

  #intern(news: News): News {
    return this.#shared.registry.internNews(news);
  }

  #room(type: PacketType): number {
    return this.config.packetBytesMax - MESSAGE_BYTES[type];
  }

  #isSelf(fact: Fact): boolean {
    const slot = this.#selfSlot;
    if (slot >= 0 && fact.slot >= 0) return this.#shared.registry.slotOfFact(fact) === slot;
    return fact.name === this.self.name;
  }

  /**
   * Somebody else's name on this node's own life: nobody lives there under that name, and only
   * this node can know. Its pings would be answered here, so it would never be found dead.
   */
  #disowned(news: News): News {
    const { fact, status } = news;
    if (fact.nodeId !== this.self.fact.nodeId || status === 'left' || status === 'evicted') {
      return news;
    }
    mark('disowned');
    return { fact, status: 'left', accusers: NO_ACCUSERS, ageMs: 0 };
  }

  #doubted(env: HearsayEnv, slot: number, news: News, hearing: Hearing): News {
    const accusers = doubtOf(env, slot, news, hearing, this);
    if (accusers === undefined) return news;
    this.#doubts++;
    return this.#intern({ fact: news.fact, status: 'suspect', accusers, ageMs: 0 });
  }

  /** More accusers of a member already suspected here. */
  #confirm(env: HearsayEnv, slot: number, heard: News, path: ProbePath | undefined): void {
    const news = this.suspicions.confirm(env, slot, heard);
    if (news === undefined) return;
    this.tally.confirmed++;
    this.hot.push(env, slot, news);
    const member = this.#snapshot(news.fact, 'suspect');
    const { accusers } = news;
    env.emit({ type: 'member-suspected', member, accusers, path, again: true });
  }
}

const NO_NEWS: readonly News[] = [];
/** Places, less one, for news heard lately: two cache lines. */
const HEARD_MASK = 15;
/** Bits, less one, of the summary of who is accused. */
const ACCUSED_MASK = 31;
/** Lifeguard's S. */
export const HEALTH_SCORE_MAX = 8;
