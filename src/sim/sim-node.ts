import {
  ANYONE,
  NOBODY,
  Xoshiro128,
  type Address,
  type HostEvent,
  type LogRecord,
  type NodeId,
  type Peer,
} from '../core/index.ts';
import type { Introduction } from '../blocks/security/introduction.ts';
import type { DriftingClock } from './drifting-clock.ts';
import type { NodeSession } from './node-session.ts';
import type { StreamTable } from './stream-end.ts';

/** What becomes of a node, from the machine's point of view. */
export const State = {
  /** Added, and its time has not come. */
  Waiting: 0,
  /** It has a life whose `start` has not run; nothing reaches it yet. */
  Born: 1,
  Up: 2,
  /** Its process stands still; the kernel goes on. */
  Paused: 3,
  /** Its process is gone; the machine refuses. */
  Down: 4,
  /** Its machine is without power: silence. */
  Off: 5,
} as const;

/** What a node wrote with `Env.save`. */
export interface SavedLog {
  readonly records: LogRecord[];
  /** Whether the last record is on disk for certain. */
  durable: boolean;
}

/** A send that waits for its receiver's nodeId. */
export interface HeldPacket {
  readonly payload: unknown;
  readonly bytes: number;
}

/** One node's record in a simulation: the member through all of its lives. */
export class SimNode<P, E> {
  // What every event touches comes first: it then shares a cache line, which at a million nodes
  // is most of an event's cost.
  /** The route to its present life. */
  self: Peer = NOBODY;
  protocol: P | undefined = undefined;
  /** While paused or starved: what has arrived, in order. */
  inbox: (() => void)[] | undefined = undefined;
  /** While starved: what it has sent, in order. */
  outbox: (() => void)[] | undefined = undefined;
  state: number = State.Waiting;
  readonly index: number;
  /** Counts lives; what belongs to an earlier one no longer happens. */
  life = 0;
  /** The protocol's stream; a new one each life. */
  random: Xoshiro128;
  /** The network draws from it for what this node sends. */
  readonly luck: Xoshiro128;
  /** While paused: timers that are due, in order. */
  overdue: (() => void)[] | undefined = undefined;
  listeners: ((event: E | HostEvent) => void)[] = NO_LISTENERS;
  nodeId: NodeId = ANYONE;
  address: Address;
  readonly name: string;
  config: unknown;
  cluster: string;
  member: string;
  introduction: Introduction<Peer, HeldPacket> | undefined = undefined;
  streams: StreamTable<SimNode<P, E>> | undefined = undefined;
  /** Where the simulation encrypts. */
  session: NodeSession | undefined = undefined;
  /** What is wrong with its TCP port. */
  tcp: TcpFault | undefined = undefined;
  /** Faults of its TCP port so far. */
  tcpChanges = 0;
  /** Types of the faults that trouble it, of those that last until they are taken back. */
  ails: Set<string> | undefined = undefined;
  /** Its own clock, if that has ever drifted. */
  clock: DriftingClock | undefined = undefined;
  /** Disorder draws from it for what this node sends. */
  disorder: Xoshiro128 | undefined = undefined;
  /** How far its wall clock has been set forwards. */
  wallSkewMs = 0;
  /** When its present life began, or the last one ended. */
  changedAt = -Infinity;
  /** Why its last life's protocol stopped, if it did so by itself. */
  stopReason: string | undefined = undefined;
  /** When a fault last touched it. */
  touchedAt = -Infinity;
  log: SavedLog | undefined = undefined;

  /** Whether a fault of that type troubles it. */
  hasAil(type: string): boolean {
    return this.ails !== undefined && this.ails.has(type);
  }

  constructor(index: number, name: string, config: unknown, options: NodePlace, seed: number) {
    this.index = index;
    this.name = name;
    this.config = config;
    this.cluster = options.cluster;
    this.member = options.member;
    this.address = options.address;
    this.random = UNBORN;
    this.luck = new Xoshiro128(seed, `network of ${name}`);
  }

  /** Whether its sockets are open. */
  get listens(): boolean {
    return this.state === State.Up || this.state === State.Paused;
  }

  /** Whether it has a process, be it one that has not started or stands still. */
  get isAlive(): boolean {
    return this.listens || this.state === State.Born;
  }
}

/** A TCP port that swallows, refuses, or accepts and closes at once. */
export type TcpFault = 'drops' | 'rejects' | 'accepts-and-closes';

export interface NodePlace {
  readonly address: Address;
  readonly cluster: string;
  readonly member: string;
  /** For latencies by zone. */
  readonly zone?: string | undefined;
}

/** Shared by all that have none: a million empty arrays would cost 16 MB. */
const NO_LISTENERS: never[] = [];

/** Stands in until the first life has its own. */
const UNBORN = new Xoshiro128(0);
