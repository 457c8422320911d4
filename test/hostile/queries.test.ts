/**
 * Queries in a network that tampers with messages: no handler throws, what a node holds stays
 * bounded, no answer comes from nobody or twice, and every query ends.
 */
import { expect, test } from 'vitest';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { Mutator } from './mutants.ts';

const NODES = 12;
const DEADLINE_MS = 3000;
const WALL_MS = 1_767_225_600_000;

test.each([1, 2])('tampering with queries, seed %i', (seed) => {
  const names = Array.from({ length: NODES }, (_, i) => `n${i}`);
  const mutator = new Mutator({ share: 0.3, names, wallMs: WALL_MS });
  mutator.enabled = false;
  const simulation = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.05 },
    corrupt: (bytes, random) => {
      const type = bytes[0]! % 32;
      return type >= 25 && type <= 27 ? mutator.corrupt(bytes, random) : bytes;
    },
    checkRoutes: true,
  });
  for (const name of names) simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }));
  const open = new Set<string>();
  const answers = new Set<string>();
  let ended = 0;
  simulation.on((host, event) => {
    if (event.type === 'query-answered') {
      const key = `${event.id} ${event.by}`;
      expect(names).toContain(event.by);
      expect(open.has(`${host.name} ${event.id}`)).toBe(true);
      expect(answers.has(key)).toBe(false);
      answers.add(key);
    }
    if (event.type === 'query-ended') {
      expect(open.delete(`${host.name} ${event.id}`)).toBe(true);
      ended++;
    }
  });
  simulation.run(10_000);
  mutator.enabled = true;
  let asked = 0;
  for (let round = 0; round < 60; round++) {
    const host = simulation.hosts[round % NODES]!;
    if (host.isUp) {
      const question = {
        name: 'hearsay:ping',
        payload: new Uint8Array(9),
        deadlineMs: DEADLINE_MS,
      };
      const id = host.call(({ queries }, env) => queries.ask(env, question));
      open.add(`${host.name} ${id}`);
      asked++;
    }
    simulation.run(500);
    for (const { protocol } of simulation.hosts) {
      for (const { what, count, countMax } of protocol.holdings()) {
        expect({ what, isBounded: count <= countMax }).toEqual({ what, isBounded: true });
      }
    }
  }
  mutator.enabled = false;
  simulation.run(DEADLINE_MS);
  expect(mutator.touched).toBeGreaterThan(500);
  expect([open.size, ended]).toEqual([0, asked]);
  expect(answers.size).toBeGreaterThan(asked * 6); // Most get through all the same.
  const counts = simulation.hosts.map(({ protocol }) => protocol.queries.counts);
  expect(counts.some(({ strayAnswers }) => strayAnswers > 0)).toBe(true);
});
