/**
 * Queries that this node asks: who is asked, and until when.
 *
 * A few members are asked directly. Many are asked along a tree (`range.ts`), and whoever has said
 * nothing a while later is asked directly all the same: a delegate may have died, or know others.
 */
import { TAGS_BYTES_MAX, type Fact, type Tags } from '../../../blocks/membership/index.ts';
import { mark, UsageError } from '../../../core/index.ts';
import { nodeId, textBytes } from '../../../wire/index.ts';
import { checkTags } from '../config.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Asked } from './asked.ts';
import type { Deliveries } from './deliveries.ts';
import type { QueryCounts, QueryEnd } from '../query-events.ts';
import {
  NO_RANGE,
  QUERY_BYTES_MAX,
  QUERY_MS_MAX,
  QUERY_NAME_BYTES_MAX,
} from '../query-messages.ts';
import type { Query, QueryAnswer, QueryId } from '../query-messages.ts';
import { hasTags, piecesOf } from './range.ts';

/** What is asked of whom. */
export interface Question {
  /** 1 … 128 bytes; those that begin with `hearsay:` the protocol answers itself. */
  readonly name: string;
  /** At most 1,024 bytes. */
  readonly payload: Uint8Array;
  /** Only members that have all of these tags. */
  readonly where?: Tags;
  /** Only these members, by name; who is no live member is not asked. */
  readonly names?: readonly string[];
  /** Milliseconds, 1 … 600,000. */
  readonly deadlineMs: number;
  /** The query ends when so many have answered. */
  readonly answersMax?: number;
  /** Members say also that they have it; default true. */
  readonly acknowledge?: boolean;
}

interface OwnQuery {
  readonly query: Query;
  readonly asked: Asked;
  readonly overAt: number;
  readonly number: number;
  /** Members still to be asked directly; undefined: they are to be asked along the tree. */
  direct: string[] | undefined;
}

export class OwnQueries {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #deliveries: Deliveries;
  readonly #toSelf: (env: HearsayEnv, query: Query) => void;
  readonly #open = new Map<QueryId, OwnQuery>();
  readonly #byNumber = new Map<number, OwnQuery>();

  /** @param toSelf takes a query that is for this node too */
  constructor(
    view: View,
    contact: Contact,
    deliveries: Deliveries,
    toSelf: (env: HearsayEnv, query: Query) => void,
  ) {
    this.#view = view;
    this.#contact = contact;
    this.#deliveries = deliveries;
    this.#toSelf = toSelf;
  }

  get open(): number {
    return this.#open.size;
  }

  /** @throws UsageError QUERY_TOO_LARGE, TOO_MANY_QUERIES, BAD_OPTION, TAGS_TOO_LARGE */
  ask(env: HearsayEnv, question: Question): QueryId {
    check(question);
    if (this.#open.size >= OWN_QUERIES_MAX) {
      const text = `query: ${OWN_QUERIES_MAX} are open here: let some end, or cancel them`;
      throw new UsageError('TOO_MANY_QUERIES', text);
    }
    const { name, payload, where = {}, deadlineMs, acknowledge = true } = question;
    const id = nodeId(env.random.u32(), env.random.u32());
    const asker = this.#view.self.name;
    const targets = this.#targets(question);
    // Names are not passed on.
    const isMany = question.names === undefined && targets.length > FANOUT;
    const spreadMs = isMany
      ? Math.floor(Math.min(targets.length * SPREAD_MS, deadlineMs * SPREAD_MAX))
      : 0;
    const leftMs = Math.floor(deadlineMs);
    const query: Query = {
      type: 'query',
      id,
      asker,
      name,
      payload,
      where,
      ...NO_RANGE,
      leftMs,
      spreadMs,
      acknowledge,
    };
    const own: OwnQuery = {
      query,
      asked: new Asked(targets, question.answersMax ?? Infinity),
      overAt: env.now + leftMs,
      number: this.#contact.nextSeq(),
      direct: isMany ? undefined : targets.filter((one) => one !== asker),
    };
    this.#open.set(id, own);
    this.#byNumber.set(own.number, own);
    // Nothing is told of it before the asker knows its id.
    env.after(0, Timer.QueryBegin, own.number);
    env.after(leftMs, Timer.QueryEnd, own.number);
    return id;
  }

  countsOf(id: QueryId): () => QueryCounts {
    const asked = this.#open.get(id)?.asked ?? new Asked([], 1);
    return () => asked.counts;
  }

  /** False: it has ended already. */
  cancel(env: HearsayEnv, id: QueryId): boolean {
    const own = this.#open.get(id);
    if (own === undefined) return false;
    this.#end(env, own, 'cancelled');
    return true;
  }

  cancelAll(env: HearsayEnv): void {
    for (const own of this.#open.values()) this.#end(env, own, 'cancelled');
  }

  begin(env: HearsayEnv, number: number): void {
    const own = this.#byNumber.get(number);
    if (own === undefined) return;
    const { asked, query } = own;
    if (asked.silent.includes(query.asker)) {
      this.#toSelf(env, query);
      this.arrived(env, query.id, query.asker);
    }
    this.#endIfDone(env, own);
    if (own.direct !== undefined) return this.followUp(env, number);
    own.direct = [];
    const others = this.#facts(asked.silent.filter((name) => name !== query.asker));
    for (const { members, range } of piecesOf(others, FANOUT)) {
      this.#deliveries.send(env, { ...query, ...range }, members);
    }
    env.after(this.#followUpMs(own), Timer.QueryFollow, number);
  }

  /** Asks directly, a few at a time, whom this is left for. */
  followUp(env: HearsayEnv, number: number): void {
    const own = this.#byNumber.get(number);
    if (own === undefined) return;
    const direct = (own.direct ??= []);
    if (direct.length === 0) {
      direct.push(...own.asked.silent.filter((name) => name !== own.query.asker));
      if (direct.length > 0) mark('query-follow-up');
    }
    if (direct.length === 0) return;
    const some = direct.splice(0, PACE);
    const leftMs = Math.max(0, Math.floor(own.overAt - env.now));
    for (const fact of this.#facts(some)) {
      this.#deliveries.send(env, { ...own.query, leftMs, spreadMs: 0 }, [fact]);
    }
    env.after(direct.length > 0 ? PACE_MS : this.#followUpMs(own), Timer.QueryFollow, number);
  }

  expire(env: HearsayEnv, number: number): void {
    const own = this.#byNumber.get(number);
    if (own !== undefined) this.#end(env, own, 'deadline');
  }

  /** A copy has come to a member. */
  arrived(env: HearsayEnv, id: QueryId, by: string): void {
    this.#take(env, by, { type: 'query-answer', id, verdict: 'acknowledged', value: NOTHING });
  }

  /**
   * What a member says of a query. Stranger: it was not asked that, or not by this node, or the
   * query has ended.
   */
  answered(env: HearsayEnv, by: string, answer: QueryAnswer): 'news' | 'known' | 'stranger' {
    return this.#take(env, by, answer);
  }

  /** It lives no more. */
  lose(env: HearsayEnv, name: string): void {
    for (const own of this.#open.values()) {
      own.asked.lose(name);
      this.#endIfDone(env, own);
    }
  }

  #take(env: HearsayEnv, by: string, answer: QueryAnswer): 'news' | 'known' | 'stranger' {
    const { id, verdict, value } = answer;
    const own = this.#open.get(id);
    const taken = own?.asked.take(by, verdict) ?? 'stranger';
    if (own === undefined || taken !== 'news') return taken;
    if (verdict === 'acknowledged') env.emit({ type: 'query-acknowledged', id, by });
    else if (verdict === 'answered') env.emit({ type: 'query-answered', id, by, value });
    else env.emit({ type: 'query-refused', id, by, why: verdict, value });
    this.#endIfDone(env, own);
    return taken;
  }

  #targets({ names, where = {} }: Question): string[] {
    const { roster } = this.#view;
    const wanted = names && new Set(names);
    const targets: string[] = [];
    const slots =
      wanted === undefined ? roster.slots() : [...wanted].map((one) => roster.slot(one));
    for (const slot of slots) {
      const fact = roster.fact(slot);
      if (fact !== undefined && roster.isLive(slot) && hasTags(this.#view.tagsOf(fact), where)) {
        targets.push(fact.name);
      }
    }
    return targets;
  }

  #facts(names: readonly string[]): Fact[] {
    const { roster } = this.#view;
    return names.flatMap((name) => {
      const slot = roster.slot(name);
      const fact = roster.fact(slot);
      return fact !== undefined && roster.isLive(slot) ? [fact] : [];
    });
  }

  /** By then all along the tree have had their chance, with a copy or two lost. */
  #followUpMs({ query }: OwnQuery): number {
    return query.spreadMs + FOLLOW_UP_ROUNDS * this.#view.config.gossipIntervalMs;
  }

  #endIfDone(env: HearsayEnv, own: OwnQuery): void {
    const { end } = own.asked;
    if (end !== undefined) this.#end(env, own, end);
  }

  #end(env: HearsayEnv, own: OwnQuery, why: QueryEnd): void {
    const { id } = own.query;
    if (!this.#open.delete(id)) return;
    this.#byNumber.delete(own.number);
    this.#deliveries.drop(id);
    env.emit({ type: 'query-ended', id, why, counts: own.asked.counts });
  }
}

/** @throws UsageError QUERY_TOO_LARGE, BAD_OPTION, TAGS_TOO_LARGE */
function check({ name, payload, where = {}, names, ...bounds }: Question): void {
  const { answersMax = 1, deadlineMs } = bounds;
  checkQueryName(name);
  if (names !== undefined && !(Array.isArray(names) && names.every(isText))) {
    throw new UsageError('BAD_OPTION', 'query: names must be a list of names');
  }
  if (payload.length > QUERY_BYTES_MAX) {
    const text = `query: a payload of ${payload.length} bytes exceeds ${QUERY_BYTES_MAX}`;
    throw new UsageError('QUERY_TOO_LARGE', text);
  }
  if (!isNumber(deadlineMs) || !(deadlineMs >= 1 && deadlineMs <= QUERY_MS_MAX)) {
    const text = `query: give a deadline of 1 to ${QUERY_MS_MAX} ms, not ${deadlineMs}`;
    throw new UsageError('BAD_OPTION', text);
  }
  if (!isNumber(answersMax) || !(answersMax >= 1)) {
    throw new UsageError('BAD_OPTION', `query: the limit of answers must be 1 or more`);
  }
  checkTags(where, TAGS_BYTES_MAX); // They travel with the query.
}

/** @throws UsageError BAD_OPTION */
export function checkQueryName(name: string): void {
  const bytes = isText(name) ? textBytes(name) : 0;
  if (bytes >= 1 && bytes <= QUERY_NAME_BYTES_MAX) return;
  const text = `query: give a name of 1 to ${QUERY_NAME_BYTES_MAX} bytes, not ${bytes}`;
  throw new UsageError('BAD_OPTION', text);
}

/** Programs in JavaScript may give anything. */
function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

const NOTHING = new Uint8Array();
/** Queries of its own that a node has open at once. */
export const OWN_QUERIES_MAX = 64;
/**
 * Members that one node hands a query to. With 8 a thousand are four steps away at most, and eight
 * packets of 1.4 kB at once fit any socket's buffer.
 */
export const FANOUT = 8;
/** So the asker hears of a thousand members a second, 1 MB at most… */
const SPREAD_MS = 1;
/** …but nobody waits for longer than this part of the time. */
const SPREAD_MAX = 1 / 4;
const FOLLOW_UP_ROUNDS = 4;
/** Members asked directly at a time, and how often. */
const PACE = 32;
const PACE_MS = 20;
