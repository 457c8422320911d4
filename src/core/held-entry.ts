import type { NodeId } from './identity.ts';

/** What checkers read of one piece of data that a node holds, in any design. */
export interface HeldEntry {
  /** Whose state it is of; undefined: of what all share. */
  readonly owner: NodeId | undefined;
  /** Whether it is of this node's own state. */
  readonly isOwn: boolean;
  readonly key: string;
  /** Of two entries about one key of one owner the one with the later text outranks. */
  readonly rank: string;
  /** Undefined: deleted, and remembered as such. */
  readonly content: string | undefined;
}
