/**
 * News worth telling, and when: it rides on every packet, and on gossip rounds of its own that
 * sleep while nothing is hot.
 */
import type { News } from '../../blocks/membership/index.ts';
import { TransmitQueue } from '../../blocks/rumors/index.ts';
import { fitted, listBytes, MESSAGE_BYTES, newsBytes } from './codec.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Tuning } from './shared.ts';
import { Timer } from './timers.ts';

export class HotNews {
  readonly #config: Tuning;
  readonly #queue = new TransmitQueue<News>();
  #awake = false;
  #nextRoundMs = 0;
  #rounds = 0;

  constructor(config: Tuning) {
    this.#config = config;
  }

  /** False: nothing is hot. */
  get isAwake(): boolean {
    return this.#awake;
  }

  /** Gossip rounds begun so far. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Members told about now. */
  get size(): number {
    return this.#queue.size;
  }

  /** Tells of a member from now on; wakes the gossip timer. */
  push(env: HearsayEnv, slot: number, whole: News): void {
    const news = fitted(whole, this.#config.packetBytesMax - MESSAGE_BYTES.ping);
    this.#queue.push(slot, news, newsBytes(news));
    if (this.#awake) return;
    this.#awake = true;
    // Fresh news need not wait for a whole interval, but never two rounds come within one; and
    // what arrives together travels together.
    const waitMs = Math.max(0, this.#nextRoundMs - env.now);
    const gatherMs = env.random.float() * this.#config.gossipIntervalMs * GATHERING;
    env.after(waitMs + gatherMs, Timer.Gossip);
  }

  /** Tells no more of a member. */
  drop(slot: number): void {
    this.#queue.delete(slot);
  }

  clear(): void {
    this.#queue.clear();
  }

  /** The gossip timer ran: whether there is anything to tell. If not, it sleeps. */
  beginRound(env: HearsayEnv): boolean {
    this.#awake = this.#queue.size > 0;
    if (!this.#awake) return false;
    this.#rounds++;
    this.#nextRoundMs = env.now + this.#config.gossipIntervalMs;
    env.after(this.#config.gossipIntervalMs, Timer.Gossip);
    return true;
  }

  /**
   * What fits into so many bytes, counted as told to `times` members of `live`.
   *
   * @param urgent goes first whatever the room
   */
  take(bytesMax: number, live: number, times: number, urgent: readonly News[]): readonly News[] {
    const room = bytesMax - listBytes(urgent);
    const taken = this.#queue.take(room, times, transmitLimit(this.#config.transmitLambda, live));
    if (urgent.length === 0) return taken;
    return [...urgent, ...taken.filter((news) => !urgent.includes(news))];
  }
}

/** λ · ⌈log10(N + 1)⌉ */
export function transmitLimit(lambda: number, live: number): number {
  let digits = 0;
  for (let power = 1; power < live + 1; power *= 10) digits++;
  return lambda * digits;
}

/** A tenth of the interval: twenty milliseconds by default. */
const GATHERING = 0.1;
