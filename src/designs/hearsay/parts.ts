/** The parts of a node besides membership, made when needed, and from then on told what happens. */
import {
  isContent,
  type HeldEntry,
  type Holding,
  type LogRecord,
  type Peer,
  type Why,
} from '../../core/index.ts';
import type { Contact } from './contact.ts';
import { Data } from './data/data.ts';
import { DATA_RECORDS } from './data/saved.ts';
import type { Member } from './events.ts';
import type { PartMessage } from './messages.ts';
import type { Part } from './part.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { Queries } from './queries/queries.ts';
import { isOfQueries } from './query-messages.ts';
import type { HearsayShared } from './shared.ts';
import { decodeTraceQuestion, encodeTraceReport, TRACE_QUERY } from './trace-report.ts';
import { isOfTopics } from './topic-messages.ts';
import { Topics } from './topics/topics.ts';
import type { View } from './view.ts';

export class Parts {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #shared: HearsayShared;
  readonly #made: Part<never>[] = [];
  #data: Data | undefined;
  #queries: Queries | undefined;
  #topics: Topics | undefined;

  constructor(view: View, contact: Contact, shared: HearsayShared) {
    this.#view = view;
    this.#contact = contact;
    this.#shared = shared;
    view.watcher = this;
  }

  get data(): Data {
    return (this.#data ??= this.#add(new Data(this.#view, this.#contact, this.#shared)));
  }

  get queries(): Queries {
    if (this.#queries !== undefined) return this.#queries;
    const queries = this.#add(new Queries(this.#view, this.#contact));
    queries.provide(TRACE_QUERY, (_env, payload) => {
      const question = decodeTraceQuestion(payload);
      const report = question && this.#topics?.answerTrace(question);
      return report && encodeTraceReport(report);
    });
    this.#queries = queries;
    return queries;
  }

  get topics(): Topics {
    return (this.#topics ??= this.#add(new Topics(this.#view, this.#contact)));
  }

  /**
   * A life begins.
   *
   * @param records what parts of earlier ones have saved
   * @param absentMs for how long nobody has run here since
   */
  begin(env: HearsayEnv, records: readonly LogRecord[], absentMs: number): void {
    const isOfData = isOneOf(DATA_RECORDS);
    const ofData = records.filter((record) => isContent(record) || isOfData(record));
    if (ofData.length > 0) this.data.begin(env, ofData, absentMs);
  }

  receive(env: HearsayEnv, from: Peer, message: PartMessage): void {
    if (isOfQueries(message)) this.queries.receive(env, from, message);
    else if (isOfTopics(message)) this.topics.receive(env, from, message);
    else this.data.receive(env, from, message);
  }

  get isBusy(): boolean {
    return this.#made.some((part) => part.isBusy);
  }

  joined(env: HearsayEnv): void {
    for (const part of this.#made) part.joined(env);
  }

  wake(env: HearsayEnv, timer: number, arg: number): void {
    for (const part of this.#made) if (part.wake(env, timer, arg)) return;
  }

  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): void {
    for (const part of this.#made) part.unreachable(env, peer, token, why);
  }

  memberChanged(env: HearsayEnv, before: Member | undefined, after: Member | undefined): void {
    for (const part of this.#made) part.memberChanged(env, before, after);
  }

  forgetAll(env: HearsayEnv): void {
    for (const part of this.#made) part.forgetAll(env);
  }

  exchange(env: HearsayEnv, to: Peer, isNewcomer: boolean): void {
    for (const part of this.#made) part.exchange(env, to, isNewcomer);
  }

  sweep(env: HearsayEnv): void {
    for (const part of this.#made) part.sweep(env);
  }

  holdings(): Holding[] {
    return this.#made.flatMap((part) => part.holdings());
  }

  turnedAway(): Record<string, number> {
    const all: Record<string, number> = {};
    for (const part of this.#made) Object.assign(all, part.turnedAway());
    return all;
  }

  held(): Iterable<HeldEntry> {
    return this.#data?.held() ?? [];
  }

  *snapshot(): Generator<LogRecord> {
    for (const part of this.#made) yield* part.snapshot();
  }

  #add<P extends Part<never>>(part: P): P {
    this.#made.push(part);
    return part;
  }
}

/** Whether a record's kind, its first byte, lies within a part's. */
function isOneOf([least, most]: readonly [number, number]): (record: Uint8Array) => boolean {
  return ([kind = 0]) => kind >= least && kind <= most;
}
