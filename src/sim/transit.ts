import { Xoshiro128 } from '../core/index.ts';
import { DROPPED } from '../blocks/network/index.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/**
 * The way of what does not just travel: packets in disorder, and whatever passes a link of limited
 * bandwidth, the sender's first and the receiver's last. How long it travels between them, and
 * whether it arrives at all, the network has decided before.
 */
export class Transit<P, E> {
  readonly #world: World<P, E>;

  constructor(world: World<P, E>) {
    this.#world = world;
  }

  /** A packet: it may be overtaken, or arrive twice. `to` is the receiving node's index. */
  packet(
    from: SimNode<P, E>,
    to: number,
    bytes: number,
    travelMs: number,
    arrive: () => void,
  ): void {
    const { counters, network } = this.#world;
    const lost = (): void => void counters.packetsLost++;
    if (!network.disorder.isOn) {
      this.carry(from, to, bytes, travelMs, arrive, lost);
      return;
    }
    const chance = this.#chanceOf(from);
    const { heldMs, isDoubled } = network.disorder.decide(from.index, to, chance);
    const copyMs = network.latencyMs(from.index, to, chance);
    this.carry(from, to, bytes, travelMs + heldMs, arrive, lost);
    if (isDoubled) this.#deliver(to, bytes, copyMs, arrive, lost);
  }

  /** Through both links; `dropped` runs instead of `arrive` where a queue is full. */
  carry(
    from: SimNode<P, E>,
    to: number,
    bytes: number,
    travelMs: number,
    arrive: () => void,
    dropped: () => void,
  ): void {
    const { network, now } = this.#world;
    const waitMs = network.links.up(from.index)?.admit(now, bytes) ?? 0;
    if (waitMs === DROPPED) dropped();
    else this.#deliver(to, bytes, waitMs + travelMs, arrive, dropped);
  }

  #deliver(
    to: number,
    bytes: number,
    delayMs: number,
    arrive: () => void,
    dropped: () => void,
  ): void {
    const world = this.#world;
    world.task(delayMs, () => {
      const waitMs = world.network.links.down(to)?.admit(world.now, bytes) ?? 0;
      if (waitMs === DROPPED) dropped();
      else if (waitMs === 0) arrive();
      else world.task(waitMs, arrive);
    });
  }

  /** Apart from the stream of loss and latency: a run without disorder stays as it was. */
  #chanceOf(node: SimNode<P, E>): Xoshiro128 {
    node.disorder ??= new Xoshiro128(this.#world.seed, `disorder of ${node.name}`);
    return node.disorder;
  }
}
