import type { QueryId, Refusal } from './query-messages.ts';

/** What queries tell the application. */
export type QueryEvent =
  /** Somebody asks this node: `respond` or `refuse` until the time is up. */
  | {
      readonly type: 'query-received';
      readonly id: QueryId;
      readonly name: string;
      readonly payload: Uint8Array;
      /** The asker's name. */
      readonly from: string;
      readonly leftMs: number;
    }
  /** A member has this node's query, and has not said yet what becomes of it. */
  | { readonly type: 'query-acknowledged'; readonly id: QueryId; readonly by: string }
  | {
      readonly type: 'query-answered';
      readonly id: QueryId;
      readonly by: string;
      readonly value: Uint8Array;
    }
  | {
      readonly type: 'query-refused';
      readonly id: QueryId;
      readonly by: string;
      readonly why: Refusal;
      /** Of a failure: what the member says. */
      readonly value: Uint8Array;
    }
  /** Nothing more comes: `complete`, nobody is left; `enough`, as many answers as were wanted. */
  | {
      readonly type: 'query-ended';
      readonly id: QueryId;
      readonly why: QueryEnd;
      readonly counts: QueryCounts;
    };

export type QueryEnd = 'complete' | 'enough' | 'deadline' | 'cancelled';

/** What has become of one query. */
export interface QueryCounts {
  /** Members asked. */
  readonly asked: number;
  /** Of these, known to have it: all that are counted below, too. */
  readonly acknowledged: number;
  readonly answered: number;
  /** Refused, by why. */
  readonly refused: Readonly<Record<Refusal, number>>;
}
