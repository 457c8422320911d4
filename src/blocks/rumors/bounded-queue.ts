/**
 * A first-in-first-out queue that is bounded in items and bytes. What does not fit is refused and
 * counted: whoever pushes must know, so that nothing is lost in silence.
 *
 * A newer item about the same subject takes the older one's place in the queue: so a subject that
 * changes all the time is told all the same, in its latest state.
 */
import { mark } from '../../core/index.ts';
import { Fifo } from './fifo.ts';

export interface QueueBounds {
  readonly itemsMax: number;
  readonly bytesMax: number;
  /** The largest item; at most what the smallest budget can take, or its queue would stand. */
  readonly itemBytesMax: number;
}

export class BoundedQueue<T> {
  readonly bounds: QueueBounds;
  readonly #items = new Fifo<Item<T>>();
  readonly #bySubject = new Map<string | number, Item<T>>();
  #bytes = 0;
  #overflows = 0;

  constructor(bounds: QueueBounds) {
    this.bounds = bounds;
  }

  /** Items that wait. */
  get size(): number {
    return this.#items.length;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Items that were refused so far. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Whether an item of so many bytes would be taken as a new one. */
  hasRoom(bytes: number): boolean {
    const { itemsMax, bytesMax, itemBytesMax } = this.bounds;
    return bytes <= itemBytesMax && this.size < itemsMax && this.#bytes + bytes <= bytesMax;
  }

  /**
   * Queues an item, in the place of one about the same subject if there is one.
   *
   * @returns false: no room; it is counted, and what waited about the subject still waits
   */
  push(content: T, bytes: number, subject?: string | number): boolean {
    const older = subject === undefined ? undefined : this.#bySubject.get(subject);
    const { bytesMax, itemBytesMax } = this.bounds;
    const fits =
      older === undefined
        ? this.hasRoom(bytes)
        : bytes <= itemBytesMax && this.#bytes - older.bytes + bytes <= bytesMax;
    if (!fits) {
      mark('queue-full');
      this.#overflows++;
      return false;
    }
    this.#bytes += bytes;
    if (older !== undefined) {
      this.#bytes -= older.bytes;
      older.content = content;
      older.bytes = bytes;
      return true;
    }
    const item = { content, bytes, subject };
    this.#items.push(item);
    if (subject !== undefined) this.#bySubject.set(subject, item);
    return true;
  }

  /** Takes from the head as long as it fits: order is kept, so a large item stops the rest. */
  take(bytesMax: number): T[] {
    const taken: T[] = [];
    let left = bytesMax;
    for (let head = this.#items.head; head !== undefined; head = this.#items.head) {
      if (head.bytes > left) break;
      this.#items.shift();
      if (head.subject !== undefined) this.#bySubject.delete(head.subject);
      left -= head.bytes;
      this.#bytes -= head.bytes;
      taken.push(head.content);
    }
    return taken;
  }
}

interface Item<T> {
  content: T;
  bytes: number;
  readonly subject: string | number | undefined;
}
