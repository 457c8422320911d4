/// <reference lib="esnext.disposable" preserve="true" />
import { bytesOf } from '../blocks/data/index.ts';
import { HearsayError } from '../core/index.ts';
import {
  checkTags,
  checkTopic,
  type Load,
  type Tags,
  type Traced,
} from '../designs/hearsay/index.ts';
import type { Answers } from './answers.ts';
import { untilArrival } from './arrival.ts';
import type { Content } from './content.ts';
import { Ending } from './ending.ts';
import { EventStream } from './event-stream.ts';
import type { Closed, ClusterEvent, ClusterEventType } from './events.ts';
import { EventTranslator } from './events.ts';
import type { Ground } from './ground.ts';
import { JoinAttempt } from './join-attempt.ts';
import { type ClusterCounters, type Life, notRunning } from './life.ts';
import { Listeners, type Listener, type ListenerThrew } from './listeners.ts';
import { SILENT, type Logger } from './logger.ts';
import { logEvent } from './log-event.ts';
import type { Member } from './member.ts';
import { Members } from './members.ts';
import type { AbortSignalLike, Platform } from './platform.ts';
import { Queries, type QueryHandler, type QueryOptions } from './queries.ts';
import { SharedMap } from './shared-map.ts';
import { MemberState, OwnState } from './state.ts';
import { Topic } from './topic.ts';
import { collectTrace, type Trace } from './trace.ts';
import { Topics } from './topics.ts';

/** What a node is, whichever world it runs in. */
export interface ClusterOptions {
  readonly name: string;
  readonly seeds: readonly string[];
  readonly tags: Tags;
  readonly joinTimeoutMs: number;
  readonly retry: boolean;
  readonly logger?: Logger | undefined;
  /** A listener has thrown or rejected, which is in the log already. */
  readonly listenerThrew?: ListenerThrew | undefined;
}

export interface JoinRequest {
  /** `host:port`, besides those known. */
  readonly seeds?: readonly string[];
  readonly signal?: AbortSignalLike | undefined;
  /** Milliseconds; else as at the first joining. */
  readonly timeoutMs?: number;
  readonly retry?: boolean;
}

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
  readonly #platform: Platform;
  readonly #options: ClusterOptions;
  readonly #logger: Logger;
  readonly #listeners: Listeners;
  readonly #queries: Queries;
  readonly #topics: Topics;
  readonly #seeds: Set<string>;
  readonly #ground: Ground;
  #tags: Tags;
  #life: Life | undefined;
  #attempt: { readonly attempt: JoinAttempt; readonly done: Promise<void> } | undefined;
  #closed = new Ending();

  /** Does nothing yet: `join()` opens the sockets. */
  constructor(platform: Platform, options: ClusterOptions) {
    checkTags(options.tags);
    this.name = options.name;
    this.#platform = platform;
    this.#options = options;
    this.#logger = options.logger ?? SILENT;
    this.#listeners = new Listeners(this.#logger, options.listenerThrew);
    this.#queries = new Queries(this.#logger, (promise) => this.#promised(promise));
    this.#topics = new Topics(this.#logger, (what) => this.#alive(what));
    this.#seeds = new Set(options.seeds);
    this.#tags = options.tags;
    this.members = new Members(
      () => this.#life?.all() ?? [],
      (name) => this.#life?.get(name),
    );
    this.#ground = this.#makeGround();
    this.state = new OwnState(this.#ground, this.name);
    this.map = new SharedMap(this.#ground);
  }

  /**
   * This node as it tells others of itself.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  get self(): Member {
    return this.#everLived('self').self;
  }

  /** What a member says of itself, as this node knows it; empty for one that it does not know. */
  stateOf(member: string | Pick<Member, 'name'>): MemberState {
    return new MemberState(this.#ground, typeof member === 'string' ? member : member.name);
  }

  /** Commands are accepted while it is running; `setTags` also while it is joining. */
  get phase(): 'joining' | 'running' | 'leaving' | 'stopped' {
    if (this.#attempt !== undefined) return 'joining';
    return this.#life?.phase ?? 'stopped';
  }

  /** Lifeguard's health score of this node: 0 is well, 8 the worst. */
  get health(): number {
    return this.#everLived('health').health;
  }

  /** What this node holds now, and what it turned away because that is bounded. */
  get load(): Load {
    return this.#everLived('load').load;
  }

  /**
   * What this life of the node has done and its sockets have carried: plain numbers, by kind and
   * reason. Take the difference of two for a rate.
   *
   * @throws HearsayError NOT_RUNNING before the first life
   */
  counters(): ClusterCounters {
    return this.#everLived('counters').counters;
  }

  /** 32 bits, equal on all nodes that know the same live members in the same lives. */
  get checksum(): number {
    return this.#everLived('checksum').checksum;
  }

  /** Resolves when this life has ended and its sockets are closed. Never rejects. */
  get closed(): Promise<Closed> {
    return this.#promised(this.#closed.promise);
  }

  /** Listeners run after the state has settled; they may call anything, `leave()` included. */
  on<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#listeners.add(type, listener, false);
    return this;
  }

  once<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#listeners.add(type, listener, true);
    return this;
  }

  off<T extends ClusterEventType>(type: T, listener: Listener<T>): this {
    this.#listeners.remove(type, listener);
    return this;
  }

  /**
   * All events from now on, until the node has left. A reader that falls more than `bufferMax`
   * events behind loses the oldest and gets `overflow` in their place.
   *
   * @throws HearsayError NOT_RUNNING
   */
  events(options: { readonly bufferMax?: number } = {}): EventStream<ClusterEvent> {
    if (this.phase === 'stopped') throw notRunning('events');
    const onEnd = this.#listeners.tap((event) => {
      stream.push(event);
      if (event.type === 'closed') stream.end();
    });
    const stream = new EventStream<ClusterEvent>({
      bufferMax: options.bufferMax ?? EVENTS_MAX,
      promised: (promise) => this.#promised(promise),
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
    return this.#promised(this.#join(request));
  }

  /** Tells the others; resolves when that is spread (2 s at most) and the sockets are closed. */
  leave(): Promise<void> {
    return this.#promised(this.#leave());
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
    this.#alive('setTags').command('setTags', (protocol, env) => protocol.setTags(env, tags));
    this.#tags = { ...tags };
  }

  /**
   * Removes a member for good: its process stops when it hears of it, and only a new life of that
   * name may return. False: no such member.
   *
   * @throws HearsayError NOT_RUNNING
   */
  evict(name: string): boolean {
    return this.#alive('evict').command('evict', (protocol, env) => protocol.evict(env, name));
  }

  /**
   * Asks all members, this one included, or those that the options choose: JSON or a Uint8Array, at
   * most 1,023 bytes. The answers are read as they come; all that is asked and answered is
   * bounded, and ends at the timeout.
   *
   * @throws UsageError QUERY_TOO_LARGE, TOO_MANY_QUERIES, VALUE_UNUSABLE, BAD_OPTION or
   * TAGS_TOO_LARGE
   * @throws HearsayError NOT_RUNNING
   */
  query(name: string, payload?: unknown, options: QueryOptions = {}): Answers {
    return this.#queries.ask(this.#alive('query'), name, payload, options);
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
    return new Topic<T>(name, this.#topics, (promise) => this.#promised(promise));
  }

  /** Events that were published with `trace` and came here lately, the newest first. */
  traced(): Traced[] {
    return this.#alive('traced').command('traced', ({ topics }) => topics.traced());
  }

  /**
   * Asks all members how a traced event came to them. Resolves when all have said something, at the
   * latest after `timeoutMs`, by default 5,000.
   *
   * @throws HearsayError NOT_RUNNING
   */
  trace(
    traced: Traced,
    { timeoutMs = 5000 }: { readonly timeoutMs?: number } = {},
  ): Promise<Trace> {
    const ask = this.query.bind(this);
    return this.#promised(collectTrace(traced, [...this.members.all()], ask, timeoutMs));
  }

  #makeGround(): Ground {
    const data = () => this.#life?.data;
    return {
      get data() {
        return data();
      },
      command: (what, run) => this.#alive(what).command(what, run),
      tap: (what, tap) => {
        if (this.phase === 'stopped') throw notRunning(what);
        return this.#listeners.tap(tap);
      },
      promised: (promise) => this.#promised(promise),
    };
  }

  /** What the program gets in the place of a promise. */
  #promised<T>(promise: Promise<T>): Promise<T> {
    return this.#platform.promised?.(promise) ?? promise;
  }

  async #join(request: JoinRequest): Promise<void> {
    for (const seed of request.seeds ?? []) this.#seeds.add(seed);
    if (this.#attempt !== undefined) {
      const { attempt, done } = this.#attempt;
      await attempt.add(request.seeds ?? []);
      return done;
    }
    if (this.#life?.phase === 'running') return this.#joinMore(this.#life, request);
    const neighbours = this.#life?.neighbours() ?? [];
    const leaving = this.#life?.leave(); // Already under way: this only waits.
    const attempt = new JoinAttempt(
      this.#platform,
      {
        seeds: [...this.#seeds],
        remembered: neighbours.slice(0, REMEMBERED_MAX),
        tags: this.#tags,
        timeoutMs: request.timeoutMs ?? this.#options.joinTimeoutMs,
        retry: request.retry ?? this.#options.retry,
        signal: request.signal,
        logger: this.#logger,
      },
      (life) => this.#follow(life),
    );
    const done = this.#run(attempt, leaving);
    this.#attempt = { attempt, done };
    return done;
  }

  async #leave(): Promise<void> {
    if (this.#attempt !== undefined) {
      const { attempt, done } = this.#attempt;
      attempt.cancel('leave() was called');
      return done.catch(() => {});
    }
    await this.#life?.leave();
  }

  /** A failed attempt leaves what was known of the life before. */
  async #run(attempt: JoinAttempt, leaving: Promise<unknown> | undefined): Promise<void> {
    const before = this.#life;
    try {
      await leaving;
      const life = await attempt.run();
      if (before !== undefined) this.#carryOver(before, life);
      void this.#awaitEnd(life);
    } catch (error) {
      this.#life = before;
      throw error;
    } finally {
      this.#attempt = undefined;
    }
  }

  /** What this node said of itself in its last life it says in the next one, too. */
  #carryOver(before: Life, life: Life): void {
    for (const { key, value } of before.data.entries(this.name)) {
      if (life.data.get(this.name, key) !== undefined) continue;
      const own = { kind: value.kind, bytes: bytesOf(value) };
      life.command('state.set', (protocol, env) => protocol.data.set(env, key, own));
    }
  }

  #follow(life: Life): void {
    const translator = new EventTranslator(this.name);
    this.#life = life;
    this.#queries.follow(life);
    this.#topics.follow(life);
    life.watch((event) => {
      const told = translator.translate(event);
      if (told !== undefined) this.#tell(told);
    });
  }

  async #awaitEnd(life: Life): Promise<void> {
    if (this.#closed.done) this.#closed = new Ending();
    const ending = this.#closed;
    const unwatch = this.#platform.watch?.(
      () => [...this.#seeds],
      (addresses) => {
        if (life.phase !== 'running') return;
        this.#logger.info(`seeds are now at ${addresses.join(', ')}`);
        life.command('reseed', (protocol, env) => protocol.reseed(env, addresses));
      },
    );
    const closed = await life.closed;
    unwatch?.();
    this.#tell({ type: 'closed', ...closed });
    ending.come(closed);
  }

  #tell(event: ClusterEvent): void {
    logEvent(this.#logger, event);
    this.#listeners.tell(event);
  }

  async #joinMore(life: Life, request: JoinRequest): Promise<void> {
    const { addresses, unresolved } = await this.#platform.resolve(request.seeds ?? []);
    for (const { seed, why } of unresolved) this.#logger.warn(`seed ${seed} ${why}`);
    if (addresses.length === 0) {
      const text = unresolved.map(({ seed, why }) => `${seed} ${why}`).join(', ');
      if (text !== '') throw new HearsayError('JOIN_TIMEOUT', text);
      return;
    }
    const timeoutMs = request.timeoutMs ?? this.#options.joinTimeoutMs;
    const ask = (): void => life.command('join', (protocol, env) => protocol.join(env, addresses));
    const options = { addresses, ask, timeoutMs, signal: request.signal };
    await untilArrival(this.#platform, life, options);
  }

  #alive(what: string): Life {
    const life = this.#life;
    if (life?.phase !== 'running') throw notRunning(what);
    return life;
  }

  #everLived(what: string): Life {
    if (this.#life === undefined) throw notRunning(what);
    return this.#life;
  }
}

/** For who reads events slowly: some 300 bytes each. */
const EVENTS_MAX = 1024;
/** Any one of them that lives is enough to find the rest. */
const REMEMBERED_MAX = 16;
