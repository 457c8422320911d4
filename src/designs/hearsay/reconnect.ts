/**
 * The dead, and seeds where no live member is, are tried again for ever: so a healed partition
 * closes by itself, however long it lasted.
 */
import { ANYONE, mark, type Address, type Peer } from '../../core/index.ts';
import type { Exchange } from './exchange.ts';
import type { Joining } from './joining.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { HearsayShared } from './shared.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

export class Reconnect {
  readonly #view: View;
  readonly #shared: HearsayShared;
  readonly #joining: Joining;
  readonly #exchange: Exchange;
  #nextTenantMs = -Infinity;

  constructor(view: View, shared: HearsayShared, joining: Joining, exchange: Exchange) {
    this.#view = view;
    this.#shared = shared;
    this.#joining = joining;
    this.#exchange = exchange;
  }

  schedule(env: HearsayEnv): void {
    const { reconnectIntervalMs } = this.#view.config;
    env.after(reconnectIntervalMs * (0.5 + env.random.float()), Timer.Reconnect);
  }

  /** Tries one of those that should be there and are not, more seldom in a large cluster. */
  tick(env: HearsayEnv): void {
    const candidates = this.#joining.done ? this.#candidates(env.now) : [];
    const live = Math.max(1, this.#view.roster.live);
    const chance = (candidates.length * TRIES_PER_CANDIDATE) / live;
    if (candidates.length > 0 && env.random.float() < chance) {
      mark('reconnect');
      this.#exchange.begin(env, candidates[env.random.below(candidates.length)] as Peer);
    }
    this.schedule(env);
  }

  /** An operator names seeds: they are tried at once. */
  tryNow(env: HearsayEnv, seeds: readonly Address[]): void {
    for (const seed of seeds) {
      if (this.#joining.seeds.has(seed)) {
        this.#exchange.begin(env, this.#shared.book.peer(seed, ANYONE));
      }
    }
  }

  /**
   * Another life answers where a member lived. Mostly that is the member itself, restarted, and it
   * knows of others who have: so it is asked at once. One of another cluster is turned away by the
   * hello of the hosts.
   */
  gone(env: HearsayEnv, peer: Peer): void {
    if (env.now < this.#nextTenantMs || this.#view.roster.slotOfPeer(peer) < 0) return;
    mark('tenant-asked');
    this.#nextTenantMs = env.now + this.#view.config.gossipIntervalMs;
    this.#exchange.begin(env, this.#shared.book.anyoneAt(peer));
  }

  #candidates(now: number): Peer[] {
    const { book } = this.#shared;
    const candidates: Peer[] = [];
    for (const fact of this.#view.dead()) candidates.push(book.anyoneAt(fact.peer));
    const lost = this.#joining.wanted(now);
    const { roster } = this.#view;
    for (const slot of roster.slots()) {
      if (lost.size === 0) break;
      const fact = roster.fact(slot);
      if (fact !== undefined && roster.isLive(slot)) lost.delete(book.addressOf(fact.peer));
    }
    for (const seed of lost) candidates.push(book.peer(seed, ANYONE));
    return candidates;
  }
}

/** All live members together try each of the lost about this often an interval. */
const TRIES_PER_CANDIDATE = 4;
