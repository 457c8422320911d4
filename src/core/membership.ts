import type { HeldEntry } from './held-entry.ts';
import type { Peer } from './identity.ts';

/** What a node believes of a member. */
export type Status = 'alive' | 'suspect' | 'dead' | 'left' | 'evicted';

/** What checkers, the conformance suite and the API read of one member in any design. */
export interface MemberView {
  readonly name: string;
  readonly peer: Peer;
  /** Start of this life, milliseconds; a later start outranks. */
  readonly start: number;
  /** Rises with every refutation and change of own facts within a life. */
  readonly counter: number;
  readonly status: Status;
}

/** How much a node holds of one thing, and the most it ever will. */
export interface Holding {
  /** Plural, such as 'questions asked for others'. */
  readonly what: string;
  readonly count: number;
  readonly countMax: number;
}

/** How any design shows what it knows. Includes the node itself. */
export interface Membership {
  members(): Iterable<MemberView>;
  /** Equal for equal views of the live members; 32 bits. */
  checksum(): number;
  /** All that others could make it hold, with its bounds. */
  holdings?(): Iterable<Holding>;
  /** How often it has forgotten another, or all others, in this life; default 0. */
  readonly forgettings?: number;
  /** All data, where there is such. */
  heldData?(): Iterable<HeldEntry>;
}
