import type { Entry } from '../../blocks/data/index.ts';
import type { SaltKey, SetChecksum, Symbols } from '../../blocks/reconcile/index.ts';

/** What nodes tell each other of data. */
export type DataMessage =
  | DataGossip
  | DataCompare
  | DataAgree
  | DataPage
  | DataSymbols
  | DataAsk
  | DataAhead
  | DataWord;

/** Entries lately written, by packet. */
export interface DataGossip {
  readonly type: 'data-gossip';
  readonly entries: readonly Entry[];
}
/** "Do we hold the same?" Answered by `data-agree` or `data-symbols`. */
export interface DataCompare {
  readonly type: 'data-compare';
  readonly checksum: SetChecksum;
  readonly memory: Memory;
}
/** "We do." */
export interface DataAgree {
  readonly type: 'data-agree';
  readonly checksum: SetChecksum;
  readonly memory: Memory;
}
/** "We do not; these are symbols of what I hold." By packet, or by stream if there are many. */
export interface DataSymbols {
  readonly type: 'data-symbols';
  readonly memory: Memory;
  /** The same in all messages of a session. */
  readonly salt: SaltKey;
  /** How many entries they are of. */
  readonly held: number;
  readonly symbols: Symbols;
}
/** "I need symbols up to this place", or, if that is 0, "these entries", and nothing more. */
export interface DataAsk {
  readonly type: 'data-ask';
  readonly symbolsEnd: number;
  /** First words of salted digests. */
  readonly ids: readonly number[];
}
/**
 * Entries that a comparison has shown to be lacking there. `last` ends them; `want`: they are part
 * of all that I hold, so answer the last ones with what I lack.
 */
export interface DataPage {
  readonly type: 'data-page';
  readonly entries: readonly Entry[];
  readonly last: boolean;
  readonly want: boolean;
  readonly memory: Memory;
}
/** "Your clock is ahead of mine by so much that I do not believe what you write into the map." */
export interface DataAhead {
  readonly type: 'data-ahead';
  readonly key: string;
  /** Whole milliseconds. */
  readonly aheadMs: number;
}
/** "The latest version of my own state is this"; `asks`: "tell me yours". */
export interface DataWord {
  readonly type: 'data-word';
  /** 0: it has written nothing. */
  readonly version: number;
  readonly asks: boolean;
}

/**
 * What a node's map is worth. `doubtful`: it was away for longer than deletions are remembered, so
 * it may hold what others have deleted. `whole`: it, or somebody it has compared with, was there
 * for longer than that without such a gap. Else `fresh`.
 */
export type Memory = 'fresh' | 'whole' | 'doubtful';
