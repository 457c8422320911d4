import type { Peer } from '../../core/index.ts';

/**
 * Lives of which another one of their name is known since, by the slot of that name. Nobody tells
 * them anything any more; should one still ask, it hears of the other at once.
 */
export class FormerLives {
  readonly #routes = new Map<number, Peer>();

  add(slot: number, peer: Peer): void {
    if (this.#routes.size >= LIVES_MAX) this.#routes.clear();
    this.#routes.set(slot, peer);
  }

  routes(): Iterable<Peer> {
    return this.#routes.values();
  }

  has(slot: number, peer: Peer): boolean {
    return this.#routes.get(slot) === peer;
  }

  /** −1: none of them lives there. */
  slotOf(peer: Peer): number {
    for (const [slot, route] of this.#routes) if (route === peer) return slot;
    return -1;
  }
}

/** Of conflicts there are few at once; after a restart of many machines none is missed for long. */
const LIVES_MAX = 32;
