import type { Entry } from '../../blocks/data/index.ts';

/** What nodes tell each other of data. */
export type DataMessage = DataGossip | DataCompare | DataAgree | DataPage;

/** Entries lately written, by packet. */
export interface DataGossip {
  readonly type: 'data-gossip';
  readonly entries: readonly Entry[];
}
/** "Do we hold the same?" Answered by `data-agree`, or by pages over a stream. */
export interface DataCompare {
  readonly type: 'data-compare';
  readonly checksum: DataChecksum;
}
/** "We do." */
export interface DataAgree {
  readonly type: 'data-agree';
  readonly checksum: DataChecksum;
}
/** A part of all that a node holds, at most 64 kB. `want`: answer with what I lack. */
export interface DataPage {
  readonly type: 'data-page';
  readonly entries: readonly Entry[];
  readonly last: boolean;
  readonly want: boolean;
}

/** 64 bits over all entries, whatever their order, as two halves of 32. */
export interface DataChecksum {
  readonly high: number;
  readonly low: number;
}
