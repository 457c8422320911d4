/**
 * What is done about clocks that are wrong: an entry whose stamp is far ahead is refused, and
 * whoever wrote it should hear why; so should whoever runs this node, now and then.
 */
import type { MapEntry } from '../../../blocks/data/index.ts';
import { AGE_MS_MAX } from '../../../blocks/membership/index.ts';
import type { Peer } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { HearsayShared } from '../shared.ts';
import type { View } from '../view.ts';
import type { Lives } from './lives.ts';

export class Complaints {
  readonly #view: View;
  readonly #lives: Lives;
  readonly #shared: HearsayShared;
  #answeredMs = -Infinity;
  #toldMs = -Infinity;
  #untold = 0;

  constructor(view: View, lives: Lives, shared: HearsayShared) {
    this.#view = view;
    this.#lives = lives;
    this.#shared = shared;
  }

  /** A clock far ahead: its author is told, if he is known, and now and then the application. */
  complain(env: HearsayEnv, { key, stamp }: MapEntry, from: Peer): void {
    const ahead = Math.ceil(stamp.wallMs - this.#view.horizon.wallMs(env));
    const aheadMs = Math.min(AGE_MS_MAX, ahead);
    const author = this.#lives.nameOf(stamp.by);
    const { roster } = this.#view;
    const fact = author === undefined ? undefined : roster.fact(roster.slot(author));
    if (env.now - this.#answeredMs >= ANSWER_EVERY_MS) {
      this.#answeredMs = env.now;
      env.send(fact?.peer ?? from, { type: 'data-ahead', key, aheadMs });
    }
    this.tell(env, key, aheadMs, from, false);
  }

  /** A clock is wrong, this node's or another's: the application hears it now and then. */
  tell(env: HearsayEnv, key: string, aheadMs: number, from: Peer, own: boolean): void {
    this.#untold++;
    if (env.now - this.#toldMs < TELL_EVERY_MS) return;
    const count = this.#untold;
    this.#untold = 0;
    this.#toldMs = env.now;
    const address = this.#shared.book.addressOf(from);
    env.emit({ type: 'stamp-refused', key, aheadMs, from: address, own, count });
  }
}

/** As often as a reader of a log wants to hear it. */
const TELL_EVERY_MS = 60_000;
/** As many as whoever writes with a wrong clock needs to hear of it. */
const ANSWER_EVERY_MS = 1000;
