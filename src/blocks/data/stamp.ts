/**
 * When an entry of the shared map was written: a hybrid logical clock's time (Kulkarni et al. 2014)
 * and who wrote it.
 *
 * Order: the time, then the count within it, then the writer. So of two writes one is the last, and
 * everybody agrees which.
 */
import type { NodeId } from '../../core/index.ts';

export interface Stamp {
  /** Whole milliseconds since 1970, 0 … 2^48 − 1. */
  readonly wallMs: number;
  /** Orders what was written within one millisecond, 0 … 2^16 − 1. */
  readonly count: number;
  readonly by: NodeId;
}

/** Below 0: `a` was written before `b`. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.wallMs !== b.wallMs) return a.wallMs - b.wallMs;
  if (a.count !== b.count) return a.count - b.count;
  return a.by < b.by ? -1 : a.by > b.by ? 1 : 0;
}

export const STAMP_WALL_MS_MAX = 2 ** 48 - 1;
export const STAMP_COUNT_MAX = 2 ** 16 - 1;
