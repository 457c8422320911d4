import type { Accusation, Met, Streams, Tags } from '../../blocks/membership/index.ts';
import type { Address, NodeId, Peer, Status } from '../../core/index.ts';
import type { DataEvent } from './data-events.ts';
import type { QueryEvent } from './query-events.ts';
import type { TopicEvent } from './topic-events.ts';

/** A member as the application sees it: a snapshot. */
export interface Member {
  readonly name: string;
  readonly address: Address;
  readonly nodeId: NodeId;
  readonly peer: Peer;
  readonly status: Status;
  readonly tags: Tags;
  readonly streams: Streams;
  /** Start of this life, ms since 1970 by the member's clock (raised where a past life demands). */
  readonly start: number;
  readonly counter: number;
}

/** How a probe of this node's own failed. */
export interface ProbePath {
  /** From the ping to the suspicion. */
  readonly tookMs: number;
  /** What the stream beside it met; `open`: no answer, and no failure either. */
  readonly stream: Met | 'open' | 'untried';
  readonly helpers: readonly AskedHelper[];
  /** The round trip that this member usually has, smoothed; undefined where it is not known. */
  readonly rttMs: number | undefined;
  /** This node's own health score by then: 0 is well, 8 the worst. */
  readonly health: number;
}

/** What a helper of a failed probe answered. */
export interface AskedHelper {
  readonly name: string;
  /** Undefined: nothing at all. */
  readonly met: Met | undefined;
  /** From the question to its first answer. */
  readonly tookMs: number | undefined;
}

/** What this design tells the application. Each says about whom, by whom and why. */
export type HearsayEvent = MembershipEvent | DataEvent | QueryEvent | TopicEvent;

export type MembershipEvent =
  /** Streams from others do not reach this node, as they say, or do again. */
  | { readonly type: 'streams-blocked'; readonly blocked: boolean; readonly direction: 'in' }
  /** A name not known before is alive. */
  | { readonly type: 'member-joined'; readonly member: Member }
  /** A new life of a known name, or alive again after it was thought dead or had left. */
  | { readonly type: 'member-rejoined'; readonly member: Member; readonly before: Member }
  /** Accused; `path` where this node itself accuses. Again when an accuser joins: `again`. */
  | {
      readonly type: 'member-suspected';
      readonly member: Member;
      readonly accusers: readonly Accusation[];
      readonly path: ProbePath | undefined;
      readonly again: boolean;
    }
  /** The accused lives. */
  | {
      readonly type: 'member-refuted';
      readonly member: Member;
      readonly before: Member;
      /** For how long this node had suspected it. */
      readonly afterMs: number;
    }
  | {
      readonly type: 'member-failed';
      readonly member: Member;
      readonly accusers: readonly Accusation[];
      /** Declared by this node's own timer, else heard from another. */
      readonly own: boolean;
      /** For how long this node had suspected it; 0: it was not suspected here. */
      readonly afterMs: number;
    }
  | { readonly type: 'member-left'; readonly member: Member }
  | { readonly type: 'member-evicted'; readonly member: Member }
  /** New tags, address or `streams`. */
  | { readonly type: 'member-updated'; readonly member: Member; readonly before: Member }
  /** This node itself was said to be suspect or dead; it has answered that it lives. */
  | {
      readonly type: 'accused';
      readonly status: 'suspect' | 'dead';
      readonly accusers: readonly Accusation[];
      /** Its own health score by then. */
      readonly health: number;
    }
  /** Another living node has a member's name. `yields`: it is this node that gives way. */
  | { readonly type: 'name-conflict'; readonly name: string; readonly yields: boolean }
  /** No other member is known to live any more. */
  | { readonly type: 'isolated' }
  /**
   * This node was absent for longer than the dead are remembered, or had been told a false time. It
   * has forgotten all others, so that it tells of nobody long dead, and joins as a newcomer:
   * `joined` follows, and those that live are told as `member-joined`.
   */
  | {
      readonly type: 'slept';
      /** At least; 0: it was not absent. */
      readonly forMs: number;
      /** Live members that it knew. */
      readonly forgotten: number;
    }
  /**
   * News of lives that claim to begin more than a day from now was refused, `count` times since it
   * was last told: that clock, or this node's, is wrong, or somebody forges.
   */
  | {
      readonly type: 'start-refused';
      readonly name: string;
      readonly start: number;
      /** Who told it. */
      readonly from: Address;
      readonly count: number;
    }
  /** This node has announced itself: after the first full exchange, or at once without seeds. */
  | { readonly type: 'joined'; readonly members: number }
  /** No seed has admitted this node yet; it goes on trying unless `final`. */
  | {
      readonly type: 'join-failed';
      readonly code: 'NAME_TAKEN' | 'STREAM_BLOCKED' | 'UNREACHABLE';
      readonly seed: Address;
      readonly final: boolean;
    }
  /** This node's own leaving has been spread; it stops now. */
  | { readonly type: 'departed' };
