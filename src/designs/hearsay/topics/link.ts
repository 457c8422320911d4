import { Arrivals, LinkFlow } from '../../../blocks/overlay/index.ts';
import type { Peer } from '../../../core/index.ts';
import type { OriginState } from './origins.ts';
import type { Path, Publication } from '../publication.ts';

/** An event that is to go over a link. */
export interface Queued {
  readonly origin: OriginState;
  readonly seq: number;
  readonly path: Path;
  readonly bytes: number;
}

/** What was in a packet. */
export interface Content {
  readonly events: readonly Queued[];
  readonly hushes: readonly OriginState[];
}

/** One link, as one of its ends knows it. */
export class Link {
  readonly peer: Peer;
  /** 0 … 15, of this node's links. */
  readonly index: number;
  readonly flow: LinkFlow<Content>;
  readonly arrivals = new Arrivals();
  /** Origins of which to say whether this node wants their events over this link. */
  readonly hushes = new Set<OriginState>();
  /** Origins of which to say what this node has. */
  readonly haves = new Set<OriginState>();
  /** When what waits goes even if it does not fill a packet. */
  gatherMs: number | undefined;
  /** When what has arrived is acknowledged at the latest. */
  ackMs: number | undefined;
  /** When `haves` are told at the latest. */
  announceMs: number | undefined;
  /** When the earliest alarm rings that is set. */
  alarmMs: number | undefined;
  /** Packets that arrived and are not acknowledged. */
  unacked = 0;
  arrivedMs = 0;
  /** What the other side says of the queues behind it: 0 … 255. */
  pressure = 0;
  /** The highest number of this node's own events that has arrived there. */
  ownArrived = 0;
  /** Since when it has been as full as makes publishers wait, here or behind it. */
  fullSinceMs: number | undefined;
  /** Nothing has come back for long. */
  isStalled = false;
  /** Its queue was given up lately, for being too long. */
  hasLagged = false;
  /** It has been full for so long that nobody waits for it any more. */
  isSlow = false;
  heardMs: number;
  #queue: Queued[] = [];
  #from = 0;
  #queuedBytes = 0;
  /** So long the queue may become before it is looked through. */
  #tidyAt = TIDY_MIN;

  constructor(peer: Peer, index: number, number: number, now: number) {
    this.peer = peer;
    this.index = index;
    this.flow = new LinkFlow(number, now);
    this.heardMs = now;
  }

  /** Events that wait; of those that newer ones have replaced, an eighth at most. */
  get queued(): number {
    return this.#queue.length - this.#from;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get head(): Queued | undefined {
    return this.#queue[this.#from];
  }

  push(queued: Queued): void {
    this.#queue.push(queued);
    this.#queuedBytes += queued.bytes;
    if (this.queued >= this.#tidyAt) this.#tidy();
  }

  /** What was lost goes first. */
  pushFirst(list: readonly Queued[]): void {
    this.#queue.splice(0, this.#from, ...list);
    this.#from = 0;
    for (const { bytes } of list) this.#queuedBytes += bytes;
  }

  shift(): void {
    const head = this.#queue[this.#from];
    if (head === undefined) return;
    this.#from++;
    this.#queuedBytes -= head.bytes;
    this.#tidyAt = Math.min(this.#tidyAt, tidyAt(this.queued));
    if (this.#from < 64 || this.#from * 2 < this.#queue.length) return;
    this.#queue.splice(0, this.#from);
    this.#from = 0;
  }

  /** Gives up what waits. Returns it. */
  clear(): Queued[] {
    const left = this.#queue.slice(this.#from);
    this.#queue = [];
    this.#from = 0;
    this.#queuedBytes = 0;
    return left;
  }

  /** Of events that were replaced while they waited, one says so for each row of them. */
  #tidy(): void {
    const told = new Map<OriginState, Publication>();
    const kept = this.clear().filter(({ origin, seq }) => {
      const event = origin.log.get(seq);
      if (event?.form !== 'skipped') return true;
      const isTold = told.get(origin) === event;
      told.set(origin, event);
      return !isTold;
    });
    this.pushFirst(kept);
    this.#tidyAt = tidyAt(kept.length);
  }
}

/** So that looking through a queue costs little for each event that comes into it. */
function tidyAt(queued: number): number {
  return Math.max(TIDY_MIN, queued + queued / 8);
}

const TIDY_MIN = 64;
