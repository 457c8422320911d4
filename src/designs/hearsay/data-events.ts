import type { HeldValue, Stamp } from '../../blocks/data/index.ts';
import type { Address } from '../../core/index.ts';

/** What the data of a cluster tells the application. */
export type DataEvent =
  /** A key of some member's state, this node's own too, has another value here. */
  | {
      readonly type: 'state-changed';
      /** The member's name. */
      readonly name: string;
      readonly key: string;
      /** Undefined: it is deleted, or that life is over or forgotten. */
      readonly value: HeldValue | undefined;
      /** Undefined: there was none. */
      readonly before: HeldValue | undefined;
      /** Of the entry; 0: the life is over or forgotten. */
      readonly version: number;
    }
  /** A key of the shared map has another value here. */
  | {
      readonly type: 'map-changed';
      readonly key: string;
      readonly value: HeldValue | undefined;
      readonly before: HeldValue | undefined;
      /** Undefined: this node has forgotten the map, since it was away for too long. */
      readonly stamp: Stamp | undefined;
    }
  /** A value that some key should have finds no room here: told once, tried again now and then. */
  | {
      readonly type: 'value-refused';
      /** The member whose state it is; undefined: it is in the shared map. */
      readonly name: string | undefined;
      readonly key: string;
      /** Of the value, bytes. */
      readonly length: number;
    }
  /**
   * Writes to the map that waited have been applied, and others need not wait; `dropped` are keys
   * for which there was no room.
   */
  | { readonly type: 'map-ready'; readonly dropped: readonly string[] }
  /**
   * Writes of somebody whose clock is more than five minutes ahead of this node's were refused,
   * `count` times since it was last told; `own`: others refuse this node's.
   */
  | {
      readonly type: 'stamp-refused';
      readonly key: string;
      readonly aheadMs: number;
      /** Who told it. */
      readonly from: Address;
      readonly own: boolean;
      readonly count: number;
    };
