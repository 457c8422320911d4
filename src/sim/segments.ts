import { LOST, REJECTED } from '../blocks/network/index.ts';
import { PIECE_BYTES, type Pipe } from './pipe.ts';
import type { SimNode } from './sim-node.ts';
import type { Transit } from './transit.ts';
import type { World } from './world.ts';

/** First retransmission timeout: Linux's minimum (TCP_RTO_MIN); it doubles with each try. */
const RETRANSMIT_MS = 200;

/** How long a dial or a piece of data is tried: the contract's 5 s. */
export const TRY_MS = 5_000;

/** A TCP segment without data: IPv6 and TCP headers without options. */
export const BARE_BYTES = 60;

/** One piece of a TCP conversation: a SYN, or the bytes of one message. */
export interface Segment {
  /** Only where links are limited does it matter. */
  readonly bytes: number;
  /** Still wanted; asked before each try. */
  isAlive(): boolean;
  /**
   * At the receiving machine, all of it or a first part. False: it does not answer, so the segment
   * is sent again.
   */
  arrive(isWhole: boolean): boolean;
  /** A firewall answered in the receiver's place. */
  rejected(): void;
  /** No answer in all that time. */
  expired(): void;
}

/** A segment that is being sent. */
interface Sending<P, E> {
  readonly from: SimNode<P, E>;
  /** The receiving node's index. */
  readonly to: number;
  readonly segment: Segment;
  /** What it is a piece of. */
  readonly pipe: Pipe | undefined;
  readonly sinceMs: number;
}

/**
 * Carries segments across the network, again and again until they are answered.
 *
 * Where links are limited, a message is cut into pieces, of which a connection has only so many
 * under way; acknowledgements take their time but no room on the links.
 */
export class Segments<P, E> {
  readonly #world: World<P, E>;
  readonly #transit: Transit<P, E>;

  constructor(world: World<P, E>, transit: Transit<P, E>) {
    this.#world = world;
    this.#transit = transit;
  }

  /** `pipe` is the connection's, where links are limited. */
  send(from: SimNode<P, E>, to: number, segment: Segment, pipe?: Pipe): void {
    if (pipe === undefined) {
      this.#try({ from, to, segment, pipe: undefined, sinceMs: this.#world.now }, 0);
      return;
    }
    let left = Math.ceil(segment.bytes / PIECE_BYTES);
    for (let start = 0; start < segment.bytes; start += PIECE_BYTES) {
      const piece: Segment = {
        bytes: Math.min(PIECE_BYTES, segment.bytes - start),
        isAlive: () => segment.isAlive(),
        arrive: () => {
          if (!segment.arrive(left === 1)) return false;
          left--;
          return true;
        },
        rejected: () => segment.rejected(),
        expired: () => segment.expired(),
      };
      pipe.push(() => {
        this.#try({ from, to, segment: piece, pipe, sinceMs: this.#world.now }, 0);
      });
    }
  }

  /** An answer on the spot: false if it is lost, and the other side's retransmission asks again. */
  answer(from: SimNode<P, E>, to: number, run: () => void): boolean {
    const delayMs = this.#world.network.decide(from.index, to, from.luck);
    if (delayMs < 0) return false;
    this.#answer(from, to, delayMs, run);
    return true;
  }

  #answer(from: SimNode<P, E>, to: number, delayMs: number, run: () => void): void {
    this.#transit.carry(from, to, BARE_BYTES, delayMs, run, () => {
      this.#world.task(RETRANSMIT_MS, () => this.#answer(from, to, delayMs, run));
    });
  }

  #try(sending: Sending<P, E>, tries: number): void {
    const { from, to, segment, pipe } = sending;
    if (!segment.isAlive()) return;
    const { network } = this.#world;
    const delayMs = network.decide(from.index, to, from.luck);
    if (delayMs === REJECTED) {
      const backMs = network.latencyMs(from.index, to, from.luck);
      const roundTripMs = backMs + network.latencyMs(from.index, to, from.luck);
      this.#world.task(roundTripMs, () => {
        if (segment.isAlive()) segment.rejected();
      });
    } else if (delayMs === LOST) {
      this.#again(sending, tries);
    } else {
      const again = (): void => this.#again(sending, tries);
      const arrive = (): void => {
        if (!segment.isAlive()) return;
        if (!segment.arrive(true)) again();
        else if (pipe !== undefined) this.#world.task(delayMs, () => pipe.delivered());
      };
      this.#transit.carry(from, to, segment.bytes, delayMs, arrive, again);
    }
  }

  #again(sending: Sending<P, E>, tries: number): void {
    const { segment, pipe, sinceMs } = sending;
    const { now } = this.#world;
    pipe?.lost();
    const afterMs = RETRANSMIT_MS * ((2 << tries) - 1);
    if (afterMs < TRY_MS) {
      const delayMs = Math.max(0, sinceMs + afterMs - now);
      this.#world.task(delayMs, () => this.#try(sending, tries + 1));
      return;
    }
    this.#world.task(Math.max(0, sinceMs + TRY_MS - now), () => {
      if (segment.isAlive()) segment.expired();
    });
  }
}
