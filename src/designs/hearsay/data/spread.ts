/**
 * Entries lately written or heard for the first time, told by gossip rounds of their own: packets
 * of data and of membership never share room, so neither starves the other.
 *
 * Each is sent as often as news of a member, λ · ⌈log10(N + 1)⌉ times. A round sends a few packets
 * at most. What does not fit into the queue is not told: comparing brings it.
 */
import { TransmitQueue } from '../../../blocks/rumors/index.ts';
import { mark, type Holding } from '../../../core/index.ts';
import { transmitLimit } from '../hot-news.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { DATA_MESSAGE_BYTES } from '../data-codec.ts';
import { entryNow, type Cell } from './store.ts';

export class Spread {
  readonly #view: View;
  readonly #queue = new TransmitQueue<Cell>();
  #isAwake = false;
  #nextRoundMs = 0;
  #overflowed = 0;
  #rounds = 0;

  constructor(view: View) {
    this.#view = view;
  }

  get isAwake(): boolean {
    return this.#isAwake;
  }

  /** Rounds begun so far. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Entries not told, since the queue was full. */
  get overflowed(): number {
    return this.#overflowed;
  }

  holdings(): Holding[] {
    return [{ what: 'bytes of data to tell', count: this.#queue.bytes, countMax: HOT_BYTES_MAX }];
  }

  /** Tells of a key from now on. */
  push(env: HearsayEnv, cell: Cell): void {
    this.drop(cell);
    if (this.#queue.bytes + cell.bytes > HOT_BYTES_MAX) {
      mark('hot-data-full');
      this.#overflowed++;
      return;
    }
    this.#queue.push(cell.id, cell, cell.bytes);
    this.#wake(env);
  }

  /** Tells no more of a key. */
  drop(cell: Cell): void {
    this.#queue.delete(cell.id);
  }

  clear(): void {
    this.#queue.clear();
  }

  /** This node is a member now: what it wrote before can be told. */
  begin(env: HearsayEnv): void {
    if (this.#queue.size > 0) this.#wake(env);
  }

  round(env: HearsayEnv): void {
    const { config, roster, selfSlot } = this.#view;
    this.#isAwake = this.#queue.size > 0 && selfSlot >= 0;
    if (!this.#isAwake) return;
    this.#rounds++;
    this.#nextRoundMs = env.now + config.gossipIntervalMs;
    env.after(config.gossipIntervalMs, Timer.DataGossip);
    const room = config.packetBytesMax - DATA_MESSAGE_BYTES['data-gossip'];
    for (let packet = 0; packet < PACKETS_MAX && this.#queue.size > 0; packet++) {
      const slots = roster.pickSome(config.gossipFanout, env.random, selfSlot);
      const limit = transmitLimit(config.transmitLambda, roster.live);
      const cells = this.#queue.take(room, Math.max(1, slots.length), limit);
      if (cells.length === 0) break;
      const entries = cells.map((cell) => entryNow(cell, env.now));
      const message = { type: 'data-gossip', entries } as const;
      for (const slot of slots) env.send(roster.fact(slot)!.peer, message);
    }
  }

  #wake(env: HearsayEnv): void {
    if (this.#isAwake || this.#view.selfSlot < 0) return;
    this.#isAwake = true;
    // As with news of members: at once, yet never two rounds within one interval, and what comes
    // together travels together.
    const waitMs = Math.max(0, this.#nextRoundMs - env.now);
    const gatherMs = env.random.float() * this.#view.config.gossipIntervalMs * GATHERING;
    env.after(waitMs + gatherMs, Timer.DataGossip);
  }
}

/** A few seconds of what rounds carry; more than that anti-entropy brings with less effort. */
const HOT_BYTES_MAX = 256 * 1024;
/** With three members each and five rounds a second: 80 kB/s at most. */
const PACKETS_MAX = 4;
/** A tenth of the interval, as for news of members. */
const GATHERING = 0.1;
