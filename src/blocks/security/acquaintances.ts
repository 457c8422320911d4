/**
 * Something remembered of each sender: of those to whom routes are kept always, of strangers only
 * of some, so that it does not grow with every life that ever was.
 */
import type { NodeId } from '../../core/index.ts';

/** Strangers remembered at least: more than begin at once in a cluster that restarts in turn. */
export const STRANGERS_MAX = 128;

export interface AcquaintancesOptions {
  /** Whether the node keeps a route to this life. */
  readonly isKept: (sender: NodeId) => boolean;
  readonly strangersMax?: number;
  readonly onForgotten?: (sender: NodeId) => void;
}

export class Acquaintances<T> {
  /** Whether the node keeps a route to this life. */
  readonly isKept: (sender: NodeId) => boolean;
  /** In the order in which they were met. */
  readonly #known = new Map<NodeId, T>();
  readonly #strangersMax: number;
  readonly #onForgotten: ((sender: NodeId) => void) | undefined;
  #sweepAt: number;

  constructor({ isKept, strangersMax = STRANGERS_MAX, onForgotten }: AcquaintancesOptions) {
    this.isKept = isKept;
    this.#strangersMax = strangersMax;
    this.#onForgotten = onForgotten;
    this.#sweepAt = strangersMax;
  }

  /** Those to whom routes are kept, and at most twice the limit of strangers. */
  get size(): number {
    return this.#known.size;
  }

  get(sender: NodeId): T | undefined {
    return this.#known.get(sender);
  }

  set(sender: NodeId, what: T): void {
    if (this.#known.size >= this.#sweepAt && !this.#known.has(sender)) this.#sweep();
    this.#known.set(sender, what);
  }

  /** Forgets, without a word, those of whom this is so. */
  deleteWhere(isSo: (what: T) => boolean): void {
    for (const [sender, what] of this.#known) if (isSo(what)) this.#known.delete(sender);
  }

  /** Forgets strangers beyond the limit, oldest first. */
  #sweep(): void {
    const strangers = [...this.#known.keys()].filter((sender) => !this.isKept(sender));
    for (const sender of strangers.slice(0, -this.#strangersMax)) {
      this.#known.delete(sender);
      this.#onForgotten?.(sender);
    }
    this.#sweepAt = this.#known.size + this.#strangersMax;
  }
}
