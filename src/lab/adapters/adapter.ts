import type { Address, Design, Membership, Protocol } from '../../core/index.ts';
import type { HearsayConfig } from '../../designs/hearsay/index.ts';
import type { HeartbeatConfig, HeartbeatMode } from '../../designs/heartbeat/index.ts';
import type { SimHost } from '../../sim/index.ts';

/** What an experiment must know of a design, beyond the contract. */
export interface Adapter<C, M, E, S, P extends Protocol<M, E> & Membership> {
  readonly design: Design<C, M, E, S, P>;
  config(name: string, seeds: readonly Address[], tuning: Tuning): C;
  /** Gives every node the full membership, once all have started: they start converged. */
  acquaint(hosts: readonly SimHost<P, M, E>[]): void;
  /** Members that a node thinks alive or suspect, itself included. */
  live(protocol: P): number;
  /** Rounds of gossip that a node has begun. */
  rounds(protocol: P): number;
}

/** What an experiment changes in a design's defaults. */
export interface Tuning {
  /** Peers that a round of gossip goes to. */
  readonly fanout?: number | undefined;
  /** Of the heartbeat design. */
  readonly mode?: HeartbeatMode | undefined;
  readonly heartbeat?: Partial<HeartbeatConfig>;
  readonly hearsay?: Partial<HearsayConfig>;
}
