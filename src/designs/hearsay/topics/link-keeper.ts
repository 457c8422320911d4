/** What links are told when they open, what is settled on them, and when they are given up. */
import { mark } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { TopicFlow } from '../topic-messages.ts';
import type { View } from '../view.ts';
import { noteArrival, type Flows } from './flows.ts';
import type { Content, Link } from './link.ts';
import type { Links } from './links.ts';
import type { Origins } from './origins.ts';
import type { OwnEvents } from './own-events.ts';
import { notePace } from './pressure.ts';
import type { SpreadingPieces } from './spreading.ts';

export class LinkKeeper {
  readonly #view: View;
  readonly #origins: Origins;
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #own: OwnEvents;

  constructor({ view, origins, links, flows }: SpreadingPieces, own: OwnEvents) {
    this.#view = view;
    this.#origins = origins;
    this.#links = links;
    this.#flows = flows;
    this.#own = own;
  }

  /** A packet has come over a link. Returns whether what is in it is new. */
  heard(env: HearsayEnv, link: Link, { ack, number, pressure }: TopicFlow): boolean {
    link.heardMs = env.now;
    link.pressure = pressure;
    if (ack !== undefined) this.#settle(env, link, ack);
    if (number === 0) return true;
    const isNew = link.arrivals.note(number);
    noteArrival(link, env.now);
    if (!isNew) link.ackMs = env.now; // The acknowledgement of it was lost.
    return isNew;
  }

  /** The alarm of a link has rung. */
  tend(env: HearsayEnv, link: Link): void {
    this.#flows.rung(env, link);
    const { dueMs } = link.flow;
    // This node was itself away: that nothing came back meanwhile says nothing.
    if (dueMs !== undefined && env.now - dueMs > LATE_MS) link.flow.heardMs = env.now;
    const lost = link.flow.overdue(env.now);
    if (lost.length > 0) this.#flows.again(link, lost);
    this.#flows.flush(env, link);
  }

  /** From a timer, before which hosts deliver what has arrived. */
  check(env: HearsayEnv, link: Link): void {
    link.isStalled = link.flow.silentMs(env.now) > STALLED_MS;
    notePace(link, env.now);
    if (link.flow.silentMs(env.now) > BROKEN_MS) this.#links.broken(env, link);
    else if (env.now - link.heardMs > SILENT_MS && link.flow.flying === 0) {
      this.#flows.knock(env, link);
    }
  }

  opened(env: HearsayEnv, link: Link): void {
    link.ownArrived = this.#own.last; // What it has to be told yet waits in its queue.
    for (const state of this.#origins.all()) {
      state.tree.reset(link.index);
      const { log, nodeId } = state;
      if (log.next === log.first) continue;
      const isOwn = nodeId === this.#view.self.fact.nodeId;
      const pushedFrom = isOwn ? Math.max(log.first, this.#own.shared + 1) : log.next;
      for (const event of log.between(pushedFrom, state.last)) {
        this.#flows.push(link, state, event, 'eager');
      }
      if (pushedFrom > log.first) this.#flows.announce(env, link, state, 0);
    }
    this.#own.share();
    if (link.queued === 0) this.#flows.knock(env, link);
  }

  closed(env: HearsayEnv, link: Link): void {
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
}

/** Within it a healthy node answers, be its machine busy. */
const STALLED_MS = 1000;
/** After it a link is thought broken; membership mostly knows by then. */
const BROKEN_MS = 3000;
/** A link on which nothing came for so long is asked. */
const SILENT_MS = 30_000;
const LATE_MS = 500;
/** Trees of origins that were silent for longer are mended by their next event. */
const ACTIVE_MS = 30_000;
