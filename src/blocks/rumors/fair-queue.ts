/**
 * Queues of several classes of traffic that share each packet's or round's budget of bytes, so that
 * none starves another: one {@link BoundedQueue} a class, divided by {@link FairShare}.
 *
 * ```ts
 * const queue = new FairQueue<'state' | 'user', Item>({
 *   state: { weight: 1, itemsMax: 1000, bytesMax: 500_000, itemBytesMax: 1000 },
 *   user: { weight: 2, itemsMax: 4096, bytesMax: 8_000_000, itemBytesMax: 1000 },
 * });
 * if (!queue.push('user', event, bytes)) … // Full: say so to whoever published.
 * const items = queue.take(packetBytesMax); // In order within each class.
 * ```
 *
 * A queue that is none of these, such as the {@link TransmitQueue} of membership news, joins by
 * FairShare itself: its own bytes are one class, `queue.bytes` of a FairQueue another.
 */
import type { Holding } from '../../core/index.ts';
import { BoundedQueue, type QueueBounds } from './bounded-queue.ts';
import { FairShare } from './fair-share.ts';

export interface ClassBounds extends QueueBounds {
  /** Of the budget, against the other classes' weights; above 0. */
  readonly weight: number;
}

export class FairQueue<K extends string, T> {
  readonly #classes: Readonly<Record<K, BoundedQueue<T>>>;
  readonly #queues: readonly BoundedQueue<T>[];
  readonly #share: FairShare;

  constructor(classes: Readonly<Record<K, ClassBounds>>) {
    const entries = Object.entries<ClassBounds>(classes);
    const queues = entries.map(([kind, bounds]) => [kind, new BoundedQueue<T>(bounds)] as const);
    this.#classes = Object.fromEntries(queues) as Record<K, BoundedQueue<T>>;
    this.#queues = queues.map(([, queue]) => queue);
    this.#share = new FairShare(entries.map(([, { weight }]) => weight));
  }

  /** Items that wait, of one class or of all. */
  size(kind?: K): number {
    if (kind !== undefined) return this.#classes[kind].size;
    return this.#queues.reduce((sum, queue) => sum + queue.size, 0);
  }

  /** Bytes that wait, of one class or of all. */
  bytes(kind?: K): number {
    if (kind !== undefined) return this.#classes[kind].bytes;
    return this.#queues.reduce((sum, queue) => sum + queue.bytes, 0);
  }

  /** Items of a class refused so far. */
  overflows(kind: K): number {
    return this.#classes[kind].overflows;
  }

  hasRoom(kind: K, bytes: number): boolean {
    return this.#classes[kind].hasRoom(bytes);
  }

  /**
   * Queues an item; a newer one about the same subject of the same class takes the older one's
   * place.
   *
   * @returns false: the class is full, or the item larger than it allows; counted as overflow
   */
  push(kind: K, content: T, bytes: number, subject?: string | number): boolean {
    return this.#classes[kind].push(content, bytes, subject);
  }

  /** What goes into a budget of so many bytes: in order within each class, fair between them. */
  take(bytesMax: number): T[] {
    const taken: T[] = [];
    const waiting = this.#queues.map(({ bytes }) => bytes);
    this.#share.divide(bytesMax, waiting, (kind, room) => {
      const queue = this.#queues[kind]!;
      const before = queue.bytes;
      for (const content of queue.take(room)) taken.push(content);
      return before - queue.bytes;
    });
    return taken;
  }

  /** What waits in each class, with its bounds: for a design's own `holdings`. */
  *holdings(): Iterable<Holding> {
    for (const [kind, queue] of Object.entries<BoundedQueue<T>>(this.#classes)) {
      const { itemsMax, bytesMax } = queue.bounds;
      yield { what: `${kind} items that wait`, count: queue.size, countMax: itemsMax };
      yield { what: `bytes of ${kind} items that wait`, count: queue.bytes, countMax: bytesMax };
    }
  }
}
