import { ANYONE, type Address, type Book, type NodeId, type Peer } from '../src/core/index.ts';

/** A book for tests that never releases a route: what RecordingEnv is to Env. */
export class PlainBook implements Book {
  readonly #routes: { readonly address: Address; readonly nodeId: NodeId }[] = [];
  readonly #peers = new Map<string, Peer>();

  peer(address: Address, nodeId: NodeId): Peer {
    const key = `${address} ${nodeId}`;
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = this.#routes.push({ address, nodeId }) - 1;
      this.#peers.set(key, peer);
    }
    return peer;
  }
  addressOf(peer: Peer): Address {
    return this.#routes[peer]!.address;
  }
  nodeIdOf(peer: Peer): NodeId {
    return this.#routes[peer]!.nodeId;
  }
  anyoneAt(peer: Peer): Peer {
    return this.peer(this.addressOf(peer), ANYONE);
  }
}
