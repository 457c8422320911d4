import { assert, type Address, type Book, type NodeId, type Peer } from '../core/index.ts';

/**
 * A book that holds protocols to the rule of routes: a Peer met in a handler lapses with it unless
 * kept. In a simulation nothing really lapses; what a live host would refuse is an InvariantError
 * here.
 *
 * It needs to see every meeting, so messages must travel as bytes: decoding interns what they name.
 */
export class CheckedBook implements Book {
  readonly #book: Book;
  /** The node whose handler runs. */
  #node: number | undefined;
  #self: Peer = -1;
  readonly #met = new Set<Peer>();
  readonly #kept = new Map<number, Map<Peer, number>>();
  /** What `create` interned stays valid until `start` returns. */
  readonly #metInCreate = new Map<number, ReadonlySet<Peer>>();

  constructor(book: Book) {
    this.#book = book;
  }

  peer(address: Address, nodeId: NodeId): Peer {
    return this.#meet(this.#book.peer(address, nodeId));
  }

  addressOf(peer: Peer): Address {
    this.check(peer);
    return this.#book.addressOf(peer);
  }

  nodeIdOf(peer: Peer): NodeId {
    this.check(peer);
    return this.#book.nodeIdOf(peer);
  }

  anyoneAt(peer: Peer): Peer {
    this.check(peer);
    return this.#meet(this.#book.anyoneAt(peer));
  }

  /** A new life: nothing is kept. What was met since the last handler, `create` has interned. */
  bear(node: number): void {
    this.#kept.delete(node);
    this.#metInCreate.set(node, new Set(this.#met));
  }

  /** A handler begins; `from` is the route it is given. */
  enter(node: number, self: Peer, from: Peer | undefined): void {
    this.#node = node;
    this.#self = self;
    if (from !== undefined) this.#met.add(from);
  }

  /** `start` returns. */
  endCreate(node: number): void {
    this.#metInCreate.delete(node);
  }

  leave(): void {
    this.#node = undefined;
    this.#met.clear();
  }

  /** Fails if the node at work may not use a route. */
  check(peer: Peer): void {
    if (this.#node === undefined || peer === this.#self || this.#met.has(peer)) return;
    if (this.#kept.get(this.#node)?.has(peer) === true) return;
    const isBorn = this.#metInCreate.get(this.#node)?.has(peer) === true;
    assert(isBorn, `peer ${peer} was neither kept nor met in this handler`);
  }

  keep(peer: Peer): void {
    this.check(peer);
    this.#keep(this.#node!, peer);
  }

  /** A node's own route, which is about to be another, stays with it for its life. */
  keepOwn(node: number, self: Peer): void {
    this.#keep(node, self);
  }

  forget(peer: Peer): void {
    const kept = this.#kept.get(this.#node!);
    const count = kept?.get(peer) ?? 0;
    assert(count > 0, `forget of peer ${peer}, which is not kept`);
    if (count > 1) kept!.set(peer, count - 1);
    else kept!.delete(peer);
    this.#met.add(peer);
  }

  #keep(node: number, peer: Peer): void {
    const kept = this.#kept.get(node) ?? new Map<Peer, number>();
    this.#kept.set(node, kept);
    kept.set(peer, (kept.get(peer) ?? 0) + 1);
  }

  #meet(peer: Peer): Peer {
    this.#met.add(peer);
    return peer;
  }
}
