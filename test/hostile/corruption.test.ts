/**
 * A network that tampers with messages, and what must hold all the same: no handler throws, what
 * a node holds stays small, and a minute after the last of it all live nodes agree.
 *
 * Allowed: names that never existed stay known as dead or departed, until their certificates
 * expire. And two words stop a node, since nobody can refute them without keys: that it was
 * evicted, and that another node of its name is older. Here a supervisor starts it again.
 */
import { expect, test } from 'vitest';
import type { MemberView } from '../../src/core/index.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { GHOSTS, Mutator } from './mutants.ts';

/** 2026-01-01, where the clocks of every simulation begin. */
const WALL_MS = 1_767_225_600_000;
const CALM_MS = 20_000;
const ATTACK_MS = 180_000;
/** Two exchange intervals: of all that lives, somebody has told somebody the truth by then. */
const RECOVERY_MS = 60_000;

interface Attack {
  readonly seed: number;
  readonly nodes: number;
  /** Of messages, the share that is tampered with. */
  readonly share: number;
}

function attacked({ seed, nodes, share }: Attack) {
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  const mutator = new Mutator({ share, names, wallMs: WALL_MS });
  mutator.enabled = false;
  const simulation = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.01 },
    corrupt: mutator.corrupt,
    checkRoutes: true,
  });
  const seeds = ['10.0.0.1:7946', '10.0.0.2:7946'];
  for (const name of names) simulation.add(name, hearsayConfig({ name, seeds }));
  const stops = new Set<string>();
  simulation.on((host, event) => {
    if (event.type !== 'stopped') return;
    stops.add(event.reason);
    simulation.at(simulation.elapsedMs + 1000, () => {
      if (!host.isUp) host.restart();
    });
  });
  simulation.run(CALM_MS);
  mutator.enabled = true;
  for (let i = 0; i < ATTACK_MS / 1000; i++) {
    simulation.run(1000);
    for (const { protocol } of simulation.hosts) expectBounded(protocol.load, nodes);
  }
  mutator.enabled = false;
  return { simulation, mutator, stops };
}

type World = ReturnType<typeof attacked>['simulation'];
type Load = World['hosts'][number]['protocol']['load'];

function expectBounded(load: Load, nodes: number): void {
  // Three kinds of invented names, and what bit flips make of real ones.
  expect(load.members).toBeLessThan(nodes + 2 * GHOSTS + NAMES_FLIPPED);
  expect(load.relays).toBeLessThanOrEqual(1024);
  expect(load.admissions).toBeLessThanOrEqual(1024);
  expect(load.told).toBeLessThanOrEqual(64 * load.members);
  expect(load.dialled).toBeLessThanOrEqual(4096);
}

/** Far more than single bits make of a dozen names in three minutes. */
const NAMES_FLIPPED = 2000;

/** Whether all that are up know each other's present lives, nobody else, and agree. */
function agree({ hosts }: World): boolean {
  const up = hosts.filter((host) => host.isUp);
  const selves = new Set(up.map(({ self }) => self));
  return up.every(({ protocol }) => {
    const live = [...protocol.members()].filter(isLive);
    if (live.length !== selves.size || !live.every(({ peer }) => selves.has(peer))) return false;
    return protocol.checksum() === up[0]?.protocol.checksum();
  });
}

function isLive({ status }: MemberView): boolean {
  return status === 'alive' || status === 'suspect';
}

test.each(Array.from({ length: 24 }, (_, i) => i + 1))('tampering, seed %i', (seed) => {
  const attack = { seed, nodes: 5 + (seed % 8), share: [0.02, 0.1, 0.3][seed % 3]! };
  const { simulation, mutator, stops } = attacked(attack);
  expect(mutator.touched).toBeGreaterThan(20);
  expect(simulation.counters.messagesRejected).toBeGreaterThan(5);
  for (const reason of stops) expect(['evicted', 'name-taken']).toContain(reason);
  const agreed = simulation.runUntil(() => agree(simulation), RECOVERY_MS);
  expect({ ...attack, agreed }).toEqual({ ...attack, agreed: true });
  simulation.run(RECOVERY_MS);
  expect(agree(simulation)).toBe(true);
  for (const host of simulation.hosts) {
    for (const member of host.protocol.members()) {
      const isReal = simulation.hosts.some(({ name }) => name === member.name);
      if (!isReal) expect(['dead', 'left', 'evicted']).toContain(member.status);
    }
  }
});

test('a run under attack is as repeatable as any', () => {
  const trace = (): string => attacked({ seed: 3, nodes: 6, share: 0.2 }).simulation.traceHash;
  expect(trace()).toBe(trace());
});
