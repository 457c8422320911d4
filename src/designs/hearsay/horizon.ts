/**
 * How far ahead of this node's clock a life may claim to have begun.
 *
 * A later start outranks, so a start at the end of time could never be outranked again: one forged
 * packet would take a name from its member for ever. So what claims to begin more than a day from
 * now is as if not heard, and whoever is outranked by less can always raise its start above that.
 * A day, since no clock that anyone looks at is wrong by more; a node whose own clock is more than
 * a day behind refuses everybody, and says so.
 */
import type { Fact } from '../../blocks/membership/index.ts';
import { mark, type Book, type Peer } from '../../core/index.ts';
import type { HearsayEnv } from './protocol-env.ts';

export class Horizon {
  #refused = 0;
  #told = 0;
  #toldMs = -Infinity;

  /** News and questions refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether a life may have begun then; if not, that is counted and now and then told. */
  accepts(env: HearsayEnv, life: Pick<Fact, 'name' | 'start'>, from: Peer, book: Book): boolean {
    const { name, start } = life;
    if (start <= env.wallMs + AHEAD_MS_MAX) return true;
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
