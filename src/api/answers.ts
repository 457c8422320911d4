import type { QueryCounts, QueryEnd, Refusal } from '../designs/hearsay/index.ts';
import type { Content } from './content.ts';
import { EventStream } from './event-stream.ts';
import type { Promised } from './platform.ts';

/** What one member says to a query. */
export type Answer =
  /** `value`: JSON or a Uint8Array; undefined where the handler gave nothing. */
  | { readonly from: string; readonly value: Content | undefined }
  /** There will be no answer from there. */
  | { readonly from: string; readonly error: AnswerError };

export interface AnswerError {
  /** failed: the handler threw · busy: too many queries there · too-large: the answer was. */
  readonly why: Exclude<Refusal, 'no-handler'>;
  /** Of a failure: what it threw. */
  readonly text: string;
}

/** What has become of a query. */
export interface QuerySummary extends QueryCounts {
  /**
   * complete: all said something · enough: so many answers as were wanted · deadline · cancelled ·
   * closed: this node has left or stopped.
   */
  readonly why: QueryEnd | 'closed';
}

/**
 * The answers to one query, as they come: `for await (const answer of cluster.query('uptime'))`.
 *
 * Whoever stops reading before the end cancels the query.
 */
export class Answers implements AsyncIterableIterator<Answer, undefined> {
  readonly #stream: EventStream<Answer>;
  readonly #result: Promise<QuerySummary>;
  readonly #promised: Promised;
  readonly #acks = new Set<string>();
  #resolve: (summary: QuerySummary) => void = () => {};

  /** @param cancel called when nobody reads any more */
  constructor(cancel: () => void, promised: Promised) {
    // No more come than members were asked, each once.
    this.#stream = new EventStream({ bufferMax: Infinity, promised, onEnd: cancel });
    this.#promised = promised;
    this.#result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Members known to have the query, those that have answered among them. */
  get acks(): ReadonlySet<string> {
    return this.#acks;
  }

  /** Resolves when nothing more comes, whether anybody reads or not; never rejects. */
  get result(): Promise<QuerySummary> {
    return this.#promised(this.#result);
  }

  next(): Promise<IteratorResult<Answer, undefined>> {
    // A stream of this size drops nothing, so it tells of no overflow.
    return this.#stream.next() as Promise<IteratorResult<Answer, undefined>>;
  }

  /** Cancels the query. */
  async return(): Promise<IteratorResult<Answer, undefined>> {
    await this.#stream.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @internal */
  acknowledge(from: string): void {
    this.#acks.add(from);
  }

  /** @internal */
  push(answer: Answer): void {
    this.#acks.add(answer.from);
    this.#stream.push(answer);
  }

  /** @internal */
  end(summary: QuerySummary): void {
    this.#resolve(summary);
    this.#stream.end();
  }
}
