/**
 * Writes to the shared map wait until this node knows what it wrote last: a machine whose clock has
 * been set back would else write below that, and lose.
 *
 * It knows when one comparison with a member is over, which tells all stamps; when nobody else is
 * there; or, at last, when nobody has answered. What its log says counts in any case.
 */
import type { Value } from '../../../blocks/data/index.ts';
import { mark, UsageError } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import type { Compare } from './compare.ts';
import type { Ledger } from './ledger.ts';

export class Writes {
  readonly #view: View;
  readonly #ledger: Ledger;
  readonly #compare: Compare;
  readonly #waiting = new Map<string, Value | undefined>();
  #isReady = false;
  /** The wait that counts; 0: none. */
  #wait = 0;
  #dropped = 0;

  constructor(view: View, ledger: Ledger, compare: Compare) {
    this.#view = view;
    this.#ledger = ledger;
    this.#compare = compare;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Writes that waited and found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Writes a key of the map, or deletes it: now, or, false, as soon as that is safe.
   *
   * @throws UsageError DATA_FULL
   */
  write(env: HearsayEnv, key: string, value: Value | undefined): boolean {
    this.#learnAlone(env);
    if (this.#isReady) {
      this.#ledger.writeMap(env, key, value);
      return true;
    }
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(key)) {
      throw new UsageError('DATA_FULL', `map: ${WAITING_MAX} writes wait; wait for map-ready`);
    }
    this.#waiting.set(key, value);
    if (this.#wait === 0) this.#ask(env);
    return false;
  }

  /** This node is a member now. */
  joined(env: HearsayEnv): void {
    this.#learnAlone(env);
    if (!this.#isReady && this.#waiting.size > 0) this.#ask(env);
  }

  /** A comparison is over. */
  learnt(env: HearsayEnv): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#wait = 0;
    if (this.#waiting.size === 0) return;
    const dropped: string[] = [];
    for (const [key, value] of this.#waiting) {
      if (this.#ledger.mapHasRoom(key, value)) this.#ledger.writeMap(env, key, value);
      else dropped.push(key);
    }
    this.#dropped += dropped.length;
    this.#waiting.clear();
    env.emit({ type: 'map-ready', dropped });
  }

  /** It was away: others may have seen writes of its that it knows no more. */
  unlearn(): void {
    this.#isReady = false;
  }

  tick(env: HearsayEnv, wait: number): void {
    if (wait !== this.#wait || this.#isReady) return;
    if (wait < TRIES_MAX) return this.#ask(env);
    mark('map-unlearnt');
    this.learnt(env);
  }

  #ask(env: HearsayEnv): void {
    if (this.#view.selfSlot < 0) return; // Nobody is known yet.
    this.#compare.beginWithAnyone(env);
    this.#wait++;
    env.after(TRY_MS, Timer.DataLearn, this.#wait);
  }

  #learnAlone(env: HearsayEnv): void {
    if (this.#view.selfSlot >= 0 && this.#view.roster.live <= 1) this.learnt(env);
  }
}

/** As many as a program may begin with before the first round trip is over. */
export const WAITING_MAX = 1024;
/** Longer than a round trip to the far side of the earth. */
const TRY_MS = 1000;
const TRIES_MAX = 3;
