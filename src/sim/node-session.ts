import { Introduction } from '../blocks/security/introduction.ts';
import { Session } from '../blocks/security/session.ts';
import type { NodeId, Peer } from '../core/index.ts';
import type { Parcel } from './parcels.ts';

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
/** Short, so that a minute's delay is too late, as an hour's is live; never that of a link. */
const WINDOW = 64;

/** Of a new life. */
export function createSession(cluster: string): NodeSession {
  const routesTo = new Map<NodeId, number>();
  return {
    session: new Session((life) => routesTo.has(life), STRANGERS_MAX, WINDOW),
    challenges: new Introduction(cluster),
    routesTo,
  };
}
