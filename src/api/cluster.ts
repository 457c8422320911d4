/// <reference lib="esnext.disposable" preserve="true" />
import {
  checkTags,
  checkTopic,
  type Load,
  type Tags,
  type Traced,
} from '../designs/hearsay/index.ts';
import type { Answers } from './answers.ts';
import type { ClusterOptions, JoinRequest } from './cluster-options.ts';
import type { Content } from './content.ts';
import { EventStream } from './event-stream.ts';
import type { Closed, ClusterEvent, ClusterEventType } from './events.ts';
import type { ClusterCounters } from './life.ts';
import type { Listener } from './listeners.ts';
import { Lives } from './lives.ts';
import { SILENT } from './logger.ts';
import type { Member } from './member.ts';
import { Members } from './members.ts';
import type { Platform } from './platform.ts';
import { Queries, type QueryHandler, type QueryOptions } from './queries.ts';
import { SharedMap } from './shared-map.ts';
import { MemberState, OwnState } from './state.ts';
import { Topic } from './topic.ts';
import { collectTrace, type Trace } from './trace.ts';
import { Topics } from './topics.ts';

/**
 * A node and, through it, the cluster: who is there, what happens to them.
 *
 * It outlives its lives: after `leave()` (or an eviction) what was known stays readable, and
 * `join()` begins a new life.
 */
export class Cluster implements AsyncDisposable {
  readonly name: string;
  /** The members as this node knows them, itself included. */
  readonly members: Members;
  /** What this node says of itself, for all to read. */
  readonly state: OwnState;
  /** What all members share. */
  readonly map: SharedMap;
  readonly #lives: Lives;
  readonly #queries: Queries;
  readonly #topics: Topics;

  /** Does nothing yet: `join()` opens the sockets. */
  constructor(platform: Platform, options: ClusterOptions) {
    checkTags(options.tags);
    const { logger = SILENT, name } = options;
    this.name = name;
    this.#lives = new Lives(platform, options);
    this.#queries = new Queries(this.#lives, logger);
    this.#topics = new Topics(this.#lives, logger);
    this.members = new Members(
      () => this.#lives.last?.all() ?? [],
      (member) => this.#lives.last?.get(member),
    );
    this.state = new OwnState(this.#lives, name);
    this.map = new SharedMap(this.#lives);
  }

  /**
   * This node as it tells others of itself.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  get self(): Member {
    return this.#lives.everLived('self').self;
  }

  /** What a member says of itself, as this node knows it; empty for one that it does not know. */
  stateOf(member: string | Pick<Member, 'name'>): MemberState {
    return new MemberState(this.#lives, typeof member === 'string' ? member : member.name);
  }

  /** Commands are accepted while it is running; `setTags` also while it is joining. */
  get phase(): 'joining' | 'running' | 'leaving' | 'stopped' {
    return this.#lives.phase;
  }

  /**
   * Lifeguard's health score of this node: 0 is well, 8 the worst.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  get health(): number {
    return this.#lives.everLived('health').health;
  }

  /**
   * What this node holds now, and what it turned away because that is bounded.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  get load(): Load {
    return this.#lives.everLived('load').load;
  }

  /**
   * What this life of the node has done and its sockets have carried: plain numbers, by kind and
   * reason. Take the difference of two for a rate.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  counters(): ClusterCounters {
    return this.#lives.everLived('counters').counters;
  }

  /**
   * 32 bits, equal on all nodes that know the same live members in the same lives.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  get checksum(): number {
    return this.#lives.everLived('checksum').checksum;
  }

  /** Resolves when this life has ended and its sockets are closed. Never rejects. */
  get closed(): Promise<Closed> {
    return this.#lives.promised(this.#lives.closed);
  }

  /** Listeners run after the state has settled; they may call anything, `leave()` included. */
  on<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#lives.listeners.add(type, listener, false);
    return this;
  }

  /** The same for the next event of this type alone. */
  once<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#lives.listeners.add(type, listener, true);
    return this;
  }

  /** Takes a listener off; nothing if there is no such. */
  off<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#lives.listeners.remove(type, listener);
    return this;
  }

  /**
   * All events from now on, until the node has left. A reader that falls more than `bufferMax`
   * events behind, by default 1,024, loses the oldest and gets `overflow` in their place.
   *
   * @throws HearsayError NOT_RUNNING
   */
  events(options: { readonly bufferMax?: number } = {}): EventStream<ClusterEvent> {
    const onEnd = this.#lives.tap('events', (event) => {
      stream.push(event);
      if (event.type === 'closed') stream.end();
    });
    const stream = new EventStream<ClusterEvent>({
      bufferMax: options.bufferMax ?? EVENTS_MAX,
      promised: this.#lives.promised,
      onEnd,
    });
    return stream;
  }

  /**
   * Stopped: begins a new life, resolves after its first full exchange. Running: asks these seeds
   * too, and resolves when a member has come to be known by it.
   *
   * @throws HearsayError JOIN_TIMEOUT, NAME_TAKEN, STREAM_BLOCKED, WRONG_CLUSTER, ABORTED,
   * PORT_IN_USE and what else keeps sockets from opening
   */
  join(request: JoinRequest = {}): Promise<void> {
    return this.#lives.promised(this.#lives.join(request));
  }

  /**
   * Tells the others; resolves when that is spread (2 s at most) and the sockets are closed. Gives
   * up joining, if it still does. Never rejects.
   */
  leave(): Promise<void> {
    return this.#lives.promised(this.#lives.leave());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  /**
   * Replaces this node's tags, for all to see; they stay for later lives.
   *
   * @throws HearsayError TAGS_TOO_LARGE, BAD_OPTION, NOT_RUNNING
   */
  setTags(tags: Tags): void {
    this.#lives.setTags(tags);
  }

  /**
   * Removes a member for good: its process stops when it hears of it, and only a new life of that
   * name may return. False: no such member.
   *
   * @throws HearsayError NOT_RUNNING
   */
  evict(name: string): boolean {
    return this.#lives.command('evict', (protocol, env) => protocol.evict(env, name));
  }

  /**
   * Asks all members, this one included, or those that the options choose. `name`: 1 to 128 bytes;
   * `payload`: JSON or a Uint8Array, at most 1,023 bytes, or nothing. The answers are read as they
   * come; all that is asked and answered is bounded, and ends at the timeout.
   *
   * @throws UsageError QUERY_TOO_LARGE, TOO_MANY_QUERIES, VALUE_UNUSABLE, BAD_OPTION or
   * TAGS_TOO_LARGE
   * @throws HearsayError NOT_RUNNING
   */
  query(name: string, payload?: unknown, options: QueryOptions = {}): Answers {
    return this.#queries.ask(name, payload, options);
  }

  /**
   * Answers queries of a name from now on, in later lives too. The function it returns ends that.
   *
   * @throws UsageError HANDLER_TAKEN; BAD_OPTION for names that begin with `hearsay:`
   */
  answer(name: string, handler: QueryHandler): () => void {
    return this.#queries.answer(name, handler);
  }

  /**
   * Events under a name of 1 to 128 bytes, published by any member, told to all who listen.
   *
   * @throws UsageError BAD_TOPIC
   */
  topic<T = Content>(name: string): Topic<T> {
    checkTopic(name);
    return new Topic<T>(name, this.#topics, this.#lives.promised);
  }

  /**
   * Events that were published with `trace` and came here lately, the newest first.
   *
   * @throws HearsayError NOT_RUNNING
   */
  traced(): Traced[] {
    return this.#lives.command('traced', ({ topics }) => topics.traced());
  }

  /**
   * Asks all members how a traced event came to them. Resolves when all have said something, at the
   * latest after `timeoutMs`, by default 5,000; rejects with NOT_RUNNING.
   */
  trace(
    traced: Traced,
    { timeoutMs = 5000 }: { readonly timeoutMs?: number } = {},
  ): Promise<Trace> {
    const ask = this.query.bind(this);
    return this.#lives.promised(collectTrace(traced, [...this.members.all()], ask, timeoutMs));
  }
}

/** For who reads events slowly: some 300 bytes each. */
const EVENTS_MAX = 1024;
