/** What this node publishes, and whether the others take it up as fast. */
import { degreeWanted } from '../../../blocks/overlay/index.ts';
import { HearsayError, mark } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import {
  checkBody,
  checkKey,
  checkTopic,
  makePublication,
  type Format,
  type Hop,
} from '../publication.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
import type { Flows } from './flows.ts';
import type { Links } from './links.ts';
import type { Origins } from './origins.ts';
import { EVENTS_MAX, isBehind, isFull, isWorthAsking } from './pressure.ts';
import type { Spreading, SpreadingPieces } from './spreading.ts';
import type { Traces } from './traces.ts';

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

export class OwnEvents {
  readonly #view: View;
  readonly #counts: TopicCounts;
  readonly #origins: Origins;
  readonly #traces: Traces;
  readonly #links: Links;
  readonly #flows: Flows;
  readonly #spreading: Spreading;
  /** Up to here somebody was there to be told, when it was published or later. */
  #shared = 0;
  /** A publish was refused since the queue was full. */
  #isFull = false;

  constructor(pieces: SpreadingPieces, spreading: Spreading) {
    this.#view = pieces.view;
    this.#counts = pieces.counts;
    this.#origins = pieces.origins;
    this.#traces = pieces.traces;
    this.#links = pieces.links;
    this.#flows = pieces.flows;
    this.#spreading = spreading;
  }

  /** The number of the last one. */
  get last(): number {
    return this.#origins.get(this.#view.self.fact.nodeId)?.last ?? 0;
  }

  /** Up to here somebody was there to be told, when it was published or later. */
  get shared(): number {
    return this.#shared;
  }

  /** A link has been told of all. */
  share(): void {
    this.#shared = this.last;
  }

  /** Applies an event here, and queues it for the others. Returns its number. */
  publish(env: HearsayEnv, { topic, body, format, key = '', trace = false }: Publishing): number {
    if (this.#backlogged(env)) {
      this.#wait(env);
      this.#counts.refused++;
      mark('publish-refused');
      throw new HearsayError(
        'QUEUE_FULL',
        'publish: what this node has published is not taken up as fast; await drained()',
      );
    }
    const { name, fact } = this.#view.self;
    const state = this.#origins.obtain(fact.nodeId, name);
    if (state === undefined) throw new HearsayError('QUEUE_FULL', 'publish: too many publishers');
    const seq = state.log.next;
    if (this.#links.degree > 0) this.#shared = seq;
    const hops = trace ? NO_HOPS : undefined;
    const of = { seq, form: 'whole', topic, key, format, body, trace: hops } as const;
    const event = makePublication(of);
    this.#counts.published++;
    this.#origins.add(state, event);
    if (trace) this.#traces.note(env, { origin: name, nodeId: fact.nodeId }, event);
    this.#spreading.deliverOwn(env, state);
    return seq;
  }

  /** Whether a publish would be taken now; if not, `events-drained` tells when. */
  awaitRoom(env: HearsayEnv): boolean {
    if (this.#backlogged(env)) this.#wait(env);
    else this.#isFull = false;
    return !this.#isFull;
  }

  /** Queues have been sent from: tells of it, if somebody waits for room and there is. */
  noteRoom(env: HearsayEnv): void {
    if (!this.#isFull || this.#backlogged(env, 0.5)) return;
    this.#isFull = false;
    env.emit({ type: 'events-drained' });
  }

  /** Whoever has nothing to answer does not tell that its queues are empty by now: asks. */
  lookForRoom(env: HearsayEnv): void {
    if (!this.#isFull) return;
    for (const link of this.#links.all()) if (isWorthAsking(link)) this.#flows.knock(env, link);
    env.after(ROOM_MS, Timer.TopicRoom);
  }

  /** Somebody wants to publish, and cannot now. */
  #wait(env: HearsayEnv): void {
    if (!this.#isFull) env.after(ROOM_MS, Timer.TopicRoom);
    this.#isFull = true;
  }

  /** Whether too much of what this node sends is not taken up. */
  #backlogged(env: HearsayEnv, share = 1): boolean {
    const { roster, selfSlot } = this.#view;
    if (selfSlot >= 0 && degreeWanted(roster.live) === 0) return false;
    const own = this.#origins.get(this.#view.self.fact.nodeId);
    if (own === undefined) return false;
    const { log, tree } = own;
    if (this.#links.degree === 0) return log.countAbove(this.#shared) >= EVENTS_MAX * share;
    if (isFull(this.#links.all(), share, env.now)) return true;
    const carriers = [...this.#links.all()].filter(({ index }) => tree.isEager(index));
    return isBehind(carriers, log, share);
  }
}

/** @throws UsageError BAD_TOPIC, BAD_OPTION, EVENT_TOO_LARGE */
export function checkPublishing({ topic, body, key = '' }: Publishing): void {
  checkTopic(topic);
  checkKey(key);
  checkBody(body);
}

const NO_HOPS: readonly Hop[] = [];
/** How often a publisher that waits looks for room. */
const ROOM_MS = 50;
