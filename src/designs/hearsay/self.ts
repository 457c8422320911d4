/**
 * A node's own facts: its life, its counter, its tags. Only this file makes news of itself.
 */
import {
  aliveNews,
  COUNTER_MAX,
  makeFact,
  START_MAX,
  type Fact,
  type News,
  type Tags,
} from '../../blocks/membership/index.ts';
import type { Streams } from '../../blocks/membership/index.ts';
import { mark, NOBODY } from '../../core/index.ts';
import { factBytes } from './codec.ts';
import type { HearsayConfig } from './config.ts';
import { AHEAD_MS_MAX } from './horizon.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { encodeStart } from './saved.ts';
import type { HearsayShared } from './shared.ts';
import { travelling } from './tags.ts';

export class Self {
  readonly name: string;
  readonly #shared: HearsayShared;
  #news: News;
  /** Somebody who knows the time has let this life in, or it has told others the time. */
  isBelieved = false;
  /** The least start that outranks what this machine saved. */
  #startMin = 0;
  #savedStart = -1;

  constructor(config: HearsayConfig, shared: HearsayShared) {
    this.name = config.name;
    this.#shared = shared;
    this.#news = aliveNews(
      withBytes({
        name: config.name,
        nodeId: '',
        peer: NOBODY,
        start: 0,
        born: 0,
        counter: 0,
        streams: config.streams,
        tags: travelling(config.tags),
        slot: -1,
      }),
    );
  }

  get fact(): Fact {
    return this.#news.fact;
  }

  /** What this node says of itself now. */
  get news(): News {
    return this.#news;
  }

  /** Begins a life that outranks the one saved here before. Says nothing to anyone yet. */
  begin(env: HearsayEnv, saved: number | undefined): void {
    this.#startMin = saved === undefined ? 0 : after(saved);
    const start = Math.max(Math.floor(env.wallMs), this.#startMin);
    const nodeId = this.#shared.book.nodeIdOf(env.self);
    this.#become({ peer: env.self, nodeId, start, born: start });
  }

  /** Moves this life above every start known of others of its name, keeping `born`. */
  raiseAbove(start: number): void {
    if (start < this.fact.start) return;
    mark('start-raised');
    this.#become({ start: after(start) });
  }

  /**
   * Before anyone believes in it, a raise is the true beginning. A clock that is more than a day
   * ahead of the cluster's does not count: nobody would believe in a life so far from now.
   *
   * @param clusterMs 0: not known
   */
  beginAbove(start: number, streams: Streams, clusterMs: number): void {
    const isAhead = (startMs: number): boolean =>
      clusterMs > 0 && startMs > clusterMs + AHEAD_MS_MAX;
    this.isBelieved = clusterMs > 0;
    // What this machine saved while its clock was wrong, nobody here has believed either.
    const startMin = isAhead(this.#startMin) ? 0 : this.#startMin;
    if (isAhead(this.fact.start)) this.#become({ start: Math.max(clusterMs, startMin) });
    this.raiseAbove(start);
    this.#become({ born: this.fact.start });
    // Counted, since of two newcomers that seed each other one has told its facts already.
    if (streams !== this.fact.streams) this.change({ streams });
  }

  /** Outranks an accusation of this counter. */
  refute(counter: number, streams: Streams): void {
    this.#outrank(Math.max(this.fact.counter, counter), { streams });
  }

  change(of: { readonly tags?: Tags; readonly streams?: Streams }): void {
    this.#outrank(this.fact.counter, of);
  }

  /** The host says that others reach this node elsewhere now. Returns whether that is new. */
  move(env: HearsayEnv): boolean {
    if (this.fact.peer === env.self) return false;
    this.#outrank(this.fact.counter, { peer: env.self });
    return true;
  }

  leave(): void {
    this.#news = { ...this.#news, status: 'left' };
  }

  /** The same fact as the object that the process shares: recognised by everyone at a glance. */
  intern(fact: Fact): void {
    this.#news = { ...this.#news, fact };
  }

  /** Writes when this life began to the node's log, where that is not there yet. */
  save(env: HearsayEnv): void {
    const { start } = this.fact;
    if (start === this.#savedStart) return;
    env.save(encodeStart(start), true);
    this.#savedStart = start;
  }

  #outrank(counter: number, changes: Partial<Fact>): void {
    if (counter < COUNTER_MAX) this.#become({ ...changes, counter: counter + 1 });
    else this.#become({ ...changes, counter: 0, start: after(this.fact.start) });
  }

  #become(changes: Partial<Fact>): void {
    this.#news = { ...this.#news, fact: withBytes({ ...this.fact, ...changes }) };
  }
}

/** The next start; none follows the end of time, which only garbage claims. */
function after(start: number): number {
  return Math.min(START_MAX, start + 1);
}

function withBytes(of: Omit<Fact, 'hash' | 'bytes'>): Fact {
  return makeFact({ ...of, bytes: factBytes(of) });
}
