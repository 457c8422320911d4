/**
 * What becomes of an event: taken in once, told to the application in its turn, and passed on,
 * whole along the tree of its origin, as mere word over the other links.
 */
import { mark, NOBODY, type Peer } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { Publication } from '../publication.ts';
import type { Note, Run, TopicPage } from '../topic-messages.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
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
}

export class Spreading {
  readonly #view: View;
  readonly #counts: TopicCounts;
  readonly #origins: Origins;
  readonly #traces: Traces;
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #fetches: Fetches;

  constructor({ view, counts, origins, traces, links, flows, fetches }: SpreadingPieces) {
    this.#view = view;
    this.#counts = counts;
    this.#origins = origins;
    this.#traces = traces;
    this.#links = links;
    this.#flows = flows;
    this.#fetches = fetches;
  }

  /** A neighbour says what it has, or wants, of an origin. */
  noted(env: HearsayEnv, link: Link, note: Note): void {
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
  page(env: HearsayEnv, from: Peer, { runs, spans }: TopicPage): void {
    for (const run of runs) this.run(env, run, from, undefined);
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
  run(env: HearsayEnv, { origin, events }: Run, from: Peer, link: Link | undefined): void {
    const isOwn = origin.nodeId === this.#view.self.fact.nodeId;
    const state = this.#origins.obtain(origin.nodeId, origin.name);
    if (state === undefined) {
      this.#counts.rejected += events.length;
      return;
    }
    for (const event of events) this.#take(env, state, event, from, isOwn ? 'own' : link);
    if (isOwn) return;
    const next = state.log.next;
    this.#origins.deliver(env, state);
    this.#counts.delivered += state.log.next - next;
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
      if (event.seq < state.log.next) return this.#again(state, link);
      state.claimed(from, Math.min(state.log.next, event.seq), event.seq);
      if (link !== undefined) state.tree.fresh(link.index);
      this.#fetches.look(env, state, 0);
      return;
    }
    const result = by === 'own' ? 'known' : this.#origins.add(state, event);
    if (result === 'known') {
      this.#again(state, link);
      return;
    }
    if (result === 'far') {
      this.#counts.rejected++;
      return;
    }
    if (event.trace !== undefined) {
      this.#traces.note(env, { origin: state.name, nodeId: state.nodeId }, event);
    }
    if (link !== undefined) {
      state.tree.fresh(link.index);
      state.missed = 0;
    }
    if (event.seq > state.replayedTo) this.spread(env, state, event, link, from);
  }

  /** It was known: that link need not carry it. */
  #again(state: OriginState, link: Link | undefined): void {
    this.#counts.duplicates++;
    if (link !== undefined && state.tree.duplicate(link.index)) link.hushes.add(state);
  }

  /** To all links but that which it came over: the event, or word of it. */
  spread(
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
      else if (link.index !== state.tree.parent) this.#flows.announce(env, link, state, wordMs);
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

/** Word of an event came, and the event did not: it may be under way on its own link. */
const HAVE_PATIENCE_MS = 120;
/** Fetches in a row, nothing having come over links between them. */
const MISSED_MAX = 2;
/** A later event came first: what is missing is mostly sent again within this. */
const GAP_PATIENCE_MS = 200;
