/** A cluster in the simulator whose members all know each other: where data is tried. */
import { expect } from 'vitest';
import { hearsay, hearsayConfig, type HearsayConfig } from '../src/designs/hearsay/index.ts';
import type {
  HearsayEvent,
  HearsayMessage,
  HearsayProtocol,
} from '../src/designs/hearsay/index.ts';
import { Simulation, type SimHost } from '../src/sim/index.ts';
import { addressOf } from '../src/sim/simulation.ts';

export type Node = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;
export type World = ReturnType<typeof grown>;

export function grown(count: number, seed: number, given: Partial<HearsayConfig> = {}, loss = 0) {
  const world = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss },
    wire: true,
    freeze: true,
  });
  const seeds = [addressOf(0), addressOf(1)];
  for (let i = 0; i < count; i++) {
    world.add(`n${i}`, hearsayConfig({ name: `n${i}`, seeds, ...given }));
  }
  const joined = () => world.hosts.every(({ protocol }) => protocol.live === count);
  expect(world.runUntil(joined, 60_000)).toBe(true);
  return world;
}

export function node(world: World, index: number): Node {
  return world.hosts[index] as Node;
}
