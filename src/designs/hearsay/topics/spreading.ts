/**
 * What becomes of an event: taken in once, told to the application in its turn, and passed on,
 * whole along the tree of its origin, as mere word over the other links.
 */
import { mark, NOBODY, type Peer } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { skipped, type Publication } from '../publication.ts';
import type { Note, Run, TopicPage } from '../topic-messages.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
import type { Doubts } from './doubts.ts';
import type { Fetches } from './fetches.ts';
import { ANNOUNCE_MS, type Flows } from './flows.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import type { Origins, OriginState } from './origins.ts';
import type { Traces } from './traces.ts';

/** The pieces of topics that an event passes through. */
export interface SpreadingPieces {
  readonly view: View;
  readonly counts: TopicCounts;
  readonly origins: Origins;
  readonly traces: Traces;
  readonly links: Links;
  readonly flows: Flows;
  readonly fetches: Fetches;
  readonly doubts: Doubts;
}

export class Spreading {
  readonly #view: View;
  readonly #counts: TopicCounts;
  readonly #origins: Origins;
  readonly #traces: Traces;
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #fetches: Fetches;
  readonly #doubts: Doubts;

  constructor({ view, counts, origins, traces, links, flows, ...rest }: SpreadingPieces) {
    this.#view = view;
    this.#counts = counts;
    this.#origins = origins;
    this.#traces = traces;
    this.#links = links;
    this.#flows = flows;
    this.#fetches = rest.fetches;
    this.#doubts = rest.doubts;
  }

  /** A neighbour says what it has, or wants, of an origin. */
  noted(env: HearsayEnv, link: Link, note: Note): void {
    const known = this.#origins.get(note.nodeId);
    if (note.type !== 'have') {
      known?.tree.asked(link.index, note.type === 'graft');
      return;
    }
    const isUnderWay = known !== undefined && known.tree.parent >= 0;
    this.#fetches.told(env, link.peer, note, isUnderWay ? HAVE_PATIENCE_MS : 0);
  }

  /** Events that were asked for. */
  page(env: HearsayEnv, from: Peer, { runs, spans }: TopicPage): void {
    for (const run of runs) this.run(env, run, from, undefined);
    for (const { nodeId, first, last } of spans) {
      const state = this.#origins.get(nodeId);
      if (state === undefined) continue;
      if (last < first) state.sources?.delete(from);
      else state.claimed(from, first, last, env.now, runs.length > 0);
    }
    const nodeIds = new Set([...spans, ...runs.map(({ origin }) => origin)].map((of) => of.nodeId));
    for (const nodeId of nodeIds) {
      const state = this.#origins.get(nodeId);
      if (state !== undefined) this.#fetches.answered(env, state, from);
    }
  }

  /** Events have come: over a link, or as they were asked for. */
  run(env: HearsayEnv, { origin, events }: Run, from: Peer, link: Link | undefined): void {
    const { fact, name } = this.#view.self;
    const isOwn = origin.nodeId === fact.nodeId;
    const state = this.#origins.obtain(origin.nodeId, isOwn ? name : origin.name);
    if (state === undefined) {
      this.#counts.rejected += events.length;
      return;
    }
    if (isOwn) {
      for (const event of events) this.#takeOwn(state, event, this.#links.of(from));
      return this.deliverOwn(env, state);
    }
    const fresh = events.filter((event) => this.#take(env, state, event, from, link));
    if (link === undefined && fresh.length > PUSHED_MAX) this.#tell(env, state, from);
    else for (const event of fresh) this.#spread(env, state, event, link, from);
    const next = state.log.next;
    this.#origins.deliver(env, state);
    this.#counts.delivered += state.log.next - next;
    if (state.claimedLast >= state.log.next) this.#fetches.look(env, state, GAP_PATIENCE_MS);
  }

  /** Returns whether it is new, and to be passed on. */
  #take(
    env: HearsayEnv,
    state: OriginState,
    event: Publication,
    from: Peer,
    link: Link | undefined,
  ): boolean {
    const { form, last, seq, trace } = event;
    if (form === 'named' && seq >= state.log.next && state.log.get(seq) === undefined) {
      state.claimed(from, state.log.next, seq, env.now);
      if (link !== undefined) state.tree.fresh(link.index);
      this.#fetches.look(env, state, 0);
      return false;
    }
    const result = form === 'named' ? 'known' : this.#origins.add(state, event);
    if (result === 'known') this.#again(env, state, event, link);
    if (result === 'far') {
      this.#counts.rejected++;
      state.claimed(from, state.log.next, seq, env.now);
    }
    if (result !== 'new') return false;
    if (trace !== undefined) {
      this.#traces.note(env, { origin: state.name, nodeId: state.nodeId }, event);
    }
    if (link !== undefined) {
      state.tree.fresh(link.index);
      state.missed = 0;
    }
    return last > state.replayedTo;
  }

  /**
   * In this node's own name: mostly its own, come round. What it never published was forged, and
   * there are some who have it: so its number is void, and what this node publishes goes on after.
   */
  #takeOwn(state: OriginState, { last, seq }: Publication, link: Link | undefined): void {
    if (last < state.log.next) return this.#hush(state, link);
    this.#counts.rejected++;
    if (this.#origins.add(state, skipped(seq, last)) === 'new') mark('own-forged');
  }

  /** This node's own events whose turn it is, void ones among them, go out. */
  deliverOwn(env: HearsayEnv, state: OriginState): void {
    const from = state.log.next;
    this.#origins.deliver(env, state);
    for (const event of state.log.between(from, state.last)) this.#spread(env, state, event);
  }

  /** It was known: that link need not carry it. But if it is not what is known, someone lies. */
  #again(env: HearsayEnv, state: OriginState, event: Publication, link: Link | undefined): void {
    if (isDoubtful(state.log.get(event.seq), event)) {
      mark('event-doubtful');
      this.#doubts.ask(env, state);
    }
    this.#hush(state, link);
  }

  #hush(state: OriginState, link: Link | undefined): void {
    this.#counts.duplicates++;
    if (link !== undefined && state.tree.duplicate(link.index)) link.hushes.add(state);
  }

  /** To all links but that which it came over: the event, or word of it. */
  #spread(
    env: HearsayEnv,
    state: OriginState,
    event: Publication,
    by?: Link,
    from: Peer = NOBODY,
  ): void {
    const wordMs = ANNOUNCE_MS * (0.5 + env.random.float());
    for (const link of this.#links.all()) {
      if (link === by || link.peer === from) continue;
      if (state.tree.isEager(link.index)) this.#flows.push(link, state, event, 'eager');
      else this.#flows.announce(env, link, state, wordMs);
    }
  }

  /** To all links but that of whoever gave it: word of all there is, at once. */
  #tell(env: HearsayEnv, state: OriginState, from: Peer): void {
    for (const link of this.#links.all()) {
      if (link.peer !== from) this.#flows.announce(env, link, state, 0);
    }
  }

  /** What a link should have brought was asked for: from now on it shall bring it. */
  graft(env: HearsayEnv, state: OriginState, from: Peer): void {
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
}

/** Whether an event that came again is other than before, or older than what should come again. */
function isDoubtful(known: Publication | undefined, event: Publication): boolean {
  if (known === undefined) return true;
  if (known.form === 'skipped' && event.form === 'whole') return event.key === '';
  if (known.form !== 'whole' || event.form !== 'whole') return false;
  const { body, format, key, topic } = event;
  return (
    body.length !== known.body.length ||
    topic !== known.topic ||
    key !== known.key ||
    format !== known.format ||
    body.some((byte, i) => byte !== known.body[i])
  );
}

/**
 * What is asked for in greater numbers was missed for long, by others, too, and trees have changed
 * meanwhile: they had better ask for it, each once, than get it over all links.
 */
const PUSHED_MAX = 4;
/** Word of an event came, and the event did not: it may be under way on its own link. */
const HAVE_PATIENCE_MS = 120;
/** Fetches in a row, nothing having come over links between them. */
const MISSED_MAX = 2;
/** A later event came first: what is missing is mostly sent again within this. */
const GAP_PATIENCE_MS = 200;
