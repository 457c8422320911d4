/**
 * How far ahead of the time a life may claim to have begun.
 *
 * A later start outranks, so a start at the end of time could never be outranked again: one forged
 * packet would take a name from its member for ever. So what claims to begin more than a day from
 * now is as if not heard, and whoever is outranked by less can always raise its start above that.
 *
 * The time is this node's own, or its cluster's if that is later: a newcomer whose clock is a year
 * behind is told the time by the server of its first exchange. It goes on from there by the steady
 * clock, whatever becomes of the wall clock.
 */
import type { Fact } from '../../blocks/membership/index.ts';
import { mark, type Book, type Peer } from '../../core/index.ts';
import type { HearsayEnv } from './protocol-env.ts';

export class Horizon {
  /** The time, less the steady clock's. */
  #offsetMs = -Infinity;
  #refused = 0;
  #told = 0;
  #toldMs = -Infinity;

  /** News and questions refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** The time, as far as this node knows. */
  wallMs(env: HearsayEnv): number {
    this.trust(env, env.wallMs);
    return env.now + this.#offsetMs;
  }

  /** It is as late as this. */
  trust(env: HearsayEnv, wallMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs, wallMs - env.now);
  }

  /** What others told it of the time was false: its own clock is all that it has. */
  distrust(): void {
    this.#offsetMs = -Infinity;
  }

  /** Whether a life may have begun then; if not, that is counted and now and then told. */
  accepts(env: HearsayEnv, life: Pick<Fact, 'name' | 'start'>, from: Peer, book: Book): boolean {
    const { name, start } = life;
    if (start <= this.wallMs(env) + AHEAD_MS_MAX) return true;
    mark('start-refused');
    this.#refused++;
    if (env.now - this.#toldMs < TELL_EVERY_MS) return false;
    const count = this.#refused - this.#told;
    this.#told = this.#refused;
    this.#toldMs = env.now;
    env.emit({ type: 'start-refused', name, start, from: book.addressOf(from), count });
    return false;
  }
}

export const AHEAD_MS_MAX = 24 * 3_600_000;
/** As often as a reader of a log wants to hear it. */
const TELL_EVERY_MS = 60_000;
