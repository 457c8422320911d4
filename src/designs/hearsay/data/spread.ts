/**
 * Entries lately written or heard for the first time, told by gossip rounds of their own: packets
 * of data and of membership never share room, so neither starves the other; state and map share
 * each packet fairly.
 *
 * Each is sent as often as news of a member, λ · ⌈log10(N + 1)⌉ times, each packet to members
 * chosen anew. A round sends a few packets at most. What does not fit into the queue is not told:
 * comparing brings it.
 */
import { FairShare, TransmitQueue } from '../../../blocks/rumors/index.ts';
import { mark, type Holding } from '../../../core/index.ts';
import { DATA_MESSAGE_BYTES } from '../data-codec.ts';
import { transmitLimit } from '../hot-news.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { entryNow, type Cell } from './store.ts';

export class Spread {
  readonly #view: View;
  readonly #state = new TransmitQueue<Cell>();
  readonly #map = new TransmitQueue<Cell>();
  readonly #share = new FairShare([1, 1]);
  #isAwake = false;
  #nextRoundMs = 0;
  #overflowed = 0;
  #rounds = 0;

  constructor(view: View) {
    this.#view = view;
  }

  /** False: nothing is hot. */
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
    return [
      { what: 'bytes of state to tell', count: this.#state.bytes, countMax: HOT_BYTES_MAX },
      { what: 'bytes of the map to tell', count: this.#map.bytes, countMax: HOT_BYTES_MAX },
    ];
  }

  /** Tells of a key from now on. */
  push(env: HearsayEnv, cell: Cell): void {
    const queue = this.#queueOf(cell);
    queue.delete(cell.id);
    if (queue.bytes + cell.bytes > HOT_BYTES_MAX) {
      mark('hot-data-full');
      this.#overflowed++;
      return;
    }
    queue.push(cell.id, cell, cell.bytes);
    this.begin(env);
  }

  /** Tells no more of a key. */
  drop(cell: Cell): void {
    this.#queueOf(cell).delete(cell.id);
  }

  /** Wakes the timer, if there is anything to tell and anybody to tell it to. */
  begin(env: HearsayEnv): void {
    if (this.#isAwake || this.#size === 0 || this.#view.selfSlot < 0) return;
    this.#isAwake = true;
    // As with news of members: at once, yet never two rounds within one interval, and what comes
    // together travels together.
    const waitMs = Math.max(0, this.#nextRoundMs - env.now);
    const gatherMs = env.random.float() * this.#view.config.gossipIntervalMs * GATHERING;
    env.after(waitMs + gatherMs, Timer.DataGossip);
  }

  round(env: HearsayEnv): void {
    const { config, selfSlot } = this.#view;
    this.#isAwake = this.#size > 0 && selfSlot >= 0;
    if (!this.#isAwake) return;
    this.#rounds++;
    this.#nextRoundMs = env.now + config.gossipIntervalMs;
    env.after(config.gossipIntervalMs, Timer.DataGossip);
    for (let packet = 0; packet < PACKETS_MAX && this.#size > 0; packet++) this.#tell(env);
  }

  get #size(): number {
    return this.#state.size + this.#map.size;
  }

  #tell(env: HearsayEnv): void {
    const { config, roster, selfSlot } = this.#view;
    const slots = roster.pickSome(config.gossipFanout, env.random, selfSlot);
    const cells = this.#take(config.packetBytesMax, Math.max(1, slots.length));
    if (cells.length === 0) return;
    const entries = cells.map((cell) => entryNow(cell, env.now));
    const message = { type: 'data-gossip', entries } as const;
    for (const slot of slots) env.send(roster.fact(slot)!.peer, message);
  }

  /** What goes into one packet, counted as sent so many times. */
  #take(packetBytesMax: number, times: number): Cell[] {
    const { config, roster } = this.#view;
    const limit = transmitLimit(config.transmitLambda, roster.live);
    const queues = [this.#state, this.#map];
    const taken: Cell[] = [];
    const room = packetBytesMax - DATA_MESSAGE_BYTES['data-gossip'];
    const waiting = queues.map(({ bytes }) => bytes);
    this.#share.divide(room, waiting, (kind, bytesMax) => {
      let bytes = 0;
      for (const cell of queues[kind]!.take(bytesMax, times, limit)) {
        taken.push(cell);
        bytes += cell.bytes;
      }
      return bytes;
    });
    return taken;
  }

  #queueOf({ entry }: Cell): TransmitQueue<Cell> {
    return entry.type === 'map' ? this.#map : this.#state;
  }
}

/** A few seconds of what rounds carry; more than that anti-entropy brings with less effort. */
const HOT_BYTES_MAX = 128 * 1024;
/** With three members each and five rounds a second: 80 kB/s at most. */
const PACKETS_MAX = 4;
/** A tenth of the interval, as for news of members. */
const GATHERING = 0.1;
