/**
 * What one life holds against replayed packets: its own counter, and an epoch for each sender.
 *
 * A sender's nodeId is its epoch: a new life has a new one, and with it a new key and a counter
 * that begins again. All of this happens after a packet was authenticated, so that strangers
 * without a key make no state; a simulator has a null cipher and runs the same decisions.
 *
 * | the sender's epoch              | its packet                                    |
 * | ------------------------------- | --------------------------------------------- |
 * | is here                         | as its {@link ReplayWindow} says              |
 * | was forgotten                   | dropped; a challenge (hello) admits later ones |
 * | is new, a route to it is kept   | taken: it names our nodeId, so it is younger  |
 * | is new, and it is a stranger    | waits for the answer to a challenge           |
 *
 * An epoch of a kept route is never forgotten, one of a stranger may be. What it has sent may have
 * been delivered then, so nothing that is older than its answer to a challenge is taken again.
 */
import { assert, mark, type NodeId } from '../../core/index.ts';
import { Acquaintances } from './acquaintances.ts';
import { Forgotten } from './forgotten.ts';
import { COUNTER_MAX, ReplayWindow, WINDOW, type Freshness } from './replay-window.ts';

/** hold: until the sender has answered a challenge · challenge: it must, and this one is lost. */
export type Verdict = Freshness | 'hold' | 'challenge';

export class Session {
  readonly #epochs: Acquaintances<ReplayWindow>;
  readonly #window: number;
  readonly #forgotten = new Forgotten();
  #counter = 0;

  /** `isKept`: whether the node keeps a route to this life; `window`: of counters, for tests. */
  constructor(isKept: (sender: NodeId) => boolean, strangersMax?: number, window = WINDOW) {
    const onForgotten = (sender: NodeId): void => this.#forgotten.add(sender);
    const limit = strangersMax === undefined ? {} : { strangersMax };
    this.#epochs = new Acquaintances({ isKept, onForgotten, ...limit });
    this.#window = window;
  }

  /** Epochs held: those of kept routes, and at most twice the limit of strangers' ones. */
  get size(): number {
    return this.#epochs.size;
  }

  /** For the next packet of this life, whatever ring key seals it. */
  nextCounter(): number {
    assert(this.#counter <= COUNTER_MAX, 'a life has sent 2^48 packets');
    return this.#counter++;
  }

  /** Judges an authenticated packet that names this life. */
  judge(sender: NodeId, counter: number): Verdict {
    const epoch = this.#epochs.get(sender);
    if (epoch !== undefined) {
      const freshness = epoch.take(counter);
      if (freshness !== 'fresh') mark(freshness);
      return freshness;
    }
    if (this.#forgotten.has(sender)) {
      mark('challenge-after-forgetting');
      return 'challenge';
    }
    if (!this.#epochs.isKept(sender)) {
      mark('challenge');
      return 'hold';
    }
    this.#add(sender, new ReplayWindow(-1, this.#window)).take(counter);
    return 'fresh';
  }

  /** Judges a packet that needs no challenge: only what is known to be old is refused. */
  see(sender: NodeId, counter: number): Freshness {
    return this.#epochs.get(sender)?.take(counter) ?? 'fresh';
  }

  /**
   * The sender has answered a nonce of ours, so it lives: by a welcome, whose counter is given, or
   * by opening a stream.
   */
  admit(sender: NodeId, counter?: number): void {
    const epoch = this.#epochs.get(sender);
    if (epoch !== undefined) {
      if (counter !== undefined) epoch.take(counter);
    } else if (!this.#forgotten.has(sender)) {
      const window = this.#add(sender, new ReplayWindow(-1, this.#window));
      if (counter !== undefined) window.take(counter);
    } else if (counter !== undefined) {
      this.#add(sender, new ReplayWindow(counter, this.#window));
    }
  }

  #add(sender: NodeId, window: ReplayWindow): ReplayWindow {
    this.#epochs.set(sender, window);
    return window;
  }
}
