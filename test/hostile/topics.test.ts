/**
 * A network that tampers with what members tell of events: nothing throws, what a node holds stays
 * within its bounds, and when that is over every event reaches every node, in order, once.
 */
import { expect, test } from 'vitest';
import { hearsay, hearsayConfig, type HearsayEvent } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { publish, textOf } from '../topic-world.ts';
import { Mutator } from './mutants.ts';

const NODES = 12;
/** Nodes compare what they have each half minute, in calm. */
const SETTLE_MS = 60_000;

test.each([1, 2])('tampering with events, seed %i', (seed) => {
  const names = Array.from({ length: NODES }, (_, i) => `n${i}`);
  const mutator = new Mutator({ share: 0.1 * seed, names, wallMs: 1_767_225_600_000 });
  mutator.enabled = false;
  const simulation = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.02 },
    corrupt: (bytes, random) => {
      const type = bytes[0]! % 32;
      return type >= 17 && type <= 24 ? mutator.corrupt(bytes, random) : bytes;
    },
    checkRoutes: true,
  });
  for (const name of names) simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }));
  const told = new Map(names.map((name) => [name, [] as string[]]));
  simulation.on((host, event) => {
    const { type, ...of } = event as HearsayEvent & { type: string };
    if (type === 'event-published' && 'body' in of) told.get(host.name)!.push(textOf(of.body));
  });
  simulation.run(10_000);
  const origins = [simulation.hosts[0]!, simulation.hosts[5]!, simulation.hosts[9]!];
  let published = 0;
  const burst = (count: number): string[] =>
    Array.from({ length: count }, () => {
      const text = `e${++published}`;
      const key = published % 5 === 0 ? 'k' : '';
      const origin = origins[published % 3]!;
      const isRoom = origin.call(({ topics }, env) => topics.awaitRoom(env));
      if (isRoom) publish(origin, text, { key });
      simulation.run(100);
      return isRoom ? text : '';
    });
  burst(20);
  mutator.enabled = true;
  for (let round = 0; round < 60; round++) {
    burst(10);
    for (const { protocol } of simulation.hosts) {
      expect(protocol.holdings().filter(({ count, countMax }) => count > countMax)).toEqual([]);
    }
  }
  expect(mutator.touched).toBeGreaterThan(1000);
  mutator.enabled = false;
  simulation.run(SETTLE_MS);
  for (const texts of told.values()) texts.length = 0;
  const last = burst(30);
  expect(last).not.toContain('');
  simulation.run(SETTLE_MS);
  for (const name of names) {
    for (const rest of [0, 1, 2]) {
      const ofOne = last.filter((_, i) => i % 3 === rest);
      const heard = told.get(name)!.filter((text) => ofOne.includes(text));
      expect({ name, heard }).toEqual({ name, heard: ofOne });
    }
  }
  const turnedAway = simulation.hosts.map(({ protocol }) => protocol.topics.turnedAway());
  for (const what of ['events', 'claims', 'words']) {
    expect(turnedAway.some((counts) => counts[what]! > 0)).toBe(true);
  }
});
