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
import type { Holding, Peer, Why } from '../../../core/index.ts';
import { isLive } from '../changes.ts';
import type { Contact } from '../contact.ts';
import type { Member } from '../events.ts';
import type { Part } from '../part.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import {
  HOPS_MAX,
  makePublication,
  type Origin,
  type Path,
  type Publication,
} from '../publication.ts';
import { Timer } from '../timers.ts';
import type { TopicEvent } from '../topic-events.ts';
import type { TopicFlow, TopicMessage } from '../topic-messages.ts';
import type { TraceQuestion, TraceReport } from '../trace-report.ts';
import type { View } from '../view.ts';
import { Comparisons } from './comparisons.ts';
import { zeroTopicCounts, type TopicCounts } from './counts.ts';
import { Doubts } from './doubts.ts';
import { Fetches } from './fetches.ts';
import { Flows } from './flows.ts';
import { LinkKeeper } from './link-keeper.ts';
import { Links, LINKS_MAX } from './links.ts';
import { Origins, ORIGINS_MAX, type OriginState } from './origins.ts';
import { checkPublishing, OwnEvents, type Publishing } from './own-events.ts';
import { Spreading } from './spreading.ts';
import { Traces, type Traced } from './traces.ts';
import { Wants } from './wants.ts';

/** What is told of events: that they are there, or that they are lost. */
export type Told = Exclude<TopicEvent, { readonly type: 'events-drained' }>;

export class Topics implements Part<TopicMessage> {
  readonly counts: TopicCounts = zeroTopicCounts();
  readonly #view: View;
  readonly #origins: Origins;
  readonly #traces = new Traces();
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #fetches: Fetches;
  readonly #wants: Wants;
  readonly #doubts: Doubts;
  readonly #comparisons: Comparisons;
  readonly #spreading: Spreading;
  readonly #own: OwnEvents;
  readonly #keeper: LinkKeeper;
  /** When this node became a member; at the latest when this part was made. */
  #joinedMs: number | undefined;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    const stamp = this.#stamp.bind(this);
    const { counts } = this;
    const origins = new Origins(view);
    const doubts = new Doubts(view, contact, origins, counts);
    const traces = this.#traces;
    const flows = new Flows(view.config.packetBytesMax, counts, stamp, () => links.all());
    const links = new Links(view, {
      opened: (env, link) => this.#keeper.opened(env, link),
      closed: (env, link) => this.#keeper.closed(env, link),
    });
    const fetches = new Fetches(view, contact, origins, doubts, counts, {
      missed: (env, state, from) => this.#spreading.graft(env, state, from),
      patienceMs: (peer) => {
        const link = links.of(peer);
        return link && FETCH_PATIENCE * link.flow.roundTrip.patienceMs;
      },
    });
    const pieces = { view, counts, origins, traces, links, flows, fetches, doubts };
    this.#origins = origins;
    this.#doubts = doubts;
    this.#links = links;
    this.#flows = flows;
    this.#fetches = fetches;
    this.#wants = new Wants(view, contact, origins, counts, stamp);
    this.#comparisons = new Comparisons(view, contact, origins, fetches, doubts);
    this.#spreading = new Spreading(pieces);
    this.#own = new OwnEvents(pieces, this.#spreading);
    this.#keeper = new LinkKeeper(pieces, this.#own);
  }

  // Commands.

  /**
   * Publishes an event: applied here, and queued for the others. Returns its number.
   *
   * @throws UsageError BAD_TOPIC, BAD_OPTION, EVENT_TOO_LARGE; HearsayError QUEUE_FULL
   */
  publish(env: HearsayEnv, publishing: Publishing): number {
    checkPublishing(publishing);
    this.begin(env);
    const seq = this.#own.publish(env, publishing);
    this.#flush(env);
    return seq;
  }

  /** Whether a publish would be taken now; if not, `events-drained` tells when. */
  awaitRoom(env: HearsayEnv): boolean {
    return this.#own.awaitRoom(env);
  }

  /** What is kept of a topic, of each origin in order, as if it were told again. */
  *kept(topic: string): Generator<Told> {
    const replayed = true;
    for (const { forgottenTo, last, log, name, nodeId } of this.#origins.all()) {
      const origin: Origin = { nodeId, name };
      const { first } = log;
      const isTold = forgottenTo === 0; // Else all will be told with the first event.
      if (first > 1 && isTold) {
        yield { type: 'events-missed', origin, from: 1, to: first - 1, replayed };
      }
      for (const event of log.between(first, last)) {
        if (event.topic !== topic || event.form !== 'whole') continue;
        const { body, format, key, seq } = event;
        yield { type: 'event-published', topic, key, format, body, origin, seq, replayed };
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
        this.#spreading.page(env, from, message);
        break;
      case 'topic-digest':
        this.#comparisons.heard(env, from, message, this.#isNew(env, message.purpose));
        break;
      case 'topic-want':
        this.#wants.asked(env, from, message);
        break;
      case 'topic-doubt':
        this.#doubts.answer(env, from, message);
        break;
      case 'topic-word': {
        const state = this.#doubts.heard(env, from, message);
        if (state !== undefined) this.#fetches.judge(env, state);
      }
    }
    this.#flush(env);
  }

  wake(env: HearsayEnv, timer: number, arg: number): boolean {
    switch (timer) {
      case Timer.TopicFlow: {
        const link = this.#links.at(arg);
        if (link !== undefined) this.#keeper.tend(env, link);
        break;
      }
      case Timer.TopicLinks:
        this.#links.tick(env);
        for (const link of this.#links.all()) this.#keeper.check(env, link);
        break;
      case Timer.TopicFetch:
        this.#fetches.wake(env);
        break;
      case Timer.TopicRoom:
        this.#flush(env);
        this.#own.lookForRoom(env);
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
    this.#origins.sweep(({ nodeId }) => known.has(nodeId), env.now);
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
    const { falseClaims, rejected, strayWords, unanswered } = this.counts;
    return { events: rejected, claims: falseClaims, words: strayWords, wants: unanswered };
  }

  *snapshot(): Generator<Uint8Array> {
    // Events are not kept over a restart: a new life gets the replay of the others.
  }

  // What is known.

  /** The number of this node's last event. */
  get published(): number {
    return this.#own.last;
  }

  get degree(): number {
    return this.#links.degree;
  }

  neighbours(): Peer[] {
    return [...this.#links.all()].map(({ peer }) => peer);
  }

  #flow(env: HearsayEnv, from: Peer, message: TopicFlow): void {
    const link = this.#links.of(from) ?? this.#links.heardFromStranger(env, from);
    if (link === undefined || !this.#keeper.heard(env, link, message)) return;
    for (const note of message.notes) this.#spreading.noted(env, link, note);
    for (const run of message.runs) this.#spreading.run(env, run, from, link);
  }

  /** Sends what may go, which may make room for a publisher that waits. */
  #flush(env: HearsayEnv): void {
    for (const link of this.#links.all()) this.#flows.flush(env, link);
    this.#own.noteRoom(env);
  }

  /** The greeting of the first exchange tells of what was before this node joined. */
  #isNew(env: HearsayEnv, purpose: string): boolean {
    return purpose === 'greeting' && env.now - (this.#joinedMs ?? env.now) < NEW_MS;
  }

  #stamp(env: HearsayEnv, { nodeId }: OriginState, event: Publication, path: Path): Publication {
    const { seq, trace } = event;
    if (trace === undefined) return event;
    const hop = this.#traces.hop(env, this.#view.self.fact.nodeId, nodeId, seq, path);
    return makePublication({ ...event, trace: [...trace, hop].slice(-HOPS_MAX) });
  }
}

/** In times of what an acknowledgement may take: the other side may be busy with more. */
const FETCH_PATIENCE = 1.5;
/** A greeting may have to wait for other things on its stream; later it would be none. */
const NEW_MS = 10_000;
/** The promised bound, and what waits for its turn. */
const HELD_BYTES_MAX = 96 * 1024 * 1024;
