/**
 * Which counters of one sender have been seen: the sliding window of IPsec (RFC 4303, 3.4.3), as
 * a ring of words that is never shifted (RFC 6479).
 *
 * One word more than the window needs, so that all of the last {@link WINDOW} counters are exact
 * while the newest word is only begun. Counters have 48 bits: divisions here, no shifts.
 */
import { assert } from '../../core/index.ts';

/** How far behind the newest a counter may arrive: no network reorders two nodes' packets so. */
export const WINDOW = 1024;

/** Of a counter: 48 bits, as many as the envelope carries. */
export const COUNTER_MAX = 2 ** 48 - 1;

const WORD_BITS = 32;
const WORDS = WINDOW / WORD_BITS + 1;

/** fresh: not seen before · replay: seen · late: too old to tell. */
export type Freshness = 'fresh' | 'replay' | 'late';

export class ReplayWindow {
  readonly #words = new Uint32Array(WORDS);
  readonly #floor: number;
  readonly #window: number;
  #top: number;

  /**
   * Counters up to and with `floor` are late, whether they were seen or not.
   *
   * @param window at most {@link WINDOW}
   */
  constructor(floor = -1, window = WINDOW) {
    assert(window <= WINDOW, 'a replay window remembers so many counters');
    this.#floor = floor;
    this.#window = window;
    this.#top = floor;
  }

  /** Judges a counter and, if it is fresh, has seen it from now on. */
  take(counter: number): Freshness {
    if (counter <= this.#floor || counter <= this.#top - this.#window) return 'late';
    const word = Math.floor(counter / WORD_BITS);
    const bit = 1 << (counter % WORD_BITS);
    const at = word % WORDS;
    if (counter > this.#top) {
      this.#advance(word);
      this.#top = counter;
    } else if ((this.#words[at]! & bit) !== 0) {
      return 'replay';
    }
    this.#words[at]! |= bit;
    return 'fresh';
  }

  /** Clears the words that the new top enters. */
  #advance(word: number): void {
    const before = Math.floor(this.#top / WORD_BITS);
    const entered = Math.min(word - before, WORDS);
    for (let i = 0; i < entered; i++) this.#words[(word - i) % WORDS] = 0;
  }
}
