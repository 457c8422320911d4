import { slotOf, UsageError, type Address, type Peer } from '../core/index.ts';
import { Network, type NetworkModel } from '../blocks/network/index.ts';
import { RouteBook } from '../blocks/peers/book.ts';
import { isStreamed } from '../wire/index.ts';
import { zeroCounters, type Counters } from './counters.ts';
import { EventPool } from './event-pool.ts';
import type { EventQueue } from './event-queue.ts';
import { HeapQueue } from './heap-queue.ts';
import { SimNode, type NodePlace } from './sim-node.ts';
import { WheelQueue } from './wheel-queue.ts';

/** Kinds of events. What is rare is a task: a function that runs. */
export const Kind = { Start: 0, Packet: 1, Timer: 2, Task: 3 } as const;

/** No node: nobody has an address, or a route is not a life that ran here. */
export const NO_NODE = -1;

/** Clock, pending events, nodes, routes and counters: what all parts of a simulation share. */
export class World<P, E> {
  readonly seed: number;
  readonly startMs: number;
  now: number;
  readonly pool = new EventPool();
  readonly queue: EventQueue;
  /** The network as it began. */
  readonly model: NetworkModel;
  readonly network: Network<number>;
  readonly book = new RouteBook({ permanent: true });
  readonly nodes: SimNode<P, E>[] = [];
  readonly counters: Counters = zeroCounters();
  /** Types of the faults that make the whole network worse than the model it began with. */
  readonly storms = new Set<string>();
  /** Whether any node ever had no UDP: mostly none, and nobody need look at addresses. */
  hasStreamed = false;
  /** When something last changed about the whole network, or a cut. */
  weatherAt = -Infinity;
  readonly #byName = new Map<string, number>();
  /** Who was last started at an address. */
  readonly #byAddress = new Map<Address, number>();
  /** By a Peer's slot: whose life that route is, plus one. */
  #owners = new Int32Array(1024);

  constructor(seed: number, startMs: number, network: NetworkModel, queue: 'wheel' | 'heap') {
    this.seed = seed;
    this.startMs = startMs;
    this.now = startMs;
    this.model = network;
    this.network = new Network(network);
    this.queue = queue === 'heap' ? new HeapQueue(this.pool) : new WheelQueue(this.pool);
  }

  /** Whether something is wrong that is not about one node: then nobody is held to promises. */
  get isStormy(): boolean {
    return this.network.cuts.size > 0 || this.storms.size > 0;
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return this.now - this.startMs;
  }

  /** Adds an event; the meaning of `node`, `x` and `y` is the kind's own. */
  push(
    delayMs: number,
    kind: number,
    node: number,
    life: number,
    x: number,
    y: number,
    reference: unknown,
  ): void {
    const at = this.now + delayMs;
    const slot = this.pool.allocate(at, kind, node, life, x, y, reference);
    this.queue.push(slot);
  }

  /** Runs a function later. */
  task(delayMs: number, run: () => void): void {
    this.push(delayMs, Kind.Task, NO_NODE, 0, 0, 0, run);
  }

  addNode(name: string, config: unknown, place: NodePlace): SimNode<P, E> {
    if (this.#byName.has(name)) {
      throw new UsageError('BAD_OPTION', `there is a node named "${name}" already`);
    }
    const node = new SimNode<P, E>(this.nodes.length, name, config, place, this.seed);
    this.nodes.push(node);
    this.#byName.set(name, node.index);
    if (place.zone !== undefined) this.network.setZone(place.zone, node.index);
    return node;
  }

  nodeNamed(name: string): SimNode<P, E> | undefined {
    const index = this.#byName.get(name);
    return index === undefined ? undefined : this.nodes[index];
  }

  /** Throws a UsageError if another node runs at an address. */
  expectFree(address: Address, node?: SimNode<P, E>): void {
    const tenant = this.nodeAt(address);
    if (tenant === undefined || tenant === node || !tenant.isAlive) return;
    throw new UsageError('BAD_OPTION', `"${tenant.name}" runs at ${address}`);
  }

  /** A life of this node takes its address and is reached by its route from now on. */
  settle(node: SimNode<P, E>): void {
    this.expectFree(node.address, node);
    this.hasStreamed ||= isStreamed(node.address);
    this.#byAddress.set(node.address, node.index);
    node.self = this.book.peer(node.address, node.nodeId);
    const slot = slotOf(node.self);
    if (slot >= this.#owners.length) {
      const wider = new Int32Array(Math.max(slot + 1, this.#owners.length * 2));
      wider.set(this.#owners);
      this.#owners = wider;
    }
    this.#owners[slot] = node.index + 1;
  }

  /** The index of the node whose life, present or past, a route names; {@link NO_NODE} if none. */
  ownerOf(peer: Peer): number {
    const slot = slotOf(peer);
    return slot < this.#owners.length ? this.#owners[slot]! - 1 : NO_NODE;
  }

  /** Who runs at an address, or did last and has not come up elsewhere. */
  nodeAt(address: Address): SimNode<P, E> | undefined {
    const index = this.#byAddress.get(address);
    const node = index === undefined ? undefined : this.nodes[index];
    return node?.address === address ? node : undefined;
  }

  /** Whether what this node sends there goes by stream, since one of them has no UDP. */
  goesByStream(node: SimNode<P, E>, to: Peer): boolean {
    if (!this.hasStreamed) return false;
    return isStreamed(node.address) || isStreamed(this.book.addressOf(to));
  }

  /** The node that a packet to this route meets, if any: an index for the network. */
  placeOf(peer: Peer): number {
    const owner = this.ownerOf(peer);
    return owner >= 0 ? owner : (this.nodeAt(this.book.addressOf(peer))?.index ?? NO_NODE);
  }
}
