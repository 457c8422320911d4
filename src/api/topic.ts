import { EventStream } from './event-stream.ts';
import type { Promised } from './platform.ts';
import type { PublishOptions, TopicListener, TopicNotice } from './topic-notice.ts';
import type { Topics } from './topics.ts';

export interface ListenOptions {
  /** What the cluster keeps of before comes first, marked `replayed`. Default false. */
  readonly replay?: boolean | undefined;
}

/** Events under one name: published by any member, told to all who listen. */
export class Topic<T> implements AsyncIterable<TopicNotice<T> | { readonly type: 'overflow' }> {
  readonly name: string;
  readonly #topics: Topics;
  readonly #promised: Promised;
  readonly #ends = new Set<() => void>();

  /** @param name checked by who makes it */
  constructor(name: string, topics: Topics, promised: Promised) {
    this.name = name;
    this.#topics = topics;
    this.#promised = promised;
  }

  /**
   * Publishes JSON or a Uint8Array, at most 64,512 bytes. Resolves when it is applied here and
   * queued for the others, which says nothing of who has it.
   *
   * Rejects with HearsayError QUEUE_FULL (then await `drained()`), NOT_RUNNING, EVENT_TOO_LARGE,
   * VALUE_UNUSABLE or BAD_OPTION.
   */
  publish(value: T, options: PublishOptions = {}): Promise<void> {
    return this.#promised(this.#publish(value, options));
  }

  /** Resolves when there is room in the queue; rejects with NOT_RUNNING when the life ends. */
  drained(): Promise<void> {
    return this.#promised(this.#topics.drained());
  }

  /** Calls `listener` with each event and gap, in later lives too; the result ends that. */
  on(listener: TopicListener<T>, { replay = false }: ListenOptions = {}): () => void {
    const stop = this.#topics.listen(this.name, listener as TopicListener<unknown>, replay);
    const end = (): void => {
      this.#ends.delete(end);
      stop();
    };
    this.#ends.add(end);
    return end;
  }

  /**
   * Events and gaps for `for await`, until `close()` or until the node has left. A reader that
   * falls more than `bufferMax` behind, by default 4,096, loses the oldest and gets `overflow` in
   * their place.
   */
  events(
    options: ListenOptions & { readonly bufferMax?: number } = {},
  ): EventStream<TopicNotice<T>> {
    const { bufferMax = EVENTS_MAX, replay = false } = options;
    const end = (): void => {
      onEnd();
      stream.end();
    };
    const listener: TopicListener<unknown> = (notice) => stream.push(notice as TopicNotice<T>);
    const stop = this.#topics.listen(this.name, listener, replay, end);
    const onEnd = (): void => {
      this.#ends.delete(end);
      stop();
    };
    const stream = new EventStream<TopicNotice<T>>({ bufferMax, promised: this.#promised, onEnd });
    this.#ends.add(end);
    return stream;
  }

  [Symbol.asyncIterator](): EventStream<TopicNotice<T>> {
    return this.events();
  }

  /** Ends all listening that began through this object. */
  close(): void {
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  async #publish(value: T, options: PublishOptions): Promise<void> {
    this.#topics.publish(this.name, value, options);
  }
}

/** As many as the cluster keeps of one origin. */
const EVENTS_MAX = 4096;
