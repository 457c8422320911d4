/**
 * Events that this node lacks and others have: asked for, from one of those who say so, after a
 * time in which what was lost on a link is mostly sent again; then from the next. What nobody who
 * can be reached has any more becomes a gap, on the word of two or after some time.
 */
import { mark, type Peer, ROUNDING_MS } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
import type { Doubts } from './doubts.ts';
import type { Span, TopicWant, Wanted } from '../topic-messages.ts';
import type { Origins, OriginState } from './origins.ts';
import { RANGE_MAX, RANGES_MAX } from './wants.ts';

/** What fetching needs of the rest. */
export interface FetchUser {
  /** A member on a link has what did not come over any: its link is to be this origin's. */
  readonly missed: (env: HearsayEnv, state: OriginState, from: Peer) => void;
  /** How long a packet's worth may take to come from there; undefined: not known. */
  readonly patienceMs: (peer: Peer) => number | undefined;
}

export class Fetches {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #origins: Origins;
  readonly #doubts: Doubts;
  readonly #counts: TopicCounts;
  readonly #user: FetchUser;
  /** When the earliest alarm rings that is set. */
  #alarmMs = Infinity;
  /** Fetches in this second of what those have published who are not known to be members. */
  #strangers = 0;
  #strangersSinceMs = -Infinity;
  /** Origins of which something is missing. */
  readonly #open = new Map<OriginState, Asked | undefined>();

  constructor(
    view: View,
    contact: Contact,
    origins: Origins,
    doubts: Doubts,
    counts: TopicCounts,
    user: FetchUser,
  ) {
    this.#view = view;
    this.#contact = contact;
    this.#origins = origins;
    this.#doubts = doubts;
    this.#counts = counts;
    this.#user = user;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Something may be missing: looks for it after a time. */
  look(env: HearsayEnv, state: OriginState, inMs: number): void {
    if (state.claimedLast < state.log.next) {
      this.#close(state);
      return;
    }
    state.lackingMs ??= env.now;
    const asked = this.#open.get(state);
    if (!this.#open.has(state)) this.#open.set(state, undefined);
    const waitMs = asked === undefined ? inMs : Math.max(inMs, asked.untilMs - env.now);
    const atMs = env.now + waitMs;
    if (state.fetchMs !== undefined && state.fetchMs <= atMs) return;
    state.fetchMs = atMs;
    this.#setAlarm(env, atMs);
  }

  /**
   * Someone says what it has of an origin: looks for what is missing here after a time. Returns
   * whether anything is.
   */
  told(env: HearsayEnv, from: Peer, { nodeId, first, last }: Span, inMs: number): boolean {
    const { fact, name } = this.#view.self;
    const isOwn = nodeId === fact.nodeId;
    const known = this.#origins.get(nodeId);
    if (last < first || (isOwn && last <= (known?.last ?? 0))) return false;
    const state = known ?? this.#origins.obtain(nodeId, isOwn ? name : '');
    if (state === undefined) return false;
    state.claimed(from, first, last, env.now);
    if (state.log.next > last) return false;
    this.look(env, state, inMs);
    return true;
  }

  /** An origin has given its word: whoever was asked may turn out to have nothing. */
  judge(env: HearsayEnv, state: OriginState): void {
    const asked = this.#open.get(state);
    if (asked !== undefined && !state.sources?.has(asked.peer)) this.#open.set(state, undefined);
    this.look(env, state, 0);
  }

  /** An answer has come: what else is missing may be asked for at once, here or elsewhere. */
  answered(env: HearsayEnv, state: OriginState, from: Peer): void {
    const asked = this.#open.get(state);
    if (asked?.peer !== from) return;
    const isOfUse = state.log.next > asked.next;
    if (!isOfUse) this.#failed(state, asked); // So it cannot make this node ask for ever.
    const hasMore = isOfUse && state.log.next <= asked.to;
    asked.next = state.log.next;
    if (hasMore) asked.untilMs = env.now + ANSWER_MS_MAX; // It is under way.
    else this.#open.set(state, undefined);
    state.fetchMs = undefined;
    this.look(env, state, 0);
  }

  /** The alarm rings. */
  wake(env: HearsayEnv): void {
    if (env.now >= this.#alarmMs - ROUNDING_MS) this.#alarmMs = Infinity;
    let nextMs = Infinity;
    // The more there are, the more are seen to at a time: else many would cost their square.
    const restMs = Math.floor(this.#open.size / SEEN_PER_MS);
    for (const state of this.#open.keys()) {
      if ((state.fetchMs ?? Infinity) <= env.now + ROUNDING_MS) this.#fetch(env, state);
      nextMs = Math.min(nextMs, state.fetchMs ?? Infinity);
    }
    this.#setAlarm(env, Math.max(nextMs, env.now + restMs));
  }

  #fetch(env: HearsayEnv, state: OriginState): void {
    state.fetchMs = undefined;
    if (this.#origins.get(state.nodeId) !== state) return this.#close(state); // It was forgotten.
    const { log } = state;
    const missing = log.missing(state.claimedLast, RANGES_MAX);
    const next = missing[0]?.from;
    if (next === undefined) {
      this.#close(state);
      return;
    }
    if (this.#isTooMuch(env, state)) {
      mark('fetch-postponed');
      return this.look(env, state, (1000 * this.#open.size) / STRANGERS_PER_SECOND_MAX);
    }
    const before = this.#open.get(state);
    if (before !== undefined) this.#failed(state, before);
    const peer = this.#sourceOf(state, next);
    if (peer === undefined) {
      this.#open.set(state, undefined);
      this.#despair(env, state, next);
      return;
    }
    const { last } = state.sources!.get(peer)!;
    const ranges: Wanted[] = [];
    let left = RANGE_MAX;
    for (const range of missing) {
      const to = Math.min(range.to, last, range.from + left - 1);
      if (to < range.from) break;
      left -= to - range.from + 1;
      ranges.push({ nodeId: state.nodeId, from: range.from, to });
      if (left <= 0) break;
    }
    const to = ranges.at(-1)?.to ?? next;
    const isFew = RANGE_MAX - left <= FEW;
    const { failures } = state.sources!.get(peer)!;
    const shortMs = isFew ? this.#user.patienceMs(peer) : undefined;
    const longMs = ANSWER_MS_MAX * (1 + Math.min(failures, FAILURES_PACED));
    // What packets were held up once says nothing of how long an answer takes.
    const untilMs = env.now + Math.min((shortMs ?? longMs) * (1 << Math.min(failures, 8)), longMs);
    this.#open.set(state, { peer, next, to, untilMs });
    this.#counts.wants++;
    // By stream, where that did not help: the answer comes back on it, whoever cannot be dialled.
    const want: TopicWant = { type: 'topic-want', ranges };
    if (isFew && failures % 2 === 0) env.send(peer, want);
    else env.sendReliably(peer, want, this.#contact.nextSeq(), 'bulk');
    const isOwn = this.#isOwn(state);
    if (state.fruitless >= FRUITLESS_DOUBTED && !isOwn) this.#doubts.ask(env, state);
    if (next > state.replayedTo && !isOwn) this.#user.missed(env, state, peer);
    state.fetchMs = untilMs;
    this.#setAlarm(env, untilMs);
  }

  /** Anybody can tell of origins that never were: what is asked for of such is limited. */
  #isTooMuch(env: HearsayEnv, state: OriginState): boolean {
    if (this.#origins.isMember(state)) return false;
    if (env.now - this.#strangersSinceMs >= 1000) {
      this.#strangersSinceMs = env.now;
      this.#strangers = 0;
    }
    return ++this.#strangers > STRANGERS_PER_SECOND_MAX;
  }

  /** Whoever was asked has not given it in time: others first, from now on. */
  #failed(state: OriginState, { peer }: Asked): void {
    mark('fetch-failed');
    state.fruitless++;
    const claim = state.sources?.get(peer);
    if (claim !== undefined) state.sources!.set(peer, { ...claim, failures: claim.failures + 1 });
  }

  /** One of those who have it, alive; whoever failed least. */
  #sourceOf(state: OriginState, seq: number): Peer | undefined {
    let best: Peer | undefined;
    let least = this.#failuresMax(state, seq);
    for (const [peer, { failures, first, last }] of state.sources ?? []) {
      if (first > seq || last < seq || failures >= least || !this.#isLive(peer)) continue;
      best = peer;
      least = failures;
    }
    return best;
  }

  /** How often somebody may fail to give an event before it is not believed to have it. */
  #failuresMax(state: OriginState, seq: number): number {
    if (this.#isOwn(state)) return FAILURES_MAX_OWN;
    return (state.word?.first ?? 0) > seq ? FAILURES_MAX_GONE : FAILURES_MAX;
  }

  /** Nobody known has the next event, though there are later ones. */
  #despair(env: HearsayEnv, state: OriginState, next: number): void {
    if (this.#isOwn(state)) return this.#disown(env, state);
    const { highest } = state.log;
    const waitedMs = env.now - (state.lackingMs ?? env.now);
    let begin = highest > next ? lowestHeld(state) : Infinity;
    let claims = 0;
    for (const [peer, { first, last }] of state.sources ?? []) {
      const isPlausible = first - next <= EVENTS_PER_MS_MAX * (env.now - state.heardMs);
      // Whoever says to have the next, and never gives it, is no witness that it is gone.
      if (first <= next || last < next || !isPlausible || !this.#isLive(peer)) continue;
      claims++;
      begin = Math.min(begin, first);
    }
    if (begin === Infinity) {
      this.#close(state); // Nobody is left who says that there is anything.
      return;
    }
    const { word } = state;
    const isSaid = word !== undefined && word.first > next && word.atMs >= (state.lackingMs ?? 0);
    if (isSaid) begin = Math.min(begin, word.first);
    const lives = isSaid || this.#doubts.ask(env, state);
    const isTold = claims >= Math.min(CLAIMS_MIN, this.#view.roster.live - 1);
    // A publisher that lives says what there is; if it cannot be reached, others are believed late.
    const isOver = waitedMs >= GAP_MS && (claims > 0 || !lives);
    if (isSaid || (!lives && isTold && claims > 0 && waitedMs >= GAP_MS_MIN) || isOver) {
      this.#counts.gaps++;
      const { lackingMs } = state;
      this.#origins.passOver(env, state, begin, isSaid);
      this.look(env, state, 0);
      // What is missing behind it has been missing for as long.
      if (this.#open.has(state)) state.lackingMs = lackingMs;
    } else {
      this.look(env, state, Math.min(RETRY_MS_MAX, RETRY_MS + waitedMs / 4));
    }
  }
  #close(state: OriginState): void {
    this.#open.delete(state);
    state.fetchMs = undefined;
    state.lackingMs = undefined;
  }

  #setAlarm(env: HearsayEnv, atMs: number): void {
    if (atMs >= this.#alarmMs) return;
    this.#alarmMs = atMs;
    env.after(Math.max(0, atMs - env.now), Timer.TopicFetch);
  }

  /** What others say of this node's own events beyond its last, and cannot show, is nothing. */
  #disown(env: HearsayEnv, state: OriginState): void {
    this.#counts.falseClaims += state.disclaim(state.last, env.now);
    this.#close(state);
  }

  #isOwn({ nodeId }: OriginState): boolean {
    return nodeId === this.#view.self.fact.nodeId;
  }

  #isLive(peer: Peer): boolean {
    return this.#view.roster.isLivePeer(peer);
  }
}

function lowestHeld({ log }: OriginState): number {
  for (const { seq } of log.between(log.next, Infinity)) return seq;
  return Infinity;
}

/** What was asked of whom. */
interface Asked {
  readonly peer: Peer;
  /** The first that was missing then, or later. */
  next: number;
  readonly to: number;
  untilMs: number;
}

/** A round trip around the world and a stream that is dialled first. */
const ANSWER_MS_MAX = 1000;
const RETRY_MS = 500;
const RETRY_MS_MAX = 5000;
/** More than have published, as a rule, when somebody joins who must be told of all. */
const STRANGERS_PER_SECOND_MAX = 256;
const SEEN_PER_MS = 16;
/** So many mostly fit a packet. */
const FEW = 5;
/** After so many times that nothing came, in some ten minutes, it is not believed to have it. */
const FAILURES_MAX = 150;
/** As often where the origin itself has it no more, so that it may well be gone. */
const FAILURES_MAX_GONE = 8;
/** Of events in this node's own name, which it knows not to have published. */
const FAILURES_MAX_OWN = 2;
/** After so many in a row the origin is asked whether there is what could not be had. */
const FRUITLESS_DOUBTED = 2;
/** Thirty times what a whole cluster was measured to carry: nobody publishes faster. */
const EVENTS_PER_MS_MAX = 100;
/** So many make the next wait longer. */
const FAILURES_PACED = 3;
/** So many who have only later events make a gap, at once; or any, after a time. */
const CLAIMS_MIN = 2;
const GAP_MS_MIN = 500;
/** Longer than partitions that nothing may be lost in. */
const GAP_MS = 120_000;
