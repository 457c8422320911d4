/**
 * Members that forge versions of others' state, at each bound and for a minute: what they achieve
 * is bounded, and when they stop everybody reads what the owner has written.
 */
import { expect, test } from 'vitest';
import { VERSION_MAX, VERSION_STEP_MAX, type StateEntry } from '../../src/blocks/data/index.ts';
import { Xoshiro128, type Random } from '../../src/core/index.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';

const NAMES = ['owner', 'liar', 'b', 'c', 'd', 'e', 'f', 'g'];
const KEYS = ['k0', 'k1', 'k2'];
const MINUTE = 60_000;
const bytes = (of: number) => ({ kind: 'bytes', bytes: Uint8Array.of(of) }) as const;

class Cluster {
  readonly simulation = new Simulation({
    design: hearsay,
    seed: 1,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss: 0.01 },
    corrupt: (bytes) => {
      if (bytes[0]! % 32 === 28) this.words++;
      return bytes;
    },
  });
  /** Sent so far, by all: owners' and questions for them. */
  words = 0;
  lies = 0;
  readonly random: Random = new Xoshiro128(1, 'liar');
  #written = 0;

  constructor() {
    for (const name of NAMES) this.add(name);
    this.simulation.run(10_000);
    this.write();
    this.simulation.run(2000);
  }

  add(name: string) {
    return this.simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }));
  }

  host(name: string) {
    return this.simulation.host(name);
  }

  /** The owner writes all its keys anew. */
  write(): void {
    this.#written++;
    for (const key of KEYS) {
      this.host('owner').call(({ data }, env) => data.set(env, key, bytes(this.#written)));
    }
  }

  /** The highest version of the owner's state that somebody holds. */
  highest(name: string): number {
    const { nodeId } = this.host('owner');
    const entries = [...this.host(name).protocol.data.all()];
    const own = entries.filter((one): one is StateEntry => one.type === 'state');
    return Math.max(...own.filter(({ owner }) => owner === nodeId).map(({ version }) => version));
  }

  /** The liar tells somebody of the owner's state. */
  lie(to: string, version: number): void {
    this.lies++;
    const { nodeId: owner } = this.host('owner');
    const key = this.random.below(4) === 0 ? `none ${this.random.below(20)}` : this.#anyKey();
    const value = this.random.below(3) === 0 ? undefined : bytes(200);
    const entry: StateEntry = { type: 'state', owner, key, version, value, ageMs: 0 };
    this.host('liar').call((protocol, env) => {
      const member = [...protocol.members()].find(({ name }) => name === to);
      if (member !== undefined) env.send(member.peer, { type: 'data-gossip', entries: [entry] });
    });
  }

  /** Whether everybody reads the owner's keys as it has written them, and no others. */
  isTrue(): boolean {
    return this.simulation.hosts.every(({ protocol: { data } }) => {
      const entries = [...data.entries('owner')];
      return (
        entries.length === KEYS.length &&
        entries.every(({ value }) => 'bytes' in value && value.bytes[0] === this.#written)
      );
    });
  }

  /** What all have turned away for some reason. */
  count(reason: string): number {
    const counts = this.simulation.hosts.map(({ protocol }) => protocol.load.turnedAway[reason]);
    return counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  }

  isWithinBounds(): boolean {
    const all = this.simulation.hosts.flatMap(({ protocol }) => [...protocol.holdings()]);
    return all.every(({ count, countMax }) => count <= countMax);
  }

  #anyKey(): string {
    return KEYS[this.random.below(KEYS.length)]!;
  }
}

type Forge = (cluster: Cluster, to: string) => number;

const FORGERIES: readonly (readonly [string, Forge, reason: string])[] = [
  ['just above what is held', (cluster, to) => cluster.highest(to) + 1, 'data-not-mine'],
  ['a step above it', (c, to) => c.highest(to) + VERSION_STEP_MAX, 'data-not-mine'],
  ['one more than a step', (c, to) => c.highest(to) + VERSION_STEP_MAX + 1, 'data-version-ahead'],
  ['2^40', () => 2 ** 40, 'data-version-ahead'],
  ['2^47', () => 2 ** 47 + 1, 'data-version-ahead'],
  ['the highest', () => VERSION_MAX, 'data-version-ahead'],
];

test.each(FORGERIES)('for a minute: %s', (_, forge, reason) => {
  const cluster = new Cluster();
  const { simulation } = cluster;
  for (let atMs = 0; atMs < MINUTE; atMs += 50) {
    const to = NAMES[2 + cluster.random.below(NAMES.length - 2)]!;
    cluster.lie(cluster.random.below(8) === 0 ? 'owner' : to, forge(cluster, to));
    if (atMs % 10_000 === 0) cluster.write();
    simulation.run(50);
    expect(cluster.isWithinBounds()).toBe(true);
  }
  expect(cluster.count(reason)).toBeGreaterThan(0);
  // A question and its answer for each, and all members told each 10 s.
  expect(cluster.words).toBeLessThan(2 * cluster.lies + 7 * NAMES.length);
  // Half a year of this would take all versions; a minute takes 2^-18 of them.
  expect(cluster.highest('owner')).toBeLessThan(62 * (VERSION_STEP_MAX + 1000));
  expect(simulation.runUntil(() => cluster.isTrue(), 30_000)).toBe(true);
  cluster.write();
  expect(simulation.runUntil(() => cluster.isTrue(), 5000)).toBe(true);
  simulation.run(MINUTE);
  expect(cluster.isTrue()).toBe(true);
});

test('one who knows nothing of the owner is lied to first', () => {
  const cluster = new Cluster();
  const { simulation } = cluster;
  for (const version of [VERSION_STEP_MAX, 2 ** 40, VERSION_MAX]) {
    const name = `newcomer ${version}`;
    const newcomer = cluster.add(name);
    for (let i = 0; i < 200; i++) {
      simulation.run(10);
      cluster.lie(name, version);
    }
    expect(simulation.runUntil(() => cluster.isTrue(), 30_000)).toBe(true);
    expect(newcomer.protocol.load.turnedAway['data-version-ahead'] ?? 0).toBeGreaterThanOrEqual(
      version > VERSION_STEP_MAX ? 1 : 0,
    );
  }
});

test('a newcomer asks an owner that has written more often than it can believe', () => {
  const cluster = new Cluster();
  const { simulation } = cluster;
  for (let i = 0; i < 5; i++) {
    cluster.lie('owner', cluster.highest('owner') + VERSION_STEP_MAX);
    simulation.run(1100);
  }
  expect(simulation.runUntil(() => cluster.isTrue(), 10_000)).toBe(true);
  expect(cluster.highest('b')).toBeGreaterThan(3 * VERSION_STEP_MAX);
  cluster.add('newcomer');
  simulation.run(1000);
  expect(simulation.runUntil(() => cluster.isTrue(), 5000)).toBe(true);
  expect(cluster.count('data-version-ahead')).toBeGreaterThan(0);
});

test('while the owner is cut off its others are lied to; it mends that when it is back', () => {
  const cluster = new Cluster();
  const { simulation } = cluster;
  simulation.apply({ type: 'partition', groups: [['owner'], NAMES.slice(1)] });
  simulation.run(MINUTE);
  for (let i = 0; i < 100; i++) {
    cluster.lie(NAMES[2 + (i % 6)]!, i < 50 ? 2 ** 47 : VERSION_MAX);
    simulation.run(50);
  }
  expect(cluster.isTrue()).toBe(false); // Nobody can object for him.
  simulation.apply({ type: 'heal' });
  expect(simulation.runUntil(() => cluster.isTrue(), MINUTE)).toBe(true);
  expect(cluster.count('data-disowned')).toBeGreaterThan(0);
});
