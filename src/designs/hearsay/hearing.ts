import type { Peer } from '../../core/index.ts';
import type { ProbePath } from './events.ts';

/** Where news comes from, and whether it is worth telling on. */
export interface Hearing {
  /** Who told it; this node itself if it found out. */
  readonly from: Peer;
  /** False for what a newcomer learns in its first exchange: everyone else knows that. */
  readonly spread: boolean;
  /** How this node's own probe failed, if that is the cause. */
  readonly path?: ProbePath;
  /**
   * Whether deaths that it tells of are asked after first. After a partition each half tells the
   * other that it is dead; without this, members would believe so of their own neighbours.
   */
  readonly doubtful?: boolean;
}
