/**
 * Events with payloads, on an overlay of symmetric links.
 *
 * A payload is pushed along a tree of its origin's own (`SpreadTree`), acknowledged from hop to
 * hop and sent again where it is lost (`LinkFlow`); other links carry word of it, and who misses it
 * fetches it (`Fetches`); now and then nodes compare all they have (`Comparisons`). Each origin
 * numbers its events over all topics; each node delivers them in that order, each once, and keeps
 * the latest for those who missed them (`ReplayLog`). All nodes keep and forward all events,
 * whoever listens.
 *
 * This file only receives: what each piece does is in the file named after it.
 */
import { degreeWanted } from '../../../blocks/overlay/index.ts';
import { HearsayError, mark, NOBODY } from '../../../core/index.ts';
import type { Holding, Peer, Why } from '../../../core/index.ts';
import { isLive } from '../changes.ts';
import type { Contact } from '../contact.ts';
import type { Member } from '../events.ts';
import type { Part } from '../part.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { TraceQuestion, TraceReport } from '../trace-report.ts';
import type { View } from '../view.ts';
import { Comparisons } from './comparisons.ts';
import { zeroTopicCounts, type TopicCounts } from './counts.ts';
import { Fetches } from './fetches.ts';
import { ANNOUNCE_MS, Flows, noteArrival } from './flows.ts';
import type { Content, Link } from './link.ts';
import { Links, LINKS_MAX } from './links.ts';
import type { Note, Run, TopicFlow, TopicMessage, TopicPage } from '../topic-messages.ts';
import { Origins, ORIGINS_MAX, type OriginState } from './origins.ts';
import {
  checkBody,
  checkKey,
  checkTopic,
  HOPS_MAX,
  makePublication,
  type Format,
  type Hop,
  type Origin,
  type Path,
  type Publication,
} from '../publication.ts';
import { EVENTS_MAX, isBehind, isFull, isWorthAsking, notePace } from './pressure.ts';
import { Traces, type Traced } from './traces.ts';

/** What `publish` takes. */
export interface Publishing {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly format: Format;
  /** Newer events of this topic and key replace older ones not yet sent. */
  readonly key?: string;
  /** Record the way to each node. */
  readonly trace?: boolean;
}

/** An event that is kept, and who published it. */
export interface Kept extends Origin {
  readonly event: Publication;
}

export class Topics implements Part<TopicMessage> {
  readonly counts: TopicCounts = zeroTopicCounts();
  readonly #view: View;
  readonly #origins = new Origins();
  readonly #traces = new Traces();
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #fetches: Fetches;
  readonly #comparisons: Comparisons;
  #seq = 0;
  /** Up to here somebody was there to be told, when it was published or later. */
  #shared = 0;
  /** When this node became a member; at the latest when this part was made. */
  #joinedMs: number | undefined;
  /** A publish was refused since the queue was full. */
  #isFull = false;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    const stamp = this.#stamp.bind(this);
    const links = () => this.#links.all();
    this.#flows = new Flows(view.config.packetBytesMax, this.counts, stamp, links);
    this.#links = new Links(view, {
      opened: (env, link) => this.#opened(env, link),
      closed: (env, link) => this.#closed(env, link),
    });
    this.#fetches = new Fetches(view, contact, this.#origins, this.counts, stamp, {
      missed: (env, state, from) => this.#graft(env, state, from),
      patienceMs: (peer) => {
        const link = this.#links.of(peer);
        return link && FETCH_PATIENCE * link.flow.roundTrip.patienceMs;
      },
      passOver: (env, state, next) => this.#passOver(env, state, next),
    });
    this.#comparisons = new Comparisons(view, contact, this.#origins, this.#fetches);
  }

  // Commands.

  /**
   * Publishes an event: applied here, and queued for the others. Returns its number.
   *
   * @throws UsageError BAD_TOPIC, BAD_OPTION, EVENT_TOO_LARGE; HearsayError QUEUE_FULL
   */
  publish(env: HearsayEnv, { topic, body, format, key = '', trace = false }: Publishing): number {
    checkTopic(topic);
    checkKey(key);
    checkBody(body);
    this.begin(env);
    if (this.#backlogged(env)) {
      this.#wait(env);
      this.counts.refused++;
      mark('publish-refused');
      throw new HearsayError(
        'QUEUE_FULL',
        'publish: what this node has published is not taken up as fast; await drained()',
      );
    }
    const { name, fact } = this.#view.self;
    const state = this.#origins.obtain(fact.nodeId, name);
    if (state === undefined) throw new HearsayError('QUEUE_FULL', 'publish: too many publishers');
    const seq = ++this.#seq;
    if (this.#links.degree > 0) this.#shared = seq;
    const hops = trace ? NO_HOPS : undefined;
    const of = { seq, form: 'whole', topic, key, format, body, trace: hops } as const;
    const event = makePublication(of);
    this.counts.published++;
    this.#origins.add(state, event);
    if (trace) this.#traces.note(env, { origin: name, nodeId: fact.nodeId }, event);
    this.#origins.deliver(env, state);
    this.#spread(env, state, event, undefined);
    this.#flush(env);
    return seq;
  }

  /** Whether a publish would be taken now; if not, `events-drained` tells when. */
  awaitRoom(env: HearsayEnv): boolean {
    if (this.#backlogged(env)) this.#wait(env);
    else this.#isFull = false;
    return !this.#isFull;
  }

  /** What is kept of a topic, of each origin in order. */
  *kept(topic: string): Generator<Kept> {
    for (const { log, name, nodeId } of this.#origins.all()) {
      for (let seq = log.first; seq < log.next; seq++) {
        const event = log.get(seq);
        if (event?.topic === topic && event.form === 'whole') yield { event, name, nodeId };
      }
    }
  }

  /** Joins the overlay, so that events come as soon as they are published. */
  begin(env: HearsayEnv): void {
    this.#links.begin(env);
    this.#comparisons.begin(env);
  }

  /** Traced events that this node has, the newest first. */
  traced(): Traced[] {
    return this.#traces.list();
  }

  /** What this node knows of a traced event: the answer to others who ask. */
  answerTrace({ nodeId, seq }: TraceQuestion): TraceReport | undefined {
    return this.#traces.report(nodeId, seq);
  }

  // What can happen.

  receive(env: HearsayEnv, from: Peer, message: TopicMessage): void {
    this.begin(env);
    switch (message.type) {
      case 'topic-link':
        this.#links.receive(env, from, message);
        break;
      case 'topic-flow':
        this.#flow(env, from, message);
        break;
      case 'topic-page':
        this.#page(env, from, message);
        break;
      case 'topic-digest':
        this.#comparisons.heard(env, from, message, this.#isNew(env, message.purpose));
        break;
      case 'topic-want':
        this.#fetches.asked(env, from, message);
        break;
    }
    this.#flush(env);
  }

  wake(env: HearsayEnv, timer: number, arg: number): boolean {
    switch (timer) {
      case Timer.TopicFlow: {
        const link = this.#links.at(arg);
        if (link !== undefined) this.#tend(env, link);
        break;
      }
      case Timer.TopicLinks:
        this.#links.tick(env);
        for (const link of this.#links.all()) this.#check(env, link);
        break;
      case Timer.TopicFetch:
        this.#fetches.wake(env);
        break;
      case Timer.TopicRoom:
        this.#lookForRoom(env);
        break;
      case Timer.TopicCompare:
        this.#comparisons.tick(env);
        break;
      default:
        return false;
    }
    this.#flush(env);
    return true;
  }

  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): boolean {
    if (token === 0 && why === 'gone') this.#links.gone(env, peer);
    return false;
  }

  get isBusy(): boolean {
    for (const link of this.#links.all()) if (link.queued > 0 || link.flow.flying > 0) return true;
    return false;
  }

  joined(env: HearsayEnv): void {
    this.#joinedMs = env.now;
  }

  forgetAll(env: HearsayEnv): void {
    for (const link of this.#links.all()) this.#links.gone(env, link.peer);
  }

  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void {
    const lived = before !== undefined && isLive(before.status);
    const lives = after !== undefined && isLive(after.status);
    if (lived && (!lives || after.peer !== before.peer)) this.#links.gone(env, before.peer);
    if (lives && !lived && before !== undefined) this.#links.returned(after.peer);
    this.#flush(env);
  }

  exchange(env: HearsayEnv, to: Peer, isNewcomer: boolean): void {
    if (this.#origins.size === 0) return;
    if (isNewcomer) this.#comparisons.greet(env, to);
    else this.#comparisons.ask(env, to);
  }

  sweep(env: HearsayEnv): void {
    const known = new Set<string>();
    const { roster, self } = this.#view;
    known.add(self.fact.nodeId);
    for (const slot of roster.slots()) {
      if (roster.isLive(slot)) known.add(roster.fact(slot)?.nodeId ?? '');
    }
    const gone = this.#origins.sweep(({ nodeId }) => known.has(nodeId), env.now);
    for (const state of gone) this.#fetches.drop(state);
  }

  holdings(): Holding[] {
    const { degree, asked } = this.#links;
    return [
      { what: 'links', count: degree, countMax: LINKS_MAX },
      { what: 'members asked for a link', count: asked, countMax: LINKS_MAX * 2 },
      { what: 'origins of events', count: this.#origins.size, countMax: ORIGINS_MAX },
      { what: 'bytes of events', count: this.#origins.bytes, countMax: HELD_BYTES_MAX },
    ];
  }

  turnedAway(): Record<string, number> {
    return { events: this.counts.rejected, wants: this.counts.unanswered };
  }

  *snapshot(): Generator<Uint8Array> {
    // Events are not kept over a restart: a new life gets the replay of the others.
  }

  // What is known.

  get degree(): number {
    return this.#links.degree;
  }

  neighbours(): Peer[] {
    return [...this.#links.all()].map(({ peer }) => peer);
  }

  // On a link.

  #flow(env: HearsayEnv, from: Peer, message: TopicFlow): void {
    const link = this.#links.of(from) ?? this.#links.heardFromStranger(env, from);
    if (link === undefined) return;
    link.heardMs = env.now;
    link.pressure = message.pressure;
    if (message.ack !== undefined) this.#settle(env, link, message.ack);
    if (message.number > 0) {
      const isNew = link.arrivals.note(message.number);
      noteArrival(link, env.now);
      if (!isNew) {
        link.ackMs = env.now; // The acknowledgement of it was lost.
        return;
      }
    }
    for (const note of message.notes) this.#noted(env, link, note);
    for (const run of message.runs) this.#run(env, run, from, link);
  }

  #settle(env: HearsayEnv, link: Link, ack: NonNullable<TopicFlow['ack']>): void {
    const { arrived, lost } = link.flow.acknowledged(env.now, ack);
    if (arrived.length > 0) this.#noteArrived(link, arrived);
    if (lost.length > 0) this.#flows.again(link, lost);
  }

  #noteArrived(link: Link, contents: readonly Content[]): void {
    link.isStalled = false;
    const { nodeId } = this.#view.self.fact;
    for (const { events } of contents) {
      for (const { origin, seq } of events) {
        if (origin.nodeId === nodeId && seq > link.ownArrived) link.ownArrived = seq;
      }
    }
  }

  /** The alarm of a link has rung. */
  #tend(env: HearsayEnv, link: Link): void {
    this.#flows.rung(env, link);
    const { dueMs } = link.flow;
    // This node was itself away: that nothing came back meanwhile says nothing.
    if (dueMs !== undefined && env.now - dueMs > LATE_MS) link.flow.heardMs = env.now;
    const lost = link.flow.overdue(env.now);
    if (lost.length > 0) this.#flows.again(link, lost);
    this.#flows.flush(env, link);
  }

  /** From a timer, before which hosts deliver what has arrived. */
  #check(env: HearsayEnv, link: Link): void {
    link.isStalled = link.flow.silentMs(env.now) > STALLED_MS;
    notePace(link, env.now);
    if (link.flow.silentMs(env.now) > BROKEN_MS) this.#links.broken(env, link);
    else if (env.now - link.heardMs > SILENT_MS && link.flow.flying === 0) {
      this.#flows.knock(env, link);
    }
  }

  #noted(env: HearsayEnv, link: Link, note: Note): void {
    const known = this.#origins.get(note.nodeId);
    if (note.type !== 'have') {
      known?.tree.asked(link.index, note.type === 'graft');
      return;
    }
    if (note.last < note.first || note.nodeId === this.#view.self.fact.nodeId) return;
    const state = known ?? this.#origins.obtain(note.nodeId);
    if (state === undefined) return;
    state.claimed(link.peer, note.first, note.last);
    if (state.log.next > note.last) return;
    const patienceMs = state.tree.parent < 0 ? 0 : HAVE_PATIENCE_MS;
    this.#fetches.look(env, state, patienceMs);
  }

  /** Events that were asked for. */
  #page(env: HearsayEnv, from: Peer, { runs, spans }: TopicPage): void {
    for (const run of runs) this.#run(env, run, from, undefined);
    for (const { nodeId, first, last } of spans) {
      const state = this.#origins.get(nodeId);
      if (state === undefined || last < first) continue;
      state.claimed(from, first, last, runs.length > 0);
    }
    const nodeIds = new Set([...spans, ...runs.map(({ origin }) => origin)].map((of) => of.nodeId));
    for (const nodeId of nodeIds) {
      const state = this.#origins.get(nodeId);
      if (state !== undefined) this.#fetches.answered(env, state, from);
    }
  }

  /** Events have come: over a link, or as they were asked for. */
  #run(env: HearsayEnv, { origin, events }: Run, from: Peer, link: Link | undefined): void {
    const isOwn = origin.nodeId === this.#view.self.fact.nodeId;
    const state = this.#origins.obtain(origin.nodeId, origin.name);
    if (state === undefined) {
      this.counts.rejected += events.length;
      return;
    }
    for (const event of events) this.#take(env, state, event, from, isOwn ? 'own' : link);
    if (isOwn) return;
    const next = state.log.next;
    this.#origins.deliver(env, state);
    this.counts.delivered += state.log.next - next;
    if (state.claimedLast >= state.log.next) this.#fetches.look(env, state, GAP_PATIENCE_MS);
  }

  #take(
    env: HearsayEnv,
    state: OriginState,
    event: Publication,
    from: Peer,
    by: Link | 'own' | undefined,
  ): void {
    const link = by === 'own' ? this.#links.of(from) : by;
    if (by !== 'own' && event.form === 'named' && state.log.get(event.seq) === undefined) {
      if (event.seq < state.log.next) return this.#again(env, state, link);
      state.claimed(from, Math.min(state.log.next, event.seq), event.seq);
      if (link !== undefined) state.tree.fresh(link.index);
      this.#fetches.look(env, state, 0);
      return;
    }
    const result = by === 'own' ? 'known' : this.#origins.add(state, event);
    if (result === 'known') {
      this.#again(env, state, link);
      return;
    }
    if (result === 'far') {
      this.counts.rejected++;
      return;
    }
    if (event.trace !== undefined) {
      this.#traces.note(env, { origin: state.name, nodeId: state.nodeId }, event);
    }
    if (link !== undefined) {
      state.tree.fresh(link.index);
      state.missed = 0;
    }
    if (event.seq > state.replayedTo) this.#spread(env, state, event, link, from);
  }

  /** It was known: that link need not carry it. */
  #again(env: HearsayEnv, state: OriginState, link: Link | undefined): void {
    this.counts.duplicates++;
    if (link !== undefined && state.tree.duplicate(link.index)) link.hushes.add(state);
  }

  /** To all links but that which it came over: the event, or word of it. */
  #spread(
    env: HearsayEnv,
    state: OriginState,
    event: Publication,
    by: Link | undefined,
    from: Peer = NOBODY,
  ): void {
    const wordMs = ANNOUNCE_MS * (0.5 + env.random.float());
    for (const link of this.#links.all()) {
      if (link === by || link.peer === from) continue;
      if (state.tree.isEager(link.index)) this.#flows.push(link, state, event, 'eager');
      else if (link.index !== state.tree.parent) this.#flows.announce(env, link, state, wordMs);
    }
  }

  /** What a link should have brought was asked for: from now on it shall bring it. */
  #graft(env: HearsayEnv, state: OriginState, from: Peer): void {
    const link = this.#links.of(from);
    if (link === undefined || link.index === state.tree.parent) return;
    // Once may be chance: the parent sends again what is lost.
    if (state.tree.parent >= 0 && ++state.missed < MISSED_MAX) return;
    state.missed = 0;
    mark('graft');
    state.tree.graft(link.index);
    link.hushes.add(state);
    this.#flows.flush(env, link);
  }

  #passOver(env: HearsayEnv, state: OriginState, next: number): void {
    this.#origins.passOver(env, state, next);
  }

  // Links come and go.

  #opened(env: HearsayEnv, link: Link): void {
    link.ownArrived = this.#seq; // What it has to be told yet waits in its queue.
    for (const state of this.#origins.all()) {
      state.tree.reset(link.index);
      const { log } = state;
      if (log.next === log.first) continue;
      if (env.now - state.heardMs > RECENT_MS) {
        this.#flows.announce(env, link, state, 0);
        continue;
      }
      const isOwn = state.nodeId === this.#view.self.fact.nodeId;
      const recent = Math.min(log.next - RECENT_EVENTS, isOwn ? this.#shared + 1 : Infinity);
      for (let seq = Math.max(log.first, recent); seq < log.next; seq++) {
        const event = log.get(seq);
        if (event !== undefined) this.#flows.push(link, state, event, 'eager');
      }
      if (recent > log.first) this.#flows.announce(env, link, state, 0);
    }
    this.#shared = this.#seq;
    if (link.queued === 0) this.#flows.knock(env, link);
  }

  #closed(env: HearsayEnv, link: Link): void {
    for (const state of this.#origins.all()) {
      state.sources?.delete(link.peer);
      const isOrphan = state.tree.reset(link.index);
      if (!isOrphan || env.now - state.heardMs > ACTIVE_MS) continue;
      mark('tree-orphan');
      const told = state.tree.openAll();
      for (const other of this.#links.all()) {
        if (((told >>> other.index) & 1) === 1) other.hushes.add(state);
      }
    }
  }

  #flush(env: HearsayEnv): void {
    for (const link of this.#links.all()) this.#flows.flush(env, link);
    if (!this.#isFull || this.#backlogged(env, 0.5)) return;
    this.#isFull = false;
    env.emit({ type: 'events-drained' });
  }

  // Limits.

  /** Somebody wants to publish, and cannot now. */
  #wait(env: HearsayEnv): void {
    if (!this.#isFull) env.after(ROOM_MS, Timer.TopicRoom);
    this.#isFull = true;
  }

  /** Whoever has nothing to answer does not tell that its queues are empty by now: asks. */
  #lookForRoom(env: HearsayEnv): void {
    this.#flush(env);
    if (!this.#isFull) return;
    for (const link of this.#links.all()) if (isWorthAsking(link)) this.#flows.knock(env, link);
    env.after(ROOM_MS, Timer.TopicRoom);
  }

  /** Whether too much of what this node sends is not taken up. */
  #backlogged(env: HearsayEnv, share = 1): boolean {
    const { roster, selfSlot } = this.#view;
    if (selfSlot >= 0 && degreeWanted(roster.live) === 0) return false;
    if (this.#links.degree === 0) return this.#seq - this.#shared >= EVENTS_MAX * share;
    if (isFull(this.#links.all(), share, env.now)) return true;
    const own = this.#origins.get(this.#view.self.fact.nodeId);
    const carriers = [...this.#links.all()].filter(({ index }) => own?.tree.isEager(index));
    return isBehind(carriers, this.#seq, share);
  }

  /** The greeting of the first exchange tells of what was before this node joined. */
  #isNew(env: HearsayEnv, purpose: string): boolean {
    return purpose === 'greeting' && env.now - (this.#joinedMs ?? env.now) < NEW_MS;
  }

  #stamp(env: HearsayEnv, { nodeId }: OriginState, event: Publication, path: Path): Hop[] {
    const { seq, trace = NO_HOPS } = event;
    const hop = this.#traces.hop(env, this.#view.self.fact.nodeId, nodeId, seq, path);
    return [...trace, hop].slice(-HOPS_MAX);
  }
}

const NO_HOPS: readonly Hop[] = [];
/** Within it a healthy node answers, be its machine busy. */
const STALLED_MS = 1000;
/** After it a link is thought broken; membership mostly knows by then. */
const BROKEN_MS = 3000;
/** A link on which nothing came for so long is asked. */
const SILENT_MS = 30_000;
const LATE_MS = 500;
/** How often a publisher that waits looks for room. */
const ROOM_MS = 50;
/** Word of an event came, and the event did not: it may be under way on its own link. */
const HAVE_PATIENCE_MS = 120;
/** Fetches in a row, nothing having come over links between them. */
const MISSED_MAX = 2;
/** In times of what an acknowledgement may take: the other side may be busy with more. */
const FETCH_PATIENCE = 1.5;
/** A later event came first: what is missing is mostly sent again within this. */
const GAP_PATIENCE_MS = 200;
/** What came within this is pushed over a new link, else announced. */
const RECENT_MS = 2000;
const RECENT_EVENTS = 16;
/** Trees of origins that were silent for longer are mended by their next event. */
const ACTIVE_MS = 30_000;
/** A greeting may have to wait for other things on its stream; later it would be none. */
const NEW_MS = 10_000;
/** The promised bound, and what waits for its turn. */
const HELD_BYTES_MAX = 96 * 1024 * 1024;
