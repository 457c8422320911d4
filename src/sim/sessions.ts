import { Introduction } from '../blocks/security/introduction.ts';
import { Session, type Verdict } from '../blocks/security/session.ts';
import type { NodeId, Peer } from '../core/index.ts';
import type { Parcel } from './parcels.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** A packet under a null cipher: nobody reads or forges it, but a network may bring it again. */
export interface SealedParcel {
  readonly counter: number;
  readonly parcel: Parcel;
}

/** A message that waits until its sender has answered a challenge; without a parcel it is lost. */
export interface HeldMessage {
  readonly from: Peer;
  readonly counter: number;
  readonly parcel: Parcel;
}

/** What a life has against packets that come again. */
export interface NodeSession {
  readonly session: Session;
  /** By the route that the stranger came from. */
  readonly challenges: Introduction<Peer, HeldMessage>;
  /** How many routes to a life this one keeps. */
  readonly routesTo: Map<NodeId, number>;
}

/** Few, so that small clusters forget strangers, too. */
const STRANGERS_MAX = 2;

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
    node.session ??= create(node.cluster);
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

function create(cluster: string): NodeSession {
  const routesTo = new Map<NodeId, number>();
  return {
    session: new Session((life) => routesTo.has(life), STRANGERS_MAX),
    challenges: new Introduction(cluster),
    routesTo,
  };
}
