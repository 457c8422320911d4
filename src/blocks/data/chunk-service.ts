/**
 * What a node sends to those who fetch large values from it: who is served next.
 *
 * An asker says what it wants now, all of it each time: what it no longer lists has arrived, or is
 * wanted no more. Only so many chunks are under way to all together, so that whatever else this
 * node has to say waits for few of them; askers take turns, a chunk each.
 */
import type { Peer } from '../../core/index.ts';
import { keyOf, type ContentReference } from './content.ts';

/** A chunk, or the list, to send now. */
export interface Serving {
  readonly to: Peer;
  readonly reference: ContentReference;
  readonly index: number;
}

export class ChunkService {
  /** In the order of their turns. */
  readonly #askers = new Map<Peer, Asker>();
  #underWay = 0;
  #turnedAway = 0;

  /** Askers that are waiting or being served. */
  get size(): number {
    return this.#askers.size;
  }

  get askers(): Iterable<Peer> {
    return this.#askers.keys();
  }

  /** Chunks sent that have not been seen to arrive. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Askers for whom there was no room. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** All that an asker wants of a value now. False: too many others wait. */
  want(from: Peer, reference: ContentReference, indices: readonly number[]): boolean {
    const key = keyOf(reference);
    const known = this.#askers.get(from);
    if (indices.length === 0 && known?.wishes.has(key) !== true) return true;
    if (known === undefined && this.#askers.size >= ASKERS_MAX) return this.#turnAway();
    const asker = known ?? { wishes: new Map<string, Wish>() };
    const wish = asker.wishes.get(key) ?? { reference, waiting: [], underWay: new Map() };
    if (!asker.wishes.has(key) && asker.wishes.size >= WISHES_MAX) return this.#turnAway();
    for (const index of wish.underWay.keys()) {
      if (!indices.includes(index)) this.#arrived(wish, index);
    }
    wish.waiting = indices.filter((index) => !wish.underWay.has(index)).slice(0, WAITING_MAX);
    asker.wishes.set(key, wish);
    this.#askers.set(from, asker);
    this.#tidy(from, asker, key, wish);
    return true;
  }

  /** It cannot be reached, or is gone. */
  forget(peer: Peer): void {
    const asker = this.#askers.get(peer);
    if (asker === undefined) return;
    for (const wish of asker.wishes.values()) this.#underWay -= wish.underWay.size;
    this.#askers.delete(peer);
  }

  /** What to send now; undefined: nothing, since nobody waits or enough is under way. */
  next(now: number): Serving | undefined {
    if (this.#underWay >= UNDER_WAY_MAX) this.expire(now);
    if (this.#underWay >= UNDER_WAY_MAX) return undefined;
    for (const [to, asker] of this.#askers) {
      for (const [key, wish] of asker.wishes) {
        const index = wish.waiting.shift();
        if (index === undefined) continue;
        wish.underWay.set(index, now);
        this.#underWay++;
        // The next turn is another's, and of this one's values another's, too.
        this.#askers.delete(to);
        this.#askers.set(to, asker);
        asker.wishes.delete(key);
        asker.wishes.set(key, wish);
        return { to, reference: wish.reference, index };
      }
    }
    return undefined;
  }

  /** What has not been seen to arrive for long is thought to be lost: others need its place. */
  expire(now: number): void {
    for (const [peer, asker] of this.#askers) {
      for (const [key, wish] of asker.wishes) {
        for (const [index, sentMs] of wish.underWay) {
          if (now - sentMs >= ARRIVAL_MS_MAX) this.#arrived(wish, index);
        }
        this.#tidy(peer, asker, key, wish);
      }
    }
  }

  #arrived(wish: Wish, index: number): void {
    if (wish.underWay.delete(index)) this.#underWay--;
  }

  #tidy(peer: Peer, asker: Asker, key: string, wish: Wish): void {
    if (wish.waiting.length + wish.underWay.size > 0) return;
    asker.wishes.delete(key);
    if (asker.wishes.size === 0) this.#askers.delete(peer);
  }

  #turnAway(): boolean {
    this.#turnedAway++;
    return false;
  }
}

interface Asker {
  /** By value, in the order of their turns. */
  readonly wishes: Map<string, Wish>;
}

interface Wish {
  readonly reference: ContentReference;
  waiting: number[];
  /** Sent, and when. */
  readonly underWay: Map<number, number>;
}

/** 240 kB: 19 ms of a link of 100 Mbit/s, which is what anything else waits for at most. */
const UNDER_WAY_MAX = 4;
/** With four chunks each, the last waits for 1.2 s on a link of 100 Mbit/s. */
const ASKERS_MAX = 64;
/** Values at once for one asker. */
const WISHES_MAX = 4;
/** Chunks of one value for one asker: as many as it may have outstanding. */
const WAITING_MAX = 4;
/** Twice what four chunks take on a link of 2 Mbit/s. */
const ARRIVAL_MS_MAX = 2_000;
