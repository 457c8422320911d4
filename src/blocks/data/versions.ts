/**
 * How high a version of somebody's state may be for others to believe it.
 *
 * Whoever has written so many times has been heard of before. So a version is believed if it is at
 * most {@link VERSION_STEP_MAX} above the highest that is known of that life; beyond it only if the
 * owner says so itself. What the owner says counts downwards, too: a forger who climbs in steps
 * falls back to where the owner is.
 */
import type { NodeId } from '../../core/index.ts';

export class Versions {
  readonly #known = new Map<NodeId, number>();

  /** What is known of some life. */
  of(life: NodeId): number {
    return this.#known.get(life) ?? 0;
  }

  /** The highest version of a life that is believed, whoever tells it. */
  mostOf(life: NodeId): number {
    return this.of(life) + VERSION_STEP_MAX;
  }

  /** A version that is believed. */
  raise(life: NodeId, version: number): void {
    if (version > this.of(life)) this.#known.set(life, version);
  }

  /** The owner's own word: what is above is not his. */
  settle(life: NodeId, version: number): void {
    this.#known.set(life, version);
  }

  /** A life that is over. */
  forget(life: NodeId): void {
    this.#known.delete(life);
  }

  clear(): void {
    this.#known.clear();
  }
}

/**
 * A hundred writes a second for two days, which a newcomer must ask about. An owner that answers a
 * forger once a second, each time so much higher, reaches the highest version in half a year.
 */
export const VERSION_STEP_MAX = 2 ** 24;
