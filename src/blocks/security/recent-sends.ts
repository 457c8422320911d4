/**
 * To which routes a node lately sent a packet, so that only they can be told `gone`.
 *
 * Two numbers a slot of the book, exact, no work but two stores a send. Peers are never given out
 * twice, so a slot's new tenant does not inherit the old one's sends.
 */
import { slotOf, type Peer } from '../../core/index.ts';
import { SENT_LATELY_MS } from './introduction.ts';

const SLOTS_AT_FIRST = 64;

export class RecentSends {
  #peers = new Float64Array(SLOTS_AT_FIRST).fill(-1);
  #sentAt = new Float64Array(SLOTS_AT_FIRST);

  /** A packet has left for this route. */
  record(peer: Peer, now: number): void {
    const slot = slotOf(peer);
    if (slot >= this.#peers.length) this.#grow(slot);
    this.#peers[slot] = peer;
    this.#sentAt[slot] = now;
  }

  has(peer: Peer, now: number): boolean {
    const slot = slotOf(peer);
    return this.#peers[slot] === peer && now - this.#sentAt[slot]! <= SENT_LATELY_MS;
  }

  #grow(slot: number): void {
    const length = Math.max(2 * this.#peers.length, slot + 1);
    const peers = new Float64Array(length).fill(-1);
    const sentAt = new Float64Array(length);
    peers.set(this.#peers);
    sentAt.set(this.#sentAt);
    this.#peers = peers;
    this.#sentAt = sentAt;
  }
}
