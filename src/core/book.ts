import type { Address, NodeId, Peer } from './identity.ts';

/** The address book of a process or a simulation: routes to numbers and back. */
export interface Book {
  /** Interns a route. Inside a handler the result lapses with it, unless `Env.keep` holds it. */
  peer(address: Address, nodeId: NodeId): Peer;
  addressOf(peer: Peer): Address;
  nodeIdOf(peer: Peer): NodeId;
  /** The route to whoever lives at the same address (nodeId {@link ANYONE}). */
  anyoneAt(peer: Peer): Peer;
}
