/**
 * Who listens to what. Events wait in a queue until the handler that caused them is done, then go
 * out in order, from a microtask: state has settled, and a listener may call anything. What it
 * causes joins the end of the queue. A listener that throws or rejects is reported, no more: the
 * others hear the event all the same, and the node goes on.
 */
import type { ClusterEvent, ClusterEventOf, ClusterEventType } from './events.ts';
import { describeError, type Logger } from './logger.ts';

export type Listener<T extends ClusterEventType> = (event: ClusterEventOf<T>) => unknown;

export type ListenerThrew = (type: ClusterEventType, error: unknown) => void;

export class Listeners {
  readonly #byType = new Map<ClusterEventType, Registration[]>();
  readonly #taps = new Set<(event: ClusterEvent) => void>();
  readonly #logger: Logger;
  readonly #threw: ListenerThrew;
  #queue: ClusterEvent[] = [];
  #draining = false;

  /** @param threw told as well, besides the log */
  constructor(logger: Logger, threw: ListenerThrew = () => {}) {
    this.#logger = logger;
    this.#threw = threw;
  }

  /** The same listener twice is called twice, as with Node's emitters. */
  add<T extends ClusterEventType>(type: T, listener: Listener<T>, once: boolean): void {
    const registration: Registration = { listener: listener as AnyListener, once };
    this.#byType.set(type, [...(this.#byType.get(type) ?? []), registration]);
  }

  /** Takes the listener off that was added last; nothing if it is unknown. */
  remove<T extends ClusterEventType>(type: T, listener: Listener<T>): void {
    const all = this.#byType.get(type) ?? [];
    const index = all.findLastIndex((one) => one.listener === listener);
    if (index >= 0) this.#byType.set(type, all.toSpliced(index, 1));
  }

  /** Calls `tap` with every event, before the listeners; the result ends it. */
  tap(tap: (event: ClusterEvent) => void): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** Queues an event; it goes out once what runs now is done. */
  tell(event: ClusterEvent): void {
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    void Promise.resolve().then(() => this.#drain());
  }

  #drain(): void {
    while (this.#queue.length > 0) {
      const events = this.#queue;
      this.#queue = [];
      for (const event of events) this.#deliver(event);
    }
    this.#draining = false;
  }

  #deliver(event: ClusterEvent): void {
    for (const tap of this.#taps) tap(event);
    for (const registration of this.#byType.get(event.type) ?? []) {
      if (registration.once) this.remove(event.type, registration.listener);
      try {
        const result = registration.listener(event);
        if (result instanceof Promise) result.catch((error) => this.#report(event, error));
      } catch (error) {
        this.#report(event, error);
      }
    }
  }

  #report(event: ClusterEvent, error: unknown): void {
    this.#logger.error(`a listener of ${event.type} threw: ${describeError(error)}`);
    this.#threw(event.type, error);
  }
}

type AnyListener = (event: ClusterEvent) => unknown;

interface Registration {
  readonly listener: AnyListener;
  readonly once: boolean;
}
