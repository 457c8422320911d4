import type { Env } from './env.ts';
import type { Peer } from './identity.ts';
import type { LogRecord } from './log-record.ts';

/**
 * What can happen to a node. Hosts call these; each runs to completion and only enqueues.
 *
 * A throw may leave state half changed: the simulator stops and prints the replay, the live host
 * stops that node.
 */
export interface Protocol<M, E> {
  start(env: Env<M, E>): void;
  receive(env: Env<M, E>, from: Peer, message: M): void;
  wake(env: Env<M, E>, timer: number, arg: number): void;
  /** A send is known to have failed; token 0 for a packet. */
  unreachable(env: Env<M, E>, peer: Peer, token: number, why: Why): void;
  /**
   * Records that say all that the saved ones say, and no more than is needed: a host may replace
   * its log by them, between handlers; large values that it leaves out go. A design that saves
   * nothing lacks this.
   */
  snapshot?(): Iterable<LogRecord>;
}

/**
 * Why a send failed. `refused`: nobody listens there (ECONNREFUSED on a fresh dial, nothing
 * else). `gone`: another life answers there. `lost`: no answer, reset, or no route. `local`: this
 * machine failed, which accuses nobody.
 */
export type Why = 'refused' | 'gone' | 'lost' | 'local';
