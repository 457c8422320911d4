/**
 * Who lives at an address? The hello exchange that comes before the first packet to a stranger.
 *
 * A send to whoever lives at a place (a route with nodeId ANYONE) is held, and a hello {hash of
 * the cluster's name, nonce} goes there; the welcome {its hash, the same nonce} tells the nodeId,
 * and what was held goes to that life. So no packet is ever delivered to a life it was not meant
 * for, and clusters of different names cannot mix. A hello makes no state at its receiver and the
 * welcome is no longer than the hello, so neither floods anybody.
 *
 * A packet for another life than the one that runs is answered `gone`, at a limited rate; the
 * sender believes that for {@link SENT_LATELY_MS} after a send to that very life. A live host
 * holds it against {@link RecentSends}; a simulator, where nobody forges, against the time at
 * which the packet was sent.
 *
 * Pure and generic over the key of a place and over what is held, so that the live host (addresses
 * and encoded bodies) and the simulator (Peers and messages) run the same decisions. Nothing here
 * is on the path of a send to a known life. A node needs one only from its first hold or gone on.
 */
import type { Random } from '../../core/index.ts';

/** The last few per place: enough for a first exchange and the pings beside it. */
export const HELD_PER_PLACE_MAX = 8;

/** Places with something held: more than any list of seeds, and 256 · 8 packets are 3 MB. */
export const HELD_PLACES_MAX = 256;

/** How long a send waits for a welcome: after two stream dials nobody waits any more. */
export const HELD_MS = 10_000;

/** How long after a send its `gone` counts. */
export const SENT_LATELY_MS = 10_000;

/** The first hello is repeated after this, the next after twice as long, … */
const REPEAT_MS = 500;

/** … up to this, for as long as something is held. */
const REPEAT_MS_MAX = 4_000;

/** `gone` answers a second, to one source and in all: a restarted node hears from all old peers. */
const GONE_PER_SOURCE_MAX = 10;
const GONE_MAX = 100;
const GONE_WINDOW_MS = 1_000;

/** Send a hello with this nonce to the place now, and call `wake` for the place after `againMs`. */
export interface Hello {
  /** 48 random bits. */
  readonly nonce: number;
  readonly againMs: number;
}

/** What was held for a place, oldest first: send it to the welcome's sender, at this place. */
export interface Released<Place, Item> {
  readonly place: Place;
  readonly items: readonly Item[];
}

interface Waiting<Item> {
  readonly nonce: number;
  readonly items: Item[];
  readonly heldAt: number[];
  repeatMs: number;
  repeatAt: number;
}

export class Introduction<Place, Item> {
  /** Held sends that were given up: too many, too old, or the wrong cluster. */
  dropped = 0;
  readonly #clusterHash: string;
  readonly #waiting = new Map<Place, Waiting<Item>>();
  readonly #goneTo = new Map<Place, number>();
  #goneSince = Number.NEGATIVE_INFINITY;
  #goneCount = 0;

  /** `clusterHash`: any text that differs between clusters; only compared. */
  constructor(clusterHash: string) {
    this.#clusterHash = clusterHash;
  }

  /** Sends held now. */
  get held(): number {
    let count = 0;
    for (const { items } of this.#waiting.values()) count += items.length;
    return count;
  }

  /** Holds a send to whoever lives at `place`; undefined: a hello is on its way already. */
  hold(place: Place, item: Item, now: number, random: Random): Hello | undefined {
    const waiting = this.#waiting.get(place);
    if (waiting !== undefined) {
      this.#expire(waiting, now);
      if (waiting.items.length === HELD_PER_PLACE_MAX) this.#dropOldest(waiting);
      waiting.items.push(item);
      waiting.heldAt.push(now);
      return undefined;
    }
    if (this.#waiting.size >= HELD_PLACES_MAX) {
      this.dropped++;
      return undefined;
    }
    const nonce = random.below(0x10000) * 2 ** 32 + random.u32();
    const repeatAt = now + REPEAT_MS;
    const first = { nonce, items: [item], heldAt: [now], repeatMs: REPEAT_MS, repeatAt };
    this.#waiting.set(place, first);
    return { nonce, againMs: REPEAT_MS };
  }

  /** A hello's time to be repeated; undefined: nothing is held there, or it is not yet time. */
  wake(place: Place, now: number): Hello | undefined {
    const waiting = this.#waiting.get(place);
    if (waiting === undefined || now < waiting.repeatAt) return undefined;
    this.#expire(waiting, now);
    if (waiting.items.length === 0) {
      this.#waiting.delete(place);
      return undefined;
    }
    waiting.repeatMs = Math.min(2 * waiting.repeatMs, REPEAT_MS_MAX);
    waiting.repeatAt = now + waiting.repeatMs;
    return { nonce: waiting.nonce, againMs: waiting.repeatMs };
  }

  /**
   * A welcome has come. Undefined: nobody asked, or it is the answer to a repeated hello, which is
   * no offence. The place is the one asked, whatever address the answer came from.
   */
  welcome(
    nonce: number,
    clusterHash: string,
    now: number,
  ): Released<Place, Item> | 'wrong-cluster' | undefined {
    for (const [place, waiting] of this.#waiting) {
      if (waiting.nonce !== nonce) continue;
      this.#waiting.delete(place);
      if (clusterHash !== this.#clusterHash) {
        this.dropped += waiting.items.length;
        return 'wrong-cluster';
      }
      this.#expire(waiting, now);
      return { place, items: waiting.items };
    }
    return undefined;
  }

  /** Whether a packet from `source` that was meant for another life gets a `gone`; counts it. */
  answersGone(source: Place, now: number): boolean {
    if (now - this.#goneSince >= GONE_WINDOW_MS) {
      this.#goneSince = now;
      this.#goneCount = 0;
      this.#goneTo.clear();
    }
    const before = this.#goneTo.get(source) ?? 0;
    if (before >= GONE_PER_SOURCE_MAX || this.#goneCount >= GONE_MAX) return false;
    this.#goneTo.set(source, before + 1);
    this.#goneCount++;
    return true;
  }

  #expire(waiting: Waiting<Item>, now: number): void {
    while (waiting.heldAt.length > 0 && now - waiting.heldAt[0]! >= HELD_MS) {
      this.#dropOldest(waiting);
    }
  }

  #dropOldest(waiting: Waiting<Item>): void {
    waiting.items.shift();
    waiting.heldAt.shift();
    this.dropped++;
  }
}
