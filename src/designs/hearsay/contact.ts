/**
 * Questions to other members, by packet and by stream, each with what its receiver should hear
 * before anything else: that it is thought to be suspect, dead or evicted.
 */
import type { News } from '../../blocks/membership/index.ts';
import { mark, type Peer } from '../../core/index.ts';
import { fitted, MESSAGE_BYTES } from './codec.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { View } from './view.ts';

export class Contact {
  readonly #view: View;
  /** Whom this node has lately sent a stream to, and when; oldest first. */
  readonly #dialled = new Map<Peer, number>();
  #seq = 0;

  constructor(view: View) {
    this.#view = view;
  }

  /** Streams that may still be open. */
  get dialled(): number {
    return this.#dialled.size;
  }

  /** A number for the next question; never 0. */
  nextSeq(): number {
    this.#seq = seqAfter(this.#seq);
    return this.#seq;
  }

  ping(env: HearsayEnv, to: Peer, seq: number): void {
    env.send(to, { type: 'ping', seq, news: this.#view.tell('ping', 1, this.urgentFor(env, to)) });
  }

  /** The same question over a stream. */
  probe(env: HearsayEnv, to: Peer, seq: number): void {
    this.#forgetDials(env.now);
    this.#dialled.delete(to);
    this.#dialled.set(to, env.now);
    env.sendReliably(to, { type: 'probe', seq, news: this.urgentFor(env, to) }, seq);
  }

  /** What a member should hear first: what is thought of it, or who has replaced it. */
  urgentFor(env: HearsayEnv, to: Peer): readonly News[] {
    if (!this.#view.mayAccuse(to)) return NO_NEWS;
    const { config, roster } = this.#view;
    const slot = this.#view.slotBehind(to);
    if (slot < 0) return NO_NEWS;
    const status = roster.status(slot);
    const urgent =
      this.#view.isReplaced(slot, to) ||
      status === 'evicted' ||
      (config.tellSuspect && (status === 'suspect' || status === 'dead'));
    const news = urgent ? this.#view.newsOf(slot, env.now) : undefined;
    if (news === undefined) return NO_NEWS;
    return [fitted(news, config.packetBytesMax - MESSAGE_BYTES.ping)];
  }

  /**
   * A probe has come by stream. That shows that streams reach this node only if it did not come on
   * a connection that this node had opened.
   */
  reachedByStream(env: HearsayEnv, from: Peer): void {
    this.#forgetDials(env.now);
    if (this.#dialled.delete(from)) {
      this.#dialled.set(from, env.now); // It stays open.
      return;
    }
    const { self, selfSlot } = this.#view;
    if (self.fact.streams === 'yes' || selfSlot < 0 || self.news.status === 'left') return;
    mark('streams-yes');
    self.change({ streams: 'yes' });
    self.save(env);
    this.#view.announce(env);
  }

  /** Those long ago; and the oldest, where others make this node dial more than is good for it. */
  #forgetDials(now: number): void {
    for (const [peer, atMs] of this.#dialled) {
      if (now - atMs <= STREAM_IDLE_MS && this.#dialled.size < DIALLED_MAX) break;
      this.#dialled.delete(peer);
    }
  }
}

/** The number that follows; never 0. */
export function seqAfter(seq: number): number {
  return seq === 0xffffffff ? 1 : seq + 1;
}

const NO_NEWS: readonly News[] = [];
/** Hosts close a stream that has been idle for so long. */
const STREAM_IDLE_MS = 60_000;
/** Eight times the connections that a live host holds at once. */
export const DIALLED_MAX = 4096;
