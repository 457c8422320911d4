/**
 * Queries: a question to many members at once, answered to the asker until a deadline.
 *
 * This file only receives: what this node asks is in `own-queries.ts`, what it is asked in
 * `inbox.ts`, and what it passes on in `deliveries.ts`.
 */
import type { Holding, Peer } from '../../../core/index.ts';
import { mark, UsageError } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { Member } from '../events.ts';
import type { Part } from '../part.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Deliveries, DELIVERIES_MAX } from './deliveries.ts';
import type { QueryCounts } from '../query-events.ts';
import { Inbox, OPEN_MAX, REMEMBERED_MAX } from './inbox.ts';
import { isWithin, QUERY_BYTES_MAX } from '../query-messages.ts';
import type { Query, QueryAnswer, QueryId, QueryMessage, Refusal } from '../query-messages.ts';
import { FANOUT, OWN_QUERIES_MAX, OwnQueries, type Question } from './own-queries.ts';
import { hasTags, piecesOf } from './range.ts';

/**
 * What this node itself answers to queries of a name, at most 1,024 bytes, without its application.
 * Undefined: as if there were no such answer.
 */
export type OwnAnswer = (env: HearsayEnv, payload: Uint8Array) => Uint8Array | undefined;

/** Names that begin like this are the protocol's own. */
export const OWN_PREFIX = 'hearsay:';

/** What a node has done with queries, and what it has turned away. */
export interface QueriesCounts {
  /** Queries that it was asked, each once. */
  readonly received: number;
  /** Copies of these that came again. */
  readonly repeated: number;
  /** Queries refused since too many were open. */
  readonly busy: number;
  /** Answers to what was not asked of their sender, or has ended. */
  readonly strayAnswers: number;
  /** Queries of askers or by senders that are no members here. */
  readonly strangers: number;
  /** Copies not passed on, since too many were on their way. */
  readonly notPassedOn: number;
}

export class Queries implements Part<QueryMessage> {
  readonly #view: View;
  readonly #deliveries: Deliveries;
  readonly #inbox: Inbox;
  readonly #own: OwnQueries;
  readonly #answers = new Map<string, OwnAnswer>([[`${OWN_PREFIX}ping`, () => NOTHING]]);
  #received = 0;
  #repeated = 0;
  #strayAnswers = 0;
  #strangers = 0;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#deliveries = new Deliveries(view, contact);
    this.#inbox = new Inbox(view, contact, (env, answer) => {
      this.#own.answered(env, view.self.name, answer);
    });
    this.#own = new OwnQueries(view, contact, this.#deliveries, (env, query) => {
      this.#take(env, query);
    });
  }

  // Commands.

  /**
   * Asks; what becomes of it are events, `query-ended` the last.
   *
   * @throws UsageError QUERY_TOO_LARGE, TOO_MANY_QUERIES, BAD_OPTION, TAGS_TOO_LARGE
   */
  ask(env: HearsayEnv, question: Question): QueryId {
    return this.#own.ask(env, question);
  }

  /** What becomes of an open query, also later: a function that tells it. */
  countsOf(id: QueryId): () => QueryCounts {
    return this.#own.countsOf(id);
  }

  /** Hears no more of a query of its own. False: it has ended already. */
  cancel(env: HearsayEnv, id: QueryId): boolean {
    return this.#own.cancel(env, id);
  }

  /**
   * Answers a query. False: it is too late, or it has been answered.
   *
   * @throws UsageError QUERY_TOO_LARGE, and the asker is told
   */
  respond(env: HearsayEnv, id: QueryId, value: Uint8Array): boolean {
    if (value.length <= QUERY_BYTES_MAX) return this.#reply(env, id, 'answered', value);
    this.#reply(env, id, 'too-large', NOTHING);
    const text = `an answer of ${value.length} bytes exceeds ${QUERY_BYTES_MAX}`;
    throw new UsageError('QUERY_TOO_LARGE', text);
  }

  /** There will be no answer. `value`: of a failure its text, cut to 1,024 bytes. */
  refuse(env: HearsayEnv, id: QueryId, why: Refusal, value: Uint8Array = NOTHING): boolean {
    return this.#reply(env, id, why, value.subarray(0, QUERY_BYTES_MAX));
  }

  /** From now on this node itself answers queries of a name that begins with `hearsay:`. */
  provide(name: string, answer: OwnAnswer): void {
    this.#answers.set(name, answer);
  }

  get counts(): QueriesCounts {
    return {
      received: this.#received,
      repeated: this.#repeated,
      busy: this.#inbox.turnedAway,
      strayAnswers: this.#strayAnswers,
      strangers: this.#strangers,
      notPassedOn: this.#deliveries.turnedAway,
    };
  }

  /** Whoever leaves waits for nobody's answer. */
  readonly isBusy = false;

  // What can happen.

  receive(env: HearsayEnv, from: Peer, message: QueryMessage): void {
    const sender = this.#nameOf(from);
    if (sender === undefined) {
      this.#strangers++;
      return;
    }
    const { id } = message;
    switch (message.type) {
      case 'query':
        return this.#hear(env, from, message);
      case 'query-receipt':
        if (message.of !== 'query') this.#inbox.received(from, id, message.of);
        else if (this.#deliveries.arrived(from, id)) this.#own.arrived(env, id, sender);
        return;
      case 'query-answer': {
        const of = message.verdict === 'acknowledged' ? 'acknowledgement' : 'answer';
        env.send(from, { type: 'query-receipt', id, of });
        if (this.#own.answered(env, sender, message) === 'stranger') this.#strayAnswers++;
        return;
      }
    }
  }

  wake(env: HearsayEnv, timer: number, arg: number): boolean {
    switch (timer) {
      case Timer.QueryBegin:
        this.#own.begin(env, arg);
        return true;
      case Timer.QueryFollow:
        this.#own.followUp(env, arg);
        return true;
      case Timer.QueryEnd:
        this.#own.expire(env, arg);
        return true;
      case Timer.QueryDelivery:
        this.#deliveries.again(env, arg);
        return true;
      case Timer.QueryReply:
        this.#inbox.again(env, arg);
        return true;
      case Timer.QueryTidy:
        this.#inbox.tidy(env);
        return true;
    }
    return false;
  }

  unreachable(env: HearsayEnv, peer: Peer, token: number): boolean {
    return this.#deliveries.unreachable(env, peer, token) || this.#inbox.unreachable(token);
  }

  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void {
    if (before === undefined || after?.status === 'alive' || after?.status === 'suspect') return;
    this.#own.lose(env, before.name);
  }

  /** What it asked is not known to those it will know. */
  forgetAll(env: HearsayEnv): void {
    this.#own.cancelAll(env);
  }

  joined(): void {}

  exchange(): void {}

  sweep(): void {}

  holdings(): readonly Holding[] {
    return [
      { what: 'queries of its own', count: this.#own.open, countMax: OWN_QUERIES_MAX },
      { what: 'queries to be answered', count: this.#inbox.open, countMax: OPEN_MAX },
      { what: 'queries remembered', count: this.#inbox.size, countMax: REMEMBERED_MAX },
      { what: 'queries on their way', count: this.#deliveries.open, countMax: DELIVERIES_MAX },
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    const { busy, strayAnswers, strangers, notPassedOn } = this.counts;
    return {
      queries: busy,
      strayAnswers,
      queriesOfStrangers: strangers,
      copiesOfQueries: notPassedOn,
    };
  }

  snapshot(): Iterable<Uint8Array> {
    return [];
  }

  /** A query has come, to be answered, passed on, or both. */
  #hear(env: HearsayEnv, from: Peer, query: Query): void {
    const { id, asker } = query;
    const { roster, self } = this.#view;
    if (roster.slot(asker) < 0 || asker === self.name) {
      this.#strangers++;
      return;
    }
    const taken = this.#take(env, query);
    if (taken === 'busy') {
      const to = roster.fact(roster.slot(asker))?.peer ?? from;
      env.send(to, { type: 'query-answer', id, verdict: 'busy', value: NOTHING });
      return;
    }
    if (taken === 'again') this.#repeated++;
    env.send(from, { type: 'query-receipt', id, of: 'query' });
    this.#passOn(env, query);
  }

  #take(env: HearsayEnv, query: Query): 'new' | 'again' | 'busy' {
    const taken = this.#inbox.take(env, query);
    if (taken !== 'new') return taken;
    this.#received++;
    const { id, name, payload, asker: from, leftMs } = query;
    const answer = this.#answers.get(name)?.(env, payload);
    if (answer !== undefined) this.#reply(env, id, 'answered', answer);
    else env.emit({ type: 'query-received', id, name, payload, from, leftMs });
    return taken;
  }

  #passOn(env: HearsayEnv, query: Query): void {
    const { roster, self } = this.#view;
    const { asker, first, last, where } = query;
    if (first > last || (first === last && first === self.fact.nodeId)) return; // By far the most.
    if (!this.#inbox.passOn(query.id, query)) return;
    mark('query-passed-on');
    const members = [];
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact === undefined || !roster.isLive(slot) || !isWithin(fact.nodeId, query)) continue;
      if (
        fact.name === self.name ||
        fact.name === asker ||
        !hasTags(this.#view.tagsOf(fact), where)
      )
        continue;
      members.push(fact);
    }
    for (const piece of piecesOf(members, FANOUT)) {
      this.#deliveries.send(env, { ...query, ...piece.range }, piece.members);
    }
  }

  #reply(env: HearsayEnv, id: QueryId, verdict: QueryAnswer['verdict'], value: Uint8Array) {
    return this.#inbox.reply(env, { type: 'query-answer', id, verdict, value });
  }

  #nameOf(peer: Peer): string | undefined {
    const { roster } = this.#view;
    return roster.fact(roster.slotOfPeer(peer))?.name;
  }
}

const NOTHING = new Uint8Array();
