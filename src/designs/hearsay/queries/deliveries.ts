/**
 * Copies of queries on their way: each is sent again until its receiver says that it has come.
 *
 * A receiver that says nothing is replaced by another member of its piece, which tries the first
 * one again as one of many. Who has only itself to be asked for is not replaced.
 */
import type { Fact } from '../../../blocks/membership/index.ts';
import { mark, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { queryCodec } from '../query-codec.ts';
import type { Query, QueryId } from '../query-messages.ts';
import { delegateOf } from './range.ts';

/** One copy. */
interface Delivery {
  readonly query: Query;
  readonly overAt: number;
  /** Who may get it, and pass it on to the others. */
  readonly members: readonly Fact[];
  readonly tried: string[];
  /** Number of its timer, and its token as a stream's. */
  number: number;
  to: Fact;
  tries: number;
}

export class Deliveries {
  readonly #view: View;
  readonly #contact: Contact;
  /** By query and receiver. */
  readonly #open = new Map<string, Delivery>();
  readonly #byNumber = new Map<number, Delivery>();
  #turnedAway = 0;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#contact = contact;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Copies not sent, since there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Sends it to one of these members. */
  send(env: HearsayEnv, query: Query, members: readonly Fact[]): void {
    const to = this.#choose(env, members, []);
    if (to === undefined || this.#open.has(keyOf(query.id, to.peer))) return;
    if (this.#open.size >= DELIVERIES_MAX) {
      mark('queries-too-many-deliveries');
      this.#turnedAway++;
      return;
    }
    const overAt = env.now + query.leftMs;
    this.#begin(env, { query, overAt, members, tried: [], number: 0, to, tries: 0 });
  }

  /** It has come there. Returns whether this node had sent it there. */
  arrived(from: Peer, id: QueryId): boolean {
    const delivery = this.#open.get(keyOf(id, from));
    if (delivery === undefined) return false;
    this.#end(delivery);
    return true;
  }

  /** Nobody wants answers to it any more. */
  drop(id: QueryId): void {
    for (const delivery of this.#open.values()) if (delivery.query.id === id) this.#end(delivery);
  }

  /** A copy is not known to have come. */
  again(env: HearsayEnv, number: number): void {
    const delivery = this.#byNumber.get(number);
    if (delivery === undefined) return;
    if (env.now >= delivery.overAt) this.#end(delivery);
    else if (delivery.tries < TRIES_MAX && this.#isLive(delivery.to)) this.#try(env, delivery);
    else this.#replace(env, delivery);
  }

  /** A send has failed. Returns whether it was one of these, as far as is known. */
  unreachable(env: HearsayEnv, peer: Peer, token: number): boolean {
    const delivery = this.#byNumber.get(token);
    if (delivery !== undefined) {
      this.#replace(env, delivery);
      return true;
    }
    if (token !== 0) return false;
    for (const one of this.#open.values()) if (one.to.peer === peer) this.#replace(env, one);
    return false;
  }

  #begin(env: HearsayEnv, delivery: Delivery): void {
    delivery.tries = 0;
    delivery.tried.push(delivery.to.name);
    this.#open.set(keyOf(delivery.query.id, delivery.to.peer), delivery);
    this.#try(env, delivery);
  }

  #try(env: HearsayEnv, delivery: Delivery): void {
    const { query, overAt, to } = delivery;
    delivery.tries++;
    this.#byNumber.delete(delivery.number);
    delivery.number = this.#contact.nextSeq();
    this.#byNumber.set(delivery.number, delivery);
    const leftMs = Math.max(0, Math.floor(overAt - env.now));
    const message = { ...query, leftMs, spreadMs: Math.min(query.spreadMs, leftMs) };
    const bytes = queryCodec.sizeOf(message);
    if (bytes <= this.#view.config.packetBytesMax) env.send(to.peer, message);
    else env.sendReliably(to.peer, message, delivery.number);
    env.after(this.#view.config.gossipIntervalMs, Timer.QueryDelivery, delivery.number);
  }

  #replace(env: HearsayEnv, delivery: Delivery): void {
    this.#end(delivery);
    const { members, query, tried } = delivery;
    const to = tried.length < DELEGATES_MAX ? this.#choose(env, members, tried) : undefined;
    if (to === undefined) {
      mark('query-undelivered');
      return;
    }
    mark('query-delegate-replaced');
    if (!this.#open.has(keyOf(query.id, to.peer))) this.#begin(env, { ...delivery, to });
  }

  #choose(env: HearsayEnv, members: readonly Fact[], tried: readonly string[]): Fact | undefined {
    const { roster } = this.#view;
    const left = members.filter((fact) => !tried.includes(fact.name) && this.#isLive(fact));
    return delegateOf(left, env.random, (fact) => {
      return roster.status(roster.slotOfFact(fact)) === 'alive';
    });
  }

  #isLive({ peer }: Fact): boolean {
    return this.#view.roster.isLivePeer(peer);
  }

  #end(delivery: Delivery): void {
    this.#open.delete(keyOf(delivery.query.id, delivery.to.peer));
    this.#byNumber.delete(delivery.number);
  }
}

function keyOf(id: QueryId, peer: Peer): string {
  return `${id} ${peer}`;
}

/** At 10 % loss a round trip fails 4 times in a row once in 770. */
const TRIES_MAX = 4;
/** Members of a piece that are tried; the asker itself asks again whom none of them reaches. */
const DELEGATES_MAX = 3;
/** Eight for each of 512 queries at once, of at most 1 kB each. */
export const DELIVERIES_MAX = 4096;
