import type { Cluster } from './cluster.ts';
import type { JoinClusterOptions } from './join-cluster-options.ts';
import type { AbortSignalLike } from './platform.ts';

/** The platform's own AbortSignal, so that it fits `fetch` and the like. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Own } }
  ? Own
  : AbortSignalLike;

/**
 * Everything by which a program touches the world around it. What takes time and chance from here
 * alone runs in a simulated world exactly as it runs live, and the same way every time.
 */
export interface Io {
  /** Who this is. */
  readonly name: string;
  /** Starts a node and joins it to a cluster. */
  readonly joinCluster: (options: JoinClusterOptions) => Promise<Cluster>;
  /** Milliseconds on a clock that never goes back, since some moment: `performance.now()`. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 ≤ x < 1: `Math.random()`. */
  readonly random: () => number;
  /** Aborts when this program ends: close what the world outside still holds open for it. */
  readonly signal: Signal;
  /** Waits for something real (a file, a server); a simulated world holds its time meanwhile. */
  readonly external: <T>(promise: Promise<T>) => Promise<T>;
  /** A line for whoever watches. */
  readonly log: (text: string) => void;
}

/** What runs in a world: live or simulated, it cannot tell. */
export type Program = (io: Io) => unknown;
