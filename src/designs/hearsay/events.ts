import type { Accusation, Met, Streams, Tags } from '../../blocks/membership/index.ts';
import type { Address, NodeId, Peer, Status } from '../../core/index.ts';

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
  /** What the stream beside it met; undefined where none was tried or it is still open. */
  readonly stream: Met | undefined;
  /** What each helper answered; undefined: nothing at all. */
  readonly helpers: readonly { readonly name: string; readonly met: Met | undefined }[];
}

/** What this design tells the application. Each says about whom, by whom and why. */
export type HearsayEvent =
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
  | { readonly type: 'member-refuted'; readonly member: Member; readonly before: Member }
  | {
      readonly type: 'member-failed';
      readonly member: Member;
      readonly accusers: readonly Accusation[];
      /** Declared by this node's own timer, else heard from another. */
      readonly own: boolean;
    }
  | { readonly type: 'member-left'; readonly member: Member }
  | { readonly type: 'member-evicted'; readonly member: Member }
  /** New tags, address or `streams`. */
  | { readonly type: 'member-updated'; readonly member: Member; readonly before: Member }
  /** Another living node has a member's name. `yields`: it is this node that gives way. */
  | { readonly type: 'name-conflict'; readonly name: string; readonly yields: boolean }
  /** No other member is known to live any more. */
  | { readonly type: 'isolated' }
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
