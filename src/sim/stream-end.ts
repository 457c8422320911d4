import type { Lane, Peer } from '../core/index.ts';
import type { Parcel } from './parcels.ts';
import type { Pipe } from './pipe.ts';

/** Each has a connection of its own; the last is for what would be packets, if there were UDP. */
export const LANES = ['control', 'bulk', 'packets'] as const satisfies readonly (
  | Lane
  | 'packets'
)[];

/** One `sendReliably` on its way. */
export interface StreamSend {
  /** As the protocol named it. */
  readonly to: Peer;
  readonly token: number;
  readonly lane: number;
  readonly parcel: Parcel;
  readonly bytes: number;
  /** Its connection was open before it. */
  reused: boolean;
  /** The receiving machine has it; it may still wait for one sent before. */
  arrived: boolean;
}

/** What an end needs to know of its node. */
interface Living {
  readonly life: number;
  readonly self: Peer;
}

/** One node's end of a connection. */
export class StreamEnd<N extends Living> {
  readonly node: N;
  readonly life: number;
  /** Of the life it belongs to. */
  readonly self: Peer;
  readonly lane: number;
  /** Whom the dialler named; undefined at the acceptor. */
  readonly target: Peer | undefined;
  /** The other end; undefined while dialling. */
  other: StreamEnd<N> | undefined;
  isClosed = false;
  /** Its protocol has stopped, and closes when what was sent has gone. */
  isDraining = false;
  /** It has refused its dialler; not closed, lest a reset overtake the reason. */
  isRefusing = false;
  /** Its node has moved away: nothing arrives here any more, nor leaves. */
  isStranded = false;
  /** What it has under way, where links are limited. */
  pipe: Pipe | undefined = undefined;
  /** The acceptor has read the dialler's first frame; the dialler knows that it was taken. */
  isGreeted = false;
  /** Sent, not delivered, in order. */
  outgoing: StreamSend[] = [];
  /** Delivered before the acceptor has taken the connection: it may still refuse. */
  unanswered: StreamSend[] = [];
  usedAt = 0;
  /** Its keys in the table. */
  readonly routes: number[] = [];

  constructor(node: N, lane: number, target: Peer | undefined) {
    this.node = node;
    this.life = node.life;
    this.self = node.self;
    this.lane = lane;
    this.target = target;
  }
}

/** A node's connections: all of its ends, and which one serves a route and lane. */
export class StreamTable<N extends Living> {
  readonly ends = new Set<StreamEnd<N>>();
  readonly #byRoute = new Map<number, StreamEnd<N>>();

  find(peer: Peer, lane: number): StreamEnd<N> | undefined {
    return this.#byRoute.get(peer * LANES.length + lane);
  }

  /** An open connection serves before one that is still dialled; otherwise the first one stays. */
  serve(peer: Peer, end: StreamEnd<N>): void {
    const route = peer * LANES.length + end.lane;
    const present = this.#byRoute.get(route);
    if (present !== undefined && present.other !== undefined) return;
    this.#byRoute.set(route, end);
    end.routes.push(route);
  }

  remove(end: StreamEnd<N>): void {
    this.ends.delete(end);
    for (const route of end.routes) {
      if (this.#byRoute.get(route) === end) this.#byRoute.delete(route);
    }
  }
}
