import { LOST, REJECTED } from '../blocks/network/index.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** First retransmission timeout: Linux's minimum (TCP_RTO_MIN); it doubles with each try. */
const RETRANSMIT_MS = 200;

/** How long a dial or a piece of data is tried: the contract's 5 s. */
const TRY_MS = 5_000;

/** One piece of a TCP conversation: a SYN, or the bytes of one message. */
export interface Segment {
  /** Still wanted; asked before each try. */
  isAlive(): boolean;
  /** At the receiving machine. False: it does not answer, so the segment is sent again. */
  arrive(): boolean;
  /** A firewall answered in the receiver's place. */
  rejected(): void;
  /** No answer in all that time. */
  expired(): void;
}

/** Carries segments across the network, again and again until they are answered. */
export class Segments<P, E> {
  readonly #world: World<P, E>;

  constructor(world: World<P, E>) {
    this.#world = world;
  }

  /** `to` is the receiving node's index. */
  send(from: SimNode<P, E>, to: number, segment: Segment): void {
    this.#try(from, to, segment, this.#world.now, 0);
  }

  /** An answer on the spot: false if it is lost, and the other side's retransmission asks again. */
  answer(from: SimNode<P, E>, to: number, run: () => void): boolean {
    const delayMs = this.#world.network.decide(from.index, to, from.luck);
    if (delayMs < 0) return false;
    this.#world.task(delayMs, run);
    return true;
  }

  #try(from: SimNode<P, E>, to: number, segment: Segment, sinceMs: number, tries: number): void {
    if (!segment.isAlive()) return;
    const { network } = this.#world;
    const delayMs = network.decide(from.index, to, from.luck);
    if (delayMs === REJECTED) {
      const roundTripMs = network.latencyMs(from.luck) + network.latencyMs(from.luck);
      this.#world.task(roundTripMs, () => {
        if (segment.isAlive()) segment.rejected();
      });
    } else if (delayMs === LOST) {
      this.#again(from, to, segment, sinceMs, tries);
    } else {
      this.#world.task(delayMs, () => {
        if (!segment.isAlive() || segment.arrive()) return;
        this.#again(from, to, segment, sinceMs, tries);
      });
    }
  }

  #again(from: SimNode<P, E>, to: number, segment: Segment, sinceMs: number, tries: number): void {
    const { now } = this.#world;
    const afterMs = RETRANSMIT_MS * ((2 << tries) - 1);
    if (afterMs < TRY_MS) {
      const delayMs = Math.max(0, sinceMs + afterMs - now);
      this.#world.task(delayMs, () => this.#try(from, to, segment, sinceMs, tries + 1));
      return;
    }
    this.#world.task(Math.max(0, sinceMs + TRY_MS - now), () => {
      if (segment.isAlive()) segment.expired();
    });
  }
}
