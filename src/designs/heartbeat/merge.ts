/**
 * Which of two facts about one name is believed.
 *
 * Higher incarnation first, then higher heartbeat, then the worse status: left > dead > suspect >
 * alive. That is a total order of (incarnation, heartbeat, status), and merging is its maximum, so
 * it is commutative, associative and idempotent. The route is no part of the order: it follows the
 * author, who gives each (incarnation, heartbeat) one route.
 *
 * `left` is beyond the textbook. The leaver itself says it, at a heartbeat of its own, so nothing
 * else has that heartbeat unless an observer lost sight of the leaver since.
 */
import type { Fact, HeartbeatStatus } from './messages.ts';

/** (incarnation, heartbeat): how new a fact is. Only its subject makes a newer one. */
export type Stamp = Pick<Fact, 'incarnation' | 'heartbeat'>;

/** From good to bad; the position is the rank. */
export const STATUSES: readonly HeartbeatStatus[] = ['alive', 'suspect', 'dead', 'left'];

const RANK: Record<HeartbeatStatus, number> = { alive: 0, suspect: 1, dead: 2, left: 3 };

/** Whether `a` shows a later sign of life than `b`: what refreshes the update time. */
export function isNewer(a: Stamp, b: Stamp): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation > b.incarnation;
  return a.heartbeat > b.heartbeat;
}

/** Whether `a` replaces `b`. */
export function outranks(a: Fact, b: Fact): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation > b.incarnation;
  if (a.heartbeat !== b.heartbeat) return a.heartbeat > b.heartbeat;
  return RANK[a.status] > RANK[b.status];
}

/** What is believed after both were heard. */
export function merge(a: Fact, b: Fact): Fact {
  return outranks(b, a) ? b : a;
}
