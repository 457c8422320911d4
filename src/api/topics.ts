/** All topics of one node: who listens to what, through all its lives. */
import type { HostEvent } from '../core/index.ts';
import { EMPTY_KEY, type HearsayEvent, type Told } from '../designs/hearsay/index.ts';
import { fromValue, toValue } from './content.ts';
import type { Ground } from './ground.ts';
import { notRunning, type Life } from './life.ts';
import { describeError, type Logger } from './logger.ts';
import type { PublishOptions, TopicListener, TopicNotice } from './topic-notice.ts';

export class Topics {
  readonly #ground: Ground;
  readonly #logger: Logger;
  readonly #byTopic = new Map<string, Set<Registration>>();
  /** Told when there is room again, or no more will be. */
  #waiting: ((error?: Error) => void)[] = [];
  #queue: { readonly to: readonly Registration[]; readonly notice: TopicNotice<unknown> }[] = [];
  #life: Life | undefined;

  constructor(ground: Ground, logger: Logger) {
    this.#ground = ground;
    this.#logger = logger;
    ground.follow((life) => this.#follow(life));
  }

  /** @throws what `Topic.publish` rejects with */
  publish(topic: string, value: unknown, { key, trace }: PublishOptions): void {
    const { bytes: body, kind: format } = toValue('publish', value);
    this.#ground.command('publish', ({ topics }, env) =>
      topics.publish(env, {
        topic,
        body,
        format,
        ...(key !== undefined && { key }),
        ...(trace !== undefined && { trace }),
      }),
    );
  }

  /** Resolves once `publish` would be taken; rejects when this life ends before. */
  async drained(): Promise<void> {
    const hasRoom = this.#ground.command('drained', ({ topics }, env) => topics.awaitRoom(env));
    if (hasRoom) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Listens from now on; the result ends it. `onEnd`: this life of the node is over. */
  listen(
    topic: string,
    listener: TopicListener<unknown>,
    replay: boolean,
    onEnd?: () => void,
  ): () => void {
    const registration: Registration = { listener, ...(onEnd && { onEnd }) };
    const all = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, all.add(registration));
    const life = this.#life;
    if (life?.phase === 'running') {
      this.#begin(life);
      if (replay) this.#replay(life, topic, registration);
    }
    if (replay) registration.wantsReplay = true;
    return () => {
      registration.isOver = true;
      all.delete(registration);
      if (all.size === 0 && this.#byTopic.get(topic) === all) this.#byTopic.delete(topic);
    };
  }

  #follow(life: Life): void {
    this.#life = life;
    life.watch((event) => this.#hear(event));
    if (this.#byTopic.size > 0) this.#begin(life);
  }

  #begin(life: Life): void {
    if (life.phase === 'running') life.command('topic', ({ topics }, env) => topics.begin(env));
  }

  /** What is kept of before. */
  #replay(life: Life, topic: string, registration: Registration): void {
    const kept = life.command('topic', ({ topics }) => [...topics.kept(topic)]);
    for (const told of kept) this.#tell([registration], noticeOf(told));
  }

  #hear(event: HearsayEvent | HostEvent): void {
    if (event.type === 'event-published' || event.type === 'events-missed') {
      const to = this.#listenersTo(event);
      if (to.length > 0) this.#tell(to, noticeOf(event));
    } else if (event.type === 'events-drained') {
      this.#release();
    } else if (event.type === 'stopped' || event.type === 'failed') {
      this.#release(notRunning('drained'));
      void Promise.resolve().then(() => this.#endReaders()); // After what they are yet to be told.
    }
  }

  #endReaders(): void {
    for (const set of this.#byTopic.values()) for (const { onEnd } of set) onEnd?.();
  }

  /** Numbers count all topics: nobody knows of which one those that are lost were. */
  #listenersTo(told: Told): Registration[] {
    const all =
      told.type === 'event-published'
        ? [...(this.#byTopic.get(told.topic) ?? [])]
        : [...this.#byTopic.values()].flatMap((set) => [...set]);
    return told.replayed ? all.filter(({ wantsReplay }) => wantsReplay === true) : all;
  }

  #release(error?: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const settle of waiting) settle(error);
  }

  /** Goes out from a microtask, when state has settled: a listener may call anything. */
  #tell(to: readonly Registration[], notice: TopicNotice<unknown>): void {
    if (to.length === 0) return;
    this.#queue.push({ to, notice });
    if (this.#queue.length === 1) void Promise.resolve().then(() => this.#drain());
  }

  #drain(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const { notice, to } of queue) {
      for (const registration of to)
        if (registration.isOver !== true) this.#call(registration, notice);
    }
  }

  #call({ listener }: Registration, notice: TopicNotice<unknown>): void {
    const report = (error: unknown): void => {
      this.#logger.error(`a listener of a topic threw: ${describeError(error)}`);
    };
    try {
      const result = listener(notice);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}

interface Registration {
  readonly listener: TopicListener<unknown>;
  readonly onEnd?: () => void;
  wantsReplay?: boolean;
  isOver?: boolean;
}

function noticeOf(told: Told): TopicNotice<unknown> {
  const { origin, replayed } = told;
  const of = { origin: origin.name, nodeId: origin.nodeId, replayed };
  if (told.type === 'events-missed') return { type: 'gap', ...of, from: told.from, to: told.to };
  const { body, format, key, seq } = told;
  const value = fromValue({ kind: format, bytes: body });
  return { type: 'event', value, key: key === EMPTY_KEY ? undefined : key, ...of, seq };
}
