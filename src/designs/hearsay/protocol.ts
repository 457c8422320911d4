/**
 * The flagship: SWIM and Lifeguard, refusals as evidence, lives, full exchange.
 *
 * This file only receives: what each part does is in the file named after it.
 */
import type { Fact, News, Tags } from '../../blocks/membership/index.ts';
import { NOBODY, UsageError, type LogRecord, type MemberView } from '../../core/index.ts';
import type {
  Address,
  HeldEntry,
  Holding,
  Membership,
  Peer,
  Protocol,
  Why,
} from '../../core/index.ts';
import { Absence } from './absence.ts';
import { Admissions } from './admission.ts';
import { Answers } from './answers.ts';
import { checkTags, type HearsayConfig } from './config.ts';
import { Contact } from './contact.ts';
import { countsOf, type HearsayCounts } from './counts.ts';
import { Course, SWEEP_MS } from './course.ts';
import type { HearsayEvent, Member } from './events.ts';
import { Exchange } from './exchange.ts';
import { Joining } from './joining.ts';
import type { HearsayMessage } from './messages.ts';
import { ProbeRecords, type ProbeRecord } from './probe-records.ts';
import { Prober } from './prober.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { Reconnect } from './reconnect.ts';
import { Relays } from './relays.ts';
import { holdingsOf, loadOf, type Holders, type Load } from './load.ts';
import type { Data } from './data/data.ts';
import { Parts } from './parts.ts';
import type { Queries } from './queries/queries.ts';
import { Remembered } from './remembered.ts';
import { isOfPart, loadSaved, type Saved } from './saved.ts';
import { Self } from './self.ts';
import type { HearsayShared } from './shared.ts';
import { travelling, travelWhole } from './tags.ts';
import { Timer } from './timers.ts';
import type { Topics } from './topics/topics.ts';
import { Verdicts } from './verdicts.ts';
import { View } from './view.ts';

export class HearsayProtocol implements Protocol<HearsayMessage, HearsayEvent>, Membership {
  // What every event touches comes first, to share a cache line; and as small integers.
  readonly #view: View;
  readonly #prober: Prober;
  readonly #absence: Absence;
  /** The route to this node when last seen. */
  #route: Peer = NOBODY;
  readonly #course: Course;
  readonly #contact: Contact;
  readonly #relays: Relays;
  readonly #answers: Answers;
  readonly #self: Self;
  readonly #config: HearsayConfig;
  readonly #saved: Saved;
  readonly #verdicts: Verdicts;
  readonly #exchange: Exchange;
  readonly #joining: Joining;
  readonly #admissions: Admissions;
  readonly #reconnect: Reconnect;
  readonly #remembered: Remembered;
  readonly #shared: HearsayShared;
  /** Undefined as long as this node is but a member. */
  #parts: Parts | undefined;
  /** What parts of an earlier life have saved; read when this one starts. */
  #ofParts: readonly LogRecord[] | undefined;

  constructor(config: HearsayConfig, shared: HearsayShared, saved: Iterable<LogRecord> = []) {
    this.#config = config;
    this.#shared = shared;
    const records = [...saved];
    this.#saved = loadSaved(records);
    const ofParts = records.filter(isOfPart);
    if (ofParts.length > 0) this.#ofParts = ofParts;
    this.#self = new Self(config, shared);
    this.#view = new View(config, shared, this.#self);
    this.#contact = new Contact(this.#view);
    this.#answers = new Answers(this.#view, this.#contact);
    this.#relays = new Relays(this.#view, this.#contact);
    this.#prober = new Prober(this.#view, this.#contact, this.#relays);
    this.#absence = new Absence(this.#view);
    this.#verdicts = new Verdicts(this.#view, this.#contact);
    this.#exchange = new Exchange(this.#view, this.#contact);
    this.#joining = new Joining(this.#view, this.#contact, shared);
    this.#admissions = new Admissions(this.#view, this.#contact, shared, this.#exchange);
    this.#reconnect = new Reconnect(this.#view, shared, this.#joining, this.#exchange);
    this.#remembered = new Remembered(this.#view, this.#joining, shared.book, this.#saved);
    this.#course = new Course({
      view: this.#view,
      absence: this.#absence,
      prober: this.#prober,
      exchange: this.#exchange,
      joining: this.#joining,
      reconnect: this.#reconnect,
      remembered: this.#remembered,
    });
  }

  // What can happen.

  start(env: HearsayEnv): void {
    this.#absence.begin(env);
    this.#route = env.self;
    this.#self.begin(env, this.#saved.start);
    this.#joining.addSeeds(env, this.#config.seeds);
    this.#remembered.begin(env);
    this.#beginParts(env);
    this.#tellTags(env, this.#config.tags);
    this.#course.tryJoin(env, 0);
  }

  receive(env: HearsayEnv, from: Peer, message: HearsayMessage): void {
    // What waited in the kernel meanwhile is as old as what this node knows.
    if (this.#absence.noticed(env) > 0) return;
    this.#view.heard++;
    switch (message.type) {
      case 'ping':
      case 'probe': {
        const accused = this.#hear(env, from, message.news);
        this.#answers.acknowledge(env, from, message, accused);
        return;
      }
      case 'ack':
        this.#answers.defend(env, from, this.#hear(env, from, message.news));
        this.#acknowledged(env, from, message.seq);
        return;
      case 'ping-request':
        this.#answers.defend(env, from, this.#hear(env, from, message.news));
        this.#relays.request(env, from, message);
        return;
      case 'nack':
        this.#answers.defend(env, from, this.#hear(env, from, message.news));
        this.#prober.nacked(env, from, message);
        return;
      case 'gossip':
        this.#answers.defend(env, from, this.#hear(env, from, message.news));
        return;
      case 'join':
        this.#contact.reachedByStream(env, from); // A newcomer dials.
        this.#admissions.asked(env, from, message);
        return;
      case 'admit':
        if (this.#joining.isMisled(env, from, message)) this.#course.leaveFalseTime(env);
        this.#joining.admitted(env, from, message);
        if (this.#joining.done) this.#admissions.answerTime(env, from, message.wallMs);
        return;
      case 'sync':
        this.#joining.approached(env, from);
        this.#exchange.asked(env, from, message);
        return;
      case 'page': {
        const spread = this.#joining.done;
        this.#answers.defend(env, from, this.#exchange.page(env, from, message, spread));
        if (message.last && this.#joining.toldAll(from)) this.#course.join(env, from);
        this.#admissions.tellTime(env, from);
        return;
      }
      case 'data-gossip':
      case 'data-compare':
      case 'data-agree':
      case 'data-page':
      case 'data-symbols':
      case 'data-ask':
      case 'data-ahead':
      case 'data-word':
      case 'query':
      case 'query-receipt':
      case 'query-answer':
      case 'topic-link':
      case 'topic-flow':
      case 'topic-page':
      case 'topic-digest':
      case 'topic-want':
      case 'topic-doubt':
      case 'topic-word':
      case 'want':
      case 'chunk':
      case 'lack':
        return this.#needParts().receive(env, from, message);
    }
  }

  wake(env: HearsayEnv, timer: number, arg: number): void {
    const sleptMs = this.#absence.noticed(env); // Hosts deliver before that what has arrived.
    if (sleptMs > 0) this.#course.joinAnew(env, sleptMs);
    switch (timer) {
      case Timer.Period:
        this.#notice(env);
        return this.#prober.period(env);
      case Timer.Indirect:
        return this.#prober.indirect(env, arg);
      case Timer.Refused:
        return this.#prober.refused(env, arg);
      case Timer.Stream:
        return this.#prober.stream(env, arg);
      case Timer.Nack:
        return this.#relays.nack(env, arg);
      case Timer.RelayEnd:
        return this.#relays.end(env, arg);
      case Timer.Gossip:
        return this.#gossip(env);
      case Timer.Question:
        return this.#verdicts.question(env, arg);
      case Timer.Verdict:
        return this.#verdicts.verdict(env, arg);
      case Timer.Exchange:
        this.#exchange.beginWithAnyone(env);
        env.after(this.#config.exchangeIntervalMs, Timer.Exchange);
        return;
      case Timer.Settle:
        return this.#course.settle(env, arg);
      case Timer.Reconnect:
        return this.#reconnect.tick(env);
      case Timer.Join:
        if (this.#joining.isDue(env.now)) this.#course.tryJoin(env, arg);
        return;
      case Timer.Admit:
        return this.#admissions.timeout(env, arg);
      case Timer.Sweep:
        this.#view.sweep(env);
        this.#parts?.sweep(env);
        this.#remembered.stamp(env);
        env.after(SWEEP_MS, Timer.Sweep);
        return;
      case Timer.Depart:
        return this.#course.depart(env);
      default:
        this.#parts?.wake(env, timer, arg);
    }
  }

  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): void {
    if (why === 'refused' || why === 'gone') this.#view.refusals++;
    this.#parts?.unreachable(env, peer, token, why);
    if (token === 0) {
      this.#prober.unreachable(env, peer, token, why);
      this.#admissions.unreachable(env, peer, token, why);
      if (why === 'gone' && this.#joining.done) this.#reconnect.gone(env, peer);
      return;
    }
    if (this.#prober.unreachable(env, peer, token, why)) return;
    if (this.#admissions.unreachable(env, peer, token, why)) return;
    this.#joining.unreachable(env, token, why);
  }

  *snapshot(): Generator<LogRecord> {
    yield* this.#remembered.snapshot();
    yield* this.#ofParts ?? [];
    if (this.#parts !== undefined) yield* this.#parts.snapshot();
  }

  // Commands.

  /** Tells the others and stops, when that is spread or after 2 s. */
  leave(env: HearsayEnv): void {
    this.#course.leave(env);
  }

  /** @throws UsageError TAGS_TOO_LARGE or BAD_OPTION */
  setTags(env: HearsayEnv, tags: Tags): void {
    checkTags(tags);
    if (this.#course.isLeaving)
      throw new UsageError('NOT_RUNNING', 'setTags: this node is leaving');
    this.#tellTags(env, tags);
    this.#self.change({ tags: travelling(tags) });
    this.#self.save(env);
    if (this.#view.selfSlot >= 0) this.#view.announce(env);
  }

  /** Adds seeds and asks them now. */
  join(env: HearsayEnv, seeds: readonly Address[]): void {
    this.#course.addSeeds(env, seeds);
  }

  /** Seeds are elsewhere than they were: replaces them all, and tries the new ones at once. */
  reseed(env: HearsayEnv, seeds: readonly Address[]): void {
    this.#course.reseed(env, seeds);
  }

  /** Others reach this node at another address now, which `env.self` names: tells them. */
  readdress(env: HearsayEnv): void {
    this.#course.readdress(env);
  }

  /** Questions to many members at once. */
  get queries(): Queries {
    return this.#needParts().queries;
  }

  /** Own state and the shared map. */
  get data(): Data {
    return this.#needParts().data;
  }

  /** Events. */
  get topics(): Topics {
    return this.#needParts().topics;
  }

  /** Removes another member for good: it stops when it hears of it. False: no such member. */
  evict(env: HearsayEnv, name: string): boolean {
    const slot = this.#view.roster.slot(name);
    const fact = this.#view.roster.fact(slot);
    if (fact === undefined || slot === this.#view.selfSlot) return false;
    this.#view.evict(env, slot);
    env.send(fact.peer, { type: 'gossip', news: this.#contact.urgentFor(env, fact.peer) });
    return true;
  }

  /** For experiments that start converged: these live, and nobody needs to be told. */
  know(env: HearsayEnv, facts: Iterable<Fact>): void {
    this.#view.know(env, facts);
  }

  /** It will never run again: the names and facts it holds are free for others. */
  bury(): void {
    const { roster } = this.#view;
    for (const slot of roster.slots()) roster.delete(slot);
  }

  // What it knows.

  get fact(): Fact {
    return this.#self.fact;
  }

  get self(): Member {
    return this.#view.memberOfSelf();
  }

  member(name: string): Member | undefined {
    return this.#view.member(this.#view.roster.slot(name));
  }

  *all(): Generator<Member> {
    for (const slot of this.#view.roster.slots()) {
      const member = this.#view.member(slot);
      if (member !== undefined) yield member;
    }
  }

  *members(): Generator<MemberView> {
    const { roster } = this.#view;
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact === undefined) continue;
      const { name, peer, start, counter } = fact;
      yield { name, peer, start, counter, status: roster.status(slot) };
    }
  }

  checksum(): number {
    return this.#view.roster.checksum;
  }

  /** How often it has forgotten a certificate's member, or all others to begin anew. */
  get forgettings(): number {
    return this.#course.renewals + this.#view.expired;
  }

  /** Members alive or suspect, this node included. */
  get live(): number {
    return this.#view.roster.live;
  }

  /** Lifeguard's local health score: 0 is well, 8 the worst. */
  get health(): number {
    return this.#view.health.score;
  }

  /** What this life has done and heard so far. */
  get counts(): HearsayCounts {
    const exchanges = this.#exchange.counts;
    return countsOf(this.#view.tally, {
      probes: this.#prober.counts,
      relays: this.#relays.counts,
      exchanges,
    });
  }

  /** From now on `probeOf` knows; simulations of thousands of nodes do without. */
  recordProbes(): void {
    this.#prober.record(new ProbeRecords());
  }

  /** How this node last probed a member, in the member's present life. */
  probeOf(name: string): ProbeRecord | undefined {
    const slot = this.#view.roster.slot(name);
    const fact = this.#view.roster.fact(slot);
    return fact && this.#prober.recordOf(slot, fact.peer);
  }

  get load(): Load {
    return loadOf(this.#holders());
  }

  holdings(): Holding[] {
    return holdingsOf(this.#holders());
  }

  heldData(): Iterable<HeldEntry> {
    return this.#parts?.held() ?? [];
  }

  /** Times the gossip timer ran. */
  get gossipTicks(): number {
    return this.#view.hot.rounds;
  }

  // Parts too small for a file.

  #holders(): Holders {
    return {
      view: this.#view,
      contact: this.#contact,
      relays: this.#relays,
      admissions: this.#admissions,
      exchange: this.#exchange,
      parts: this.#parts,
    };
  }

  /** Those that do not travel with the fact are own state. */
  #tellTags(env: HearsayEnv, tags: Tags): void {
    if (this.#parts !== undefined || !travelWhole(tags)) this.data.setTags(env, tags);
  }

  /**
   * What no gap between events shows: a suspended machine, one that is cut off from all, and one
   * that others reach elsewhere.
   */
  #notice(env: HearsayEnv): void {
    const awayMs = this.#absence.compared(env);
    if (awayMs > 0) this.#course.joinAnew(env, awayMs);
    if (env.self === this.#route) return;
    this.#route = env.self;
    this.#course.readdress(env);
  }

  #hear(env: HearsayEnv, from: Peer, news: readonly News[]): boolean {
    return news.length > 0 && this.#view.hearAll(env, news, { from, spread: this.#joining.done });
  }

  #acknowledged(env: HearsayEnv, from: Peer, seq: number): void {
    if (this.#prober.answered(env, from, seq)) return;
    if (this.#admissions.answered(env, seq)) return;
    this.#joining.answered(env, seq);
  }

  #gossip(env: HearsayEnv): void {
    if (!this.#view.hot.beginRound(env)) {
      if (this.#course.isLeaving) this.#course.departWhenTold(env);
      return;
    }
    const { roster, selfSlot, config } = this.#view;
    const slots = roster.pickSome(config.gossipFanout, env.random, selfSlot);
    const news = this.#view.tell('gossip', Math.max(1, slots.length));
    if (news.length > 0) {
      const message: HearsayMessage = { type: 'gossip', news };
      for (const slot of slots) env.send((roster.fact(slot) as Fact).peer, message);
    }
  }

  #beginParts(env: HearsayEnv): void {
    if (this.#ofParts === undefined) return;
    const { wallMs } = this.#saved;
    const absentMs = wallMs === undefined ? 0 : Math.max(0, env.wallMs - wallMs);
    this.#needParts().begin(env, this.#ofParts, absentMs);
    this.#ofParts = undefined;
  }

  #needParts(): Parts {
    return (this.#parts ??= new Parts(this.#view, this.#contact, this.#shared));
  }
}
