/**
 * The sends of one connection that may still fail, as far as anyone can tell.
 *
 * Delivery is not acknowledged, so a send is *pending* for as long as its failure could still be
 * known: on a fresh dial until the other side has sent its open; on a reused connection until
 * anything has come back, or for five seconds. If the connection closes meanwhile, a pending send
 * has failed, or, if it had gone out on a reused connection, may be dialled once more.
 */
import type { Peer, Why } from '../core/index.ts';
import type { StreamLane } from '../wire/index.ts';

/** A `sendReliably` that may still fail. */
export interface Send {
  /** As the protocol named it; pinned in the book. */
  readonly peer: Peer;
  readonly token: number;
  readonly lane: StreamLane;
  readonly body: Uint8Array;
  /** It has been dialled for a second time. */
  readonly isRepeat: boolean;
}

export interface SendEvents {
  /** One send has come to its end: `why` it failed, undefined if nothing is known against it. */
  onSettled(send: Send, why: Why | undefined): void;
  /** A send on a reused connection that closed unanswered. */
  onRepeat(send: Send): void;
}

interface PendingSend {
  readonly send: Send;
  /** The connection was open already. */
  readonly isReused: boolean;
  readonly sentAt: number;
  /** Bytes given to the socket up to and with this send. */
  readonly end: number;
}

/** In the order in which they were given to the socket. */
export class PendingSends {
  readonly #events: SendEvents;
  readonly #list: PendingSend[] = [];

  constructor(events: SendEvents) {
    this.#events = events;
  }

  get size(): number {
    return this.#list.length;
  }

  add(pending: PendingSend): void {
    this.#list.push(pending);
  }

  /**
   * Something came back: what had left by then has arrived, as far as anyone can tell.
   *
   * @param bytesLeft how many bytes have left this process
   */
  answered(bytesLeft: number): void {
    this.#settle(bytesLeft, Infinity);
  }

  /** Nothing came back for so long that nothing will be known. */
  age(bytesLeft: number, now: number): void {
    this.#settle(bytesLeft, now - PENDING_MS);
  }

  /** The connection has closed; `decided`: by this side, for that reason. */
  fail(why: Why, decided: boolean): void {
    for (const { send, isReused } of this.#list.splice(0)) {
      if (isReused && !send.isRepeat && !decided) this.#events.onRepeat(send);
      else this.#events.onSettled(send, why);
    }
  }

  /** Its key is gone. Nothing is known against what is on its way on an open connection. */
  drop(wasOpen: boolean): void {
    for (const { send } of this.#list.splice(0)) {
      if (!wasOpen && !send.isRepeat) this.#events.onRepeat(send);
      else this.#events.onSettled(send, wasOpen ? undefined : 'lost');
    }
  }

  /** They are nobody's concern any more. */
  abandon(): void {
    for (const { send } of this.#list.splice(0)) this.#events.onSettled(send, undefined);
  }

  /** Takes off, in order, what has left this process and was sent before then. */
  #settle(bytesLeft: number, before: number): void {
    for (let first = this.#list[0]; first !== undefined; first = this.#list[0]) {
      if (first.end > bytesLeft || first.sentAt >= before) return;
      this.#list.shift();
      this.#events.onSettled(first.send, undefined);
    }
  }
}

/** How long a send on a reused connection can still be known to have failed. */
const PENDING_MS = 5_000;
