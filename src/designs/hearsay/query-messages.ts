import type { Tags } from '../../blocks/membership/index.ts';
import type { NodeId } from '../../core/index.ts';

/** Whether a message is one of queries. */
export function isOfQueries(message: { readonly type: string }): message is QueryMessage {
  return message.type.startsWith('query');
}

/** 64 random bits that the asker has drawn: 16 hexadecimal digits. */
export type QueryId = string;

/** By packet; by stream where it is too large for one. */
export type QueryMessage = Query | QueryReceipt | QueryAnswer;

/** NodeIds from `first` to `last`, both included; none where `first` is greater. */
export interface Range {
  readonly first: NodeId;
  readonly last: NodeId;
}

export const NO_RANGE: Range = { first: 'ffffffffffffffff', last: '0000000000000000' };

export function isWithin(nodeId: NodeId, { first, last }: Range): boolean {
  return nodeId >= first && nodeId <= last;
}

/**
 * A question to its receiver, and for it to pass on to the members in its
 * range. Answered to the asker, not to its sender.
 */
export interface Query extends Range {
  readonly type: 'query';
  readonly id: QueryId;
  /** The asker's name. */
  readonly asker: string;
  readonly name: string;
  readonly payload: Uint8Array;
  /** Tags that a member must have to be asked. */
  readonly where: Tags;
  /** Whole milliseconds until the asker stops listening. */
  readonly leftMs: number;
  /** The receiver chooses a moment within so many milliseconds before which it says nothing. */
  readonly spreadMs: number;
  /** "Tell me also that you have it." */
  readonly acknowledge: boolean;
}

/** "It has come": what was sent need not be sent again. */
export interface QueryReceipt {
  readonly type: 'query-receipt';
  readonly id: QueryId;
  readonly of: 'query' | 'acknowledgement' | 'answer';
}

/** What becomes of a query, to its asker. An acknowledgement is followed by another. */
export interface QueryAnswer {
  readonly type: 'query-answer';
  readonly id: QueryId;
  readonly verdict: Verdict;
  /** Of an answer its value, of a failure its text. */
  readonly value: Uint8Array;
}

export type Verdict = 'acknowledged' | 'answered' | Refusal;

/**
 * failed: the handler threw, or its command did · no-handler: nobody there answers queries of that
 * name · busy: too many are open there · too-large: the answer was.
 */
export type Refusal = 'failed' | 'no-handler' | 'busy' | 'too-large';

/** Of a payload and of an answer: with everything else they fit one packet. */
export const QUERY_BYTES_MAX = 1024;
export const QUERY_NAME_BYTES_MAX = 128;
/** Ten minutes. */
export const QUERY_MS_MAX = 600_000;
