import type { MemberView, Peer } from '../../core/index.ts';

/**
 * What one node says of one member: an entry of the textbook's table.
 *
 * Immutable, so that many views and packets share one object.
 */
export interface Fact {
  /** 1 … {@link NAME_BYTES_MAX} bytes. */
  readonly name: string;
  /** The route to the member: its advertised address and nodeId. */
  readonly peer: Peer;
  /** Start of this life, whole milliseconds of wall clock, 0 … {@link INCARNATION_MAX}. */
  readonly incarnation: number;
  /** The member's own count of heartbeats, 0 … {@link HEARTBEAT_MAX}. */
  readonly heartbeat: number;
  readonly status: HeartbeatStatus;
}

export type HeartbeatStatus = 'alive' | 'suspect' | 'dead' | 'left';

/** As in the flagship, so that one configuration runs with either. */
export const NAME_BYTES_MAX = 128;
/** Six bytes on the wire: wall clocks up to the year 10889. */
export const INCARNATION_MAX = 2 ** 48 - 1;
/** Six bytes' worth: a heartbeat a millisecond for 8,900 years. */
export const HEARTBEAT_MAX = 2 ** 48 - 1;

/** A part of a view that fits one packet; the parts of one view go out together. */
export interface HeartbeatMessage {
  readonly type: 'gossip';
  readonly facts: readonly Fact[];
  /** Push-pull: the receiver sends its own view back. Set on a view's last part only. */
  readonly answer: boolean;
}

/** What this design tells the application. */
export type HeartbeatEvent =
  /** A name that is not in the table is alive. */
  | { readonly type: 'member-joined'; readonly member: MemberView }
  /** A new life of a known name, or alive again after it was thought dead or had left. */
  | { readonly type: 'member-rejoined'; readonly member: MemberView }
  /** No news for the failure timeout; `own`: by this node's own clock, else heard from another. */
  | { readonly type: 'member-suspected'; readonly member: MemberView; readonly own: boolean }
  /** News of a suspect. */
  | { readonly type: 'member-refuted'; readonly member: MemberView }
  /** No news for the cleanup timeout; `own` as above. */
  | { readonly type: 'member-failed'; readonly member: MemberView; readonly own: boolean }
  | { readonly type: 'member-left'; readonly member: MemberView }
  /** This node's own leaving has been spread; it stops now. */
  | { readonly type: 'departed' };

/** A fact as the application sees it. */
export function viewOf(fact: Fact): MemberView {
  const { name, peer, incarnation, heartbeat, status } = fact;
  return { name, peer, start: incarnation, counter: heartbeat, status };
}
