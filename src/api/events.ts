/**
 * What a program is told. The protocol's events, with what a reader would otherwise have to work
 * out: who accused, why a member is back, what has changed.
 */
import type { Address, NodeId } from '../core/index.ts';
import type { Accusation, ProbePath } from '../designs/hearsay/index.ts';
import type { Content } from './content.ts';
import type { Member } from './member.ts';

export type ClusterEvent =
  /** A name not known before. */
  | { readonly type: 'member-joined'; readonly member: Member }
  /** `restarted`: a new life of a known name. `returned`: alive after all, or again. */
  | {
      readonly type: 'member-rejoined';
      readonly member: Member;
      readonly before: Member;
      readonly why: 'restarted' | 'returned';
    }
  /** Comes again, with `again`, when another member joins the accusers. */
  | {
      readonly type: 'member-suspected';
      readonly member: Member;
      /** Who accuses now, by name; `accusers` are all so far, and what each has met. */
      readonly accuser: string;
      readonly accusers: readonly Accusation[];
      /** How this node's own probe failed; undefined where others accuse. */
      readonly path: ProbePath | undefined;
      readonly again: boolean;
    }
  /** The accused answered: it lives. */
  | {
      readonly type: 'member-refuted';
      readonly member: Member;
      readonly before: Member;
      /** For how long this node had suspected it, ms. */
      readonly afterMs: number;
    }
  | {
      readonly type: 'member-failed';
      readonly member: Member;
      readonly accusers: readonly Accusation[];
      /** Declared by this node itself, else heard. */
      readonly own: boolean;
      /** For how long this node had suspected it, ms; 0: it was not suspected here. */
      readonly afterMs: number;
    }
  | { readonly type: 'member-left'; readonly member: Member }
  /** May be about this node itself, which then stops. */
  | { readonly type: 'member-evicted'; readonly member: Member }
  | {
      readonly type: 'member-updated';
      readonly member: Member;
      readonly before: Member;
      readonly changed: readonly ('address' | 'streams' | 'tags')[];
    }
  /** This node itself was said to be suspect or dead, and has answered that it lives. */
  | {
      readonly type: 'accused';
      readonly status: 'suspect' | 'dead';
      readonly accusers: readonly Accusation[];
      /** Its own health score by then. */
      readonly health: number;
    }
  /** Another living node has this name; `yields`: this node stops in its favour. */
  | { readonly type: 'name-conflict'; readonly name: string; readonly yields: boolean }
  /** No other member is known to live. */
  | { readonly type: 'isolated' }
  /**
   * This node was away, asleep or stopped, for longer than the dead are remembered: it forgot
   * all others, `forgotten` live ones, and joins anew; who lives is told as joined.
   */
  | { readonly type: 'slept'; readonly forMs: number; readonly forgotten: number }
  /** TCP from this node to others (`out`) or from others to it (`in`) is blocked, or no longer. */
  | {
      readonly type: 'streams-blocked';
      readonly blocked: boolean;
      readonly direction: 'in' | 'out';
    }
  /** The data directory cannot be written, or can again; what was missed is written then. */
  | { readonly type: 'saving-blocked'; readonly blocked: boolean; readonly why: string }
  /** A key of a member's state, this node's own too, has another value here. */
  | {
      readonly type: 'state-changed';
      /** The member's. */
      readonly name: string;
      readonly key: string;
      /** Undefined: it was deleted, or that life is over, or a large value is not here yet. */
      readonly value: Content | undefined;
      /** Undefined: there was none. */
      readonly before: Content | undefined;
      /** Counts the writes of that life; 0: it is over or forgotten. */
      readonly version: number;
    }
  /** A key of the shared map has another value here. */
  | {
      readonly type: 'map-changed';
      readonly key: string;
      readonly value: Content | undefined;
      readonly before: Content | undefined;
      /** When it was written, ms since 1970 by the writer's hybrid clock. */
      readonly at: number | undefined;
      /** The nodeId of the writer's life; both undefined: this node has forgotten the map. */
      readonly by: NodeId | undefined;
    }
  /**
   * Writes to the map were refused, since their writer's clock is too far ahead: by this node, or
   * (`own`) its own by others.
   */
  | {
      readonly type: 'stamp-refused';
      readonly key: string;
      readonly aheadMs: number;
      /** Where it came from, or who refuses. */
      readonly source: Address;
      readonly own: boolean;
      readonly count: number;
    }
  /**
   * A large value that a key should have finds no room here (`valuesBytesMax`), and is tried again
   * now and then. `name`: whose state it is; undefined: it is in the map.
   */
  | {
      readonly type: 'value-refused';
      readonly name: string | undefined;
      readonly key: string;
      /** Of the value, bytes. */
      readonly length: number;
    }
  /** Input from the network that was thrown away: `count` times since the last such event. */
  | {
      readonly type: 'rejected';
      readonly reason: string;
      readonly source: string;
      readonly count: number;
    }
  /** This node is a member now, and knows so many live ones. */
  | { readonly type: 'joined'; readonly members: number }
  /** This life of the node is over. */
  | ({ readonly type: 'closed' } & Closed);

/** Why a life ended. `error` with `failed` only. */
export interface Closed {
  readonly reason: 'left' | 'evicted' | 'name-taken' | 'failed';
  readonly error?: unknown;
}

export type ClusterEventType = ClusterEvent['type'];
export type ClusterEventOf<T extends ClusterEventType> = Extract<ClusterEvent, { type: T }>;
