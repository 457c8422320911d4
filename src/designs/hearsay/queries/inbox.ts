/**
 * Queries that this node is asked: each is taken once, and what becomes of it is sent to its asker
 * until that has it, at growing intervals and no longer than the asker listens.
 *
 * Those that are settled are remembered beyond their time, so that a copy that is late is known.
 */
import { mark, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { queryCodec } from '../query-codec.ts';
import type { Query, QueryAnswer, QueryId, QueryReceipt } from '../query-messages.ts';
import type { Range } from '../query-messages.ts';

interface Held {
  readonly id: QueryId;
  readonly asker: string;
  readonly overAt: number;
  /** Nothing is said before, so that a thousand members do not answer at one instant. */
  readonly dueAt: number;
  /** Where the ranges begin that it was passed on to from here. */
  readonly passed: string[];
  /** What the asker is to be told; undefined: nothing yet. */
  reply: QueryAnswer | undefined;
  /** The asker has the last word, or listens no more. */
  isSettled: boolean;
  /** Number of its timer, and its token as a stream's. */
  number: number;
  tries: number;
}

export class Inbox {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #toSelf: (env: HearsayEnv, answer: QueryAnswer) => void;
  /** The oldest first. */
  readonly #held = new Map<QueryId, Held>();
  readonly #byNumber = new Map<number, Held>();
  #open = 0;
  #turnedAway = 0;
  #isTidying = false;

  /** @param toSelf is told what becomes of this node's own queries here */
  constructor(
    view: View,
    contact: Contact,
    toSelf: (env: HearsayEnv, answer: QueryAnswer) => void,
  ) {
    this.#view = view;
    this.#contact = contact;
    this.#toSelf = toSelf;
  }

  /** Not settled yet. */
  get open(): number {
    return this.#open;
  }

  /** All that are remembered. */
  get size(): number {
    return this.#held.size;
  }

  /** Queries refused, since too many were open. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Takes a query, unless there are too many. Again: it is known. */
  take(env: HearsayEnv, query: Query): 'new' | 'again' | 'busy' {
    const { id, asker, leftMs, spreadMs } = query;
    if (this.#held.has(id)) return 'again';
    if (this.#open >= OPEN_MAX) {
      mark('queries-busy');
      this.#turnedAway++;
      return 'busy';
    }
    const held: Held = {
      id,
      asker,
      overAt: env.now + leftMs,
      dueAt: env.now + (spreadMs > 0 ? env.random.float() * spreadMs : 0),
      passed: [],
      reply: undefined,
      isSettled: false,
      number: 0,
      tries: 0,
    };
    this.#held.set(id, held);
    this.#open++;
    if (this.#held.size > REMEMBERED_MAX) this.#forgetOldest();
    if (query.acknowledge && asker !== this.#view.self.name) this.#acknowledge(env, held);
    if (!this.#isTidying) {
      this.#isTidying = true;
      env.after(TIDY_MS, Timer.QueryTidy);
    }
    return 'new';
  }

  /** Whether a query has not been passed on to this range from here; from now on it has. */
  passOn(id: QueryId, { first }: Range): boolean {
    const held = this.#held.get(id);
    if (held === undefined || held.passed.includes(first)) return false;
    if (held.passed.length >= RANGES_MAX) return false;
    held.passed.push(first);
    return true;
  }

  /** What becomes of a query here. False: it is not known, too late, or said already. */
  reply(env: HearsayEnv, reply: QueryAnswer): boolean {
    const held = this.#held.get(reply.id);
    if (held === undefined || held.isSettled || env.now >= held.overAt) return false;
    if (held.reply !== undefined && held.reply.verdict !== 'acknowledged') return false;
    held.reply = reply;
    held.tries = 0;
    if (held.asker === this.#view.self.name) {
      this.#settle(held);
      this.#toSelf(env, reply);
    } else if (env.now < held.dueAt) {
      this.#arm(env, held, held.dueAt - env.now);
    } else {
      this.#send(env, held);
    }
    return true;
  }

  /** The asker has what it was sent. */
  received(from: Peer, id: QueryId, of: QueryReceipt['of']): boolean {
    const held = this.#held.get(id);
    if (held?.reply === undefined || held.tries === 0) return false;
    if (this.#routeTo(held.asker) !== from) return false;
    if (of !== (held.reply.verdict === 'acknowledged' ? 'acknowledgement' : 'answer')) return false;
    if (of === 'answer') this.#settle(held);
    else this.#byNumber.delete(held.number);
    return true;
  }

  /** It is time to say something, or to say it again. */
  again(env: HearsayEnv, number: number): void {
    const held = this.#byNumber.get(number);
    if (held !== undefined) this.#send(env, held);
  }

  /** A send has failed. Returns whether it was one of these. */
  unreachable(token: number): boolean {
    return this.#byNumber.has(token); // It is sent again, in time.
  }

  /** What is over is forgotten, a while later. */
  tidy(env: HearsayEnv): void {
    for (const held of this.#held.values()) {
      if (env.now >= held.overAt) this.#settle(held);
      if (env.now >= held.overAt + MEMORY_MS) this.#held.delete(held.id);
    }
    this.#isTidying = this.#held.size > 0;
    if (this.#isTidying) env.after(TIDY_MS, Timer.QueryTidy);
  }

  #acknowledge(env: HearsayEnv, held: Held): void {
    held.reply = { type: 'query-answer', id: held.id, verdict: 'acknowledged', value: NOTHING };
    this.#arm(env, held, held.dueAt - env.now);
  }

  #send(env: HearsayEnv, held: Held): void {
    const { reply } = held;
    if (reply === undefined || env.now >= held.overAt) return this.#settle(held);
    const to = this.#routeTo(held.asker);
    this.#arm(
      env,
      held,
      this.#view.config.gossipIntervalMs * (1 << Math.min(held.tries, DOUBLINGS_MAX)),
    );
    held.tries++;
    if (to === undefined) return; // Perhaps it is known again later.
    const bytes = queryCodec.sizeOf(reply);
    if (bytes <= this.#view.config.packetBytesMax) env.send(to, reply);
    else env.sendReliably(to, reply, held.number);
  }

  #routeTo(name: string): Peer | undefined {
    return this.#view.roster.fact(this.#view.roster.slot(name))?.peer;
  }

  #arm(env: HearsayEnv, held: Held, delayMs: number): void {
    this.#byNumber.delete(held.number);
    held.number = this.#contact.nextSeq();
    this.#byNumber.set(held.number, held);
    env.after(delayMs, Timer.QueryReply, held.number);
  }

  #settle(held: Held): void {
    if (held.isSettled) return;
    held.isSettled = true;
    held.reply = undefined;
    this.#open--;
    this.#byNumber.delete(held.number);
  }

  /** Of those that are settled; there are some, since fewer are open. */
  #forgetOldest(): void {
    mark('queries-forgotten-early');
    for (const held of this.#held.values()) {
      if (!held.isSettled) continue;
      this.#held.delete(held.id);
      return;
    }
  }
}

const NOTHING = new Uint8Array();
/** Sixteen askers that each have as many open as they may. */
export const OPEN_MAX = 1024;
/** Some 200 B each. */
export const REMEMBERED_MAX = 8192;
/** Longer than a packet is on its way, or than a process is paused without being thought dead. */
const MEMORY_MS = 10_000;
const TIDY_MS = 1000;
/** A minute, at the usual interval. */
const DOUBLINGS_MAX = 8;
/** A member is a delegate for one piece, and for others when their delegates are replaced. */
const RANGES_MAX = 8;
