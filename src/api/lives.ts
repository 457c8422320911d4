/** The lives of one node: how each begins, what it takes over from the last, how it ends. */
import { bytesOf } from '../blocks/data/index.ts';
import { HearsayError } from '../core/index.ts';
import type { Data, HearsayProtocol, Tags } from '../designs/hearsay/index.ts';
import { untilArrival } from './arrival.ts';
import type { ClusterOptions, JoinRequest } from './cluster-options.ts';
import { Ending } from './ending.ts';
import { EventTranslator } from './event-translator.ts';
import type { Closed, ClusterEvent } from './events.ts';
import type { Ground } from './ground.ts';
import { JoinAttempt } from './join-attempt.ts';
import { notRunning, type Life } from './life.ts';
import { Listeners } from './listeners.ts';
import { logEvent } from './log-event.ts';
import { SILENT, type Logger } from './logger.ts';
import type { HearsayEnv, Platform, Promised } from './platform.ts';

export class Lives implements Ground {
  readonly listeners: Listeners;
  readonly promised: Promised = (promise) => this.#platform.promised?.(promise) ?? promise;
  readonly #platform: Platform;
  readonly #options: ClusterOptions;
  readonly #logger: Logger;
  readonly #seeds: Set<string>;
  readonly #followers: ((life: Life) => void)[] = [];
  #tags: Tags;
  #last: Life | undefined;
  #attempt: { readonly attempt: JoinAttempt; readonly done: Promise<void> } | undefined;
  #closed = new Ending();

  constructor(platform: Platform, options: ClusterOptions) {
    const { logger = SILENT, listenerThrew, seeds, tags } = options;
    this.#platform = platform;
    this.#options = options;
    this.#logger = logger;
    this.listeners = new Listeners(logger, listenerThrew);
    this.#seeds = new Set(seeds);
    this.#tags = tags;
  }

  /** The present one, else the last; undefined before the first. */
  get last(): Life | undefined {
    return this.#last;
  }

  get phase(): 'joining' | 'running' | 'leaving' | 'stopped' {
    if (this.#attempt !== undefined) return 'joining';
    return this.#last?.phase ?? 'stopped';
  }

  get data(): Data | undefined {
    return this.#last?.data;
  }

  /** Resolves when the present life, or where there is none the next one, has ended. */
  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  follow(begun: (life: Life) => void): void {
    this.#followers.push(begun);
  }

  alive(what: string): Life {
    const life = this.#last;
    if (life?.phase !== 'running') throw notRunning(what);
    return life;
  }

  /** @throws HearsayError NOT_RUNNING before the first life */
  everLived(what: string): Life {
    if (this.#last === undefined) throw notRunning(what);
    return this.#last;
  }

  command<R>(what: string, run: (protocol: HearsayProtocol, env: HearsayEnv) => R): R {
    return this.alive(what).command(what, run);
  }

  tap(what: string, tap: (event: ClusterEvent) => void): () => void {
    if (this.phase === 'stopped') throw notRunning(what);
    return this.listeners.tap(tap);
  }

  /** They stay for later lives. */
  setTags(tags: Tags): void {
    this.command('setTags', (protocol, env) => protocol.setTags(env, tags));
    this.#tags = { ...tags };
  }

  async join(request: JoinRequest): Promise<void> {
    for (const seed of request.seeds ?? []) this.#seeds.add(seed);
    if (this.#attempt !== undefined) {
      const { attempt, done } = this.#attempt;
      await attempt.add(request.seeds ?? []);
      return done;
    }
    if (this.#last?.phase === 'running') return this.#joinMore(this.#last, request);
    const neighbours = this.#last?.neighbours() ?? [];
    const leaving = this.#last?.leave(); // Already under way: this only waits.
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

  async leave(): Promise<void> {
    if (this.#attempt !== undefined) {
      const { attempt, done } = this.#attempt;
      attempt.cancel('leave() was called');
      return done.catch(() => {});
    }
    await this.#last?.leave();
  }

  /** A failed attempt leaves what was known of the life before. */
  async #run(attempt: JoinAttempt, leaving: Promise<unknown> | undefined): Promise<void> {
    const before = this.#last;
    try {
      await leaving;
      const life = await attempt.run();
      if (before !== undefined) this.#carryOver(before, life);
      void this.#awaitEnd(life);
    } catch (error) {
      this.#last = before;
      throw error;
    } finally {
      this.#attempt = undefined;
    }
  }

  /** What this node said of itself in its last life it says in the next one, too. */
  #carryOver(before: Life, life: Life): void {
    for (const { key, value } of before.data.entries(this.#options.name)) {
      if (life.data.get(this.#options.name, key) !== undefined) continue;
      const own = { kind: value.kind, bytes: bytesOf(value) };
      life.command('state.set', (protocol, env) => protocol.data.set(env, key, own));
    }
  }

  #follow(life: Life): void {
    const translator = new EventTranslator(this.#options.name);
    this.#last = life;
    for (const begun of this.#followers) begun(life);
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
    this.listeners.tell(event);
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
}

/** Any one of them that lives is enough to find the rest. */
const REMEMBERED_MAX = 16;
