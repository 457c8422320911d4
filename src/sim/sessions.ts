import type { Verdict } from '../blocks/security/session.ts';
import type { NodeId, Peer } from '../core/index.ts';
import { createSession, type NodeSession, type SealedParcel } from './node-session.ts';
import type { Parcel } from './parcels.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/**
 * The sessions of encrypted nodes: the decisions of `blocks/security`, which live hosts run with
 * AES. Plain clusters have none.
 */
export class Sessions<P, E> {
  readonly #world: World<P, E>;

  constructor(world: World<P, E>) {
    this.#world = world;
  }

  of(node: SimNode<P, E>): NodeSession {
    node.session ??= createSession(node.cluster);
    return node.session;
  }

  seal(node: SimNode<P, E>, parcel: Parcel): SealedParcel {
    return { counter: this.counter(node), parcel };
  }

  /** For the next packet of this life. */
  counter(node: SimNode<P, E>): number {
    return this.of(node).session.nextCounter();
  }

  judge(node: SimNode<P, E>, from: Peer, counter: number): Verdict {
    return this.#counted(this.of(node).session.judge(this.#lifeOf(from), counter));
  }

  /** Whether an answer `gone` is not known to be old. */
  sees(node: SimNode<P, E>, from: Peer, counter: number): boolean {
    return this.#counted(this.of(node).session.see(this.#lifeOf(from), counter)) === 'fresh';
  }

  /** Who was asked has answered: by a welcome of this counter, or on a stream. */
  admit(node: SimNode<P, E>, other: Peer, counter?: number): void {
    this.of(node).session.admit(this.#lifeOf(other), counter);
  }

  keep(node: SimNode<P, E>, peer: Peer): void {
    const { routesTo } = this.of(node);
    const life = this.#lifeOf(peer);
    routesTo.set(life, (routesTo.get(life) ?? 0) + 1);
  }

  forget(node: SimNode<P, E>, peer: Peer): void {
    const { routesTo } = this.of(node);
    const life = this.#lifeOf(peer);
    const count = routesTo.get(life) ?? 0;
    if (count > 1) routesTo.set(life, count - 1);
    else routesTo.delete(life);
  }

  #lifeOf(peer: Peer): NodeId {
    return this.#world.book.nodeIdOf(peer);
  }

  #counted<V extends Verdict>(verdict: V): V {
    const { counters } = this.#world;
    if (verdict === 'replay' || verdict === 'late') counters.packetsReplayed++;
    else if (verdict !== 'fresh') counters.challenges++;
    return verdict;
  }
}
