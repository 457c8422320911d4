import {
  ANYONE,
  NOBODY,
  Xoshiro128,
  type Address,
  type HostEvent,
  type NodeId,
  type Peer,
} from '../core/index.ts';
import type { Introduction } from '../blocks/security/introduction.ts';
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
  readonly records: Uint8Array[];
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
  readonly index: number;
  readonly name: string;
  readonly config: unknown;
  readonly cluster: string;
  address: Address;
  state: number = State.Waiting;
  /** Counts lives; what belongs to an earlier one no longer happens. */
  life = 0;
  nodeId: NodeId = ANYONE;
  self: Peer = NOBODY;
  protocol: P | undefined;
  /** The protocol's stream; a new one each life. */
  random: Xoshiro128;
  /** The network draws from it for what this node sends. */
  readonly luck: Xoshiro128;
  /** While paused or starved: what has arrived, in order. */
  inbox: (() => void)[] | undefined;
  /** While starved: what it has sent, in order. */
  outbox: (() => void)[] | undefined;
  /** While paused: timers that are due, in order. */
  overdue: (() => void)[] | undefined;
  introduction: Introduction<Peer, HeldPacket> | undefined;
  streams: StreamTable<SimNode<P, E>> | undefined;
  /** What is wrong with its TCP port. */
  tcp: TcpFault | undefined;
  log: SavedLog | undefined;
  listeners: ((event: E | HostEvent) => void)[] = NO_LISTENERS;

  constructor(index: number, name: string, config: unknown, options: NodePlace, seed: number) {
    this.index = index;
    this.name = name;
    this.config = config;
    this.cluster = options.cluster;
    this.address = options.address;
    this.random = new Xoshiro128(seed, name);
    this.luck = new Xoshiro128(seed, `network of ${name}`);
  }

  /** Whether its sockets are open. */
  get listens(): boolean {
    return this.state === State.Up || this.state === State.Paused;
  }
}

/** A TCP port that swallows, refuses, or accepts and closes at once. */
export type TcpFault = 'drops' | 'rejects' | 'accepts-and-closes';

export interface NodePlace {
  readonly address: Address;
  readonly cluster: string;
}

/** Shared by all that have none: a million empty arrays would cost 16 MB. */
const NO_LISTENERS: never[] = [];
