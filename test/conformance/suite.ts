/** What every design must do: one suite, run over each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RouteBook } from '../../src/blocks/peers/book.ts';
import { RecordingEnv, type HostEvent, type Membership } from '../../src/core/index.ts';
import type { Crypto, MemberView, Protocol } from '../../src/core/index.ts';
import { beliefIn, type Telling, type Verdict } from '../../src/lab/adapters/belief.ts';
import {
  Simulation,
  type Restart,
  type SimHost,
  type SimulationOptions,
} from '../../src/sim/index.ts';
import { ByteReader, ByteWriter } from '../../src/wire/index.ts';
import type { Subject } from './subject.ts';
import { noSightings, watched, type Sightings } from './watched.ts';

/** Longer than any default takes to converge, or to give up a member for dead. */
const PATIENCE_MS = 60_000;

const NO_CRYPTO: Crypto = { sha256: () => new Uint8Array(32) };

interface ClusterOptions {
  readonly loss?: number;
  readonly seed?: number;
  readonly sightings?: Sightings;
  readonly wire?: boolean;
  readonly queue?: 'wheel' | 'heap';
}

export function conforms<C, M, E extends Telling, S, P extends Protocol<M, E> & Membership>(
  subject: Subject<C, M, E, S, P>,
): void {
  type World = Simulation<C, M, E, S, P>;
  type Node = SimHost<P, M, E>;

  /** Nodes that start at once; all but the first know the first one's address. */
  function cluster(nodes: number, options: ClusterOptions = {}): World {
    const { loss = 0, seed = 1, sightings = noSightings(), wire = true, queue = 'wheel' } = options;
    const settings: SimulationOptions<C, M, E, S, P> = {
      design: watched(subject.design, sightings),
      seed,
      network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 }, loss },
      wire,
      checkRoutes: wire,
      queue,
      freeze: true,
    };
    const world = new Simulation(settings);
    for (let i = 0; i < nodes; i++) {
      const seeds = i === 0 ? [] : [world.host(0).address];
      world.add(`node-${i}`, subject.config(`node-${i}`, seeds));
    }
    return world;
  }

  /** Whether all that are up know each other's present lives, nobody else, and agree. */
  function agree(world: World): boolean {
    const up = world.hosts.filter((host) => host.isUp);
    const selves = new Set(up.map((host) => host.self));
    return up.every((host) => {
      const live = liveOf(host);
      if (live.length !== selves.size || !live.every(({ peer }) => selves.has(peer))) return false;
      return host.protocol.checksum() === up[0]!.protocol.checksum();
    });
  }

  function converged(nodes: number, options: ClusterOptions = {}): World {
    const world = cluster(nodes, options);
    expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
    return world;
  }

  /** What the others come to believe of a member, in order: [viewer, verdict]. */
  function beliefsAbout(world: World, name: string): [string, Verdict][] {
    const beliefs: [string, Verdict][] = [];
    world.on((host: Node, event: E | HostEvent) => {
      const belief = beliefIn(event);
      if (belief?.name === name && host.name !== name) beliefs.push([host.name, belief.verdict]);
    });
    return beliefs;
  }

  /** What one node comes to believe of others, in order. */
  function verdictsOf(world: World, viewer: string): Verdict[] {
    const verdicts: Verdict[] = [];
    world.on((host: Node, event: E | HostEvent) => {
      const belief = host.name === viewer ? beliefIn(event) : undefined;
      if (belief !== undefined) verdicts.push(belief.verdict);
    });
    return verdicts;
  }

  /** A run in which much goes wrong. */
  function turmoil(sightings: Sightings): World {
    const world = converged(8, { loss: 0.2, sightings });
    world.host(3).stop();
    world.run(30_000);
    world.host(3).restart();
    world.host(4).call((protocol, env) => subject.leave(protocol, env));
    world.run(PATIENCE_MS);
    return world;
  }

  describe(`${subject.design.name} conforms`, () => {
    test.each([1, 2, 3, 10])('nodes converge at a loss of 0.1: %i of them', (nodes) => {
      for (const seed of [1, 2, 3]) {
        const world = converged(nodes, { loss: 0.1, seed });
        for (const host of world.hosts) expectSane(world, host);
      }
    });

    test('its messages survive their codec, within sizeOf', () => {
      const sightings = noSightings();
      turmoil(sightings);
      expect(sightings.encodings.size).toBeGreaterThan(100);
    });

    test('garbage is refused or read, but never throws', () => {
      const sightings = noSightings();
      turmoil(sightings);
      const book = new RouteBook({ permanent: true });
      const codec = subject.design.codec(subject.design.share(book, NO_CRYPTO));
      const real = fc.constantFrom(...sightings.encodings.values());
      const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() });
      const spoilt = fc.tuple(real, fc.array(change, { maxLength: 3 })).map(([bytes, changes]) => {
        let result = bytes.slice();
        for (const { at, byte, cut } of changes) {
          if (cut) result = result.slice(0, at % (result.length + 1));
          else if (result.length > 0) result[at % result.length] = byte;
        }
        return result;
      });
      fc.assert(
        fc.property(fc.oneof(spoilt, fc.uint8Array({ maxLength: 200 })), (bytes) => {
          const message = codec.decode(new ByteReader(bytes), book);
          if (message === undefined) return;
          const to = new ByteWriter();
          codec.encode(message, to, book); // What it lets in, it can pass on.
          expect(codec.sizeOf(message)).toBeGreaterThanOrEqual(to.length);
        }),
        { numRuns: 2000 },
      );
    });

    test('every prefix of what it saved loads, cut anywhere in the last record', () => {
      const sightings = noSightings();
      turmoil(sightings);
      const logs = sightings.logs.filter((log) => log.length > 0);
      expect(logs.length).toBeGreaterThan(0);
      const prefix = fc.tuple(fc.constantFrom(...logs), fc.nat(), fc.nat());
      fc.assert(
        fc.property(prefix, ([log, count, cut]) => {
          const records = log.slice(0, 1 + (count % log.length));
          const last = records.pop()!;
          records.push(last.slice(0, cut % (last.length + 1)));
          const book = new RouteBook({ permanent: true });
          const shared = subject.design.share(book, NO_CRYPTO);
          const self = book.peer('10.0.0.1:7946', '00000000000000ff');
          const protocol = subject.design.create(subject.config('node-0', []), shared, records);
          const env = new RecordingEnv<M, E>(self);
          protocol.start(env);
          expect(env.take().length).toBeGreaterThan(0); // It lives: it waits, asks or announces.
        }),
      );
    });

    test('the trace is the same again, through the codec or not, on wheel or heap', () => {
      const trace = (options: ClusterOptions): string => {
        const world = cluster(10, { loss: 0.1, ...options });
        world.run(20_000);
        return world.traceHash;
      };
      const hash = trace({ wire: false });
      expect([trace({ wire: false }), trace({}), trace({ queue: 'heap' })]).toEqual([
        hash,
        hash,
        hash,
      ]);
      expect(trace({ seed: 2 })).not.toBe(hash);
    });

    test('a crashed node leaves every view and stays out', () => {
      const world = converged(10);
      const beliefs = beliefsAbout(world, 'node-3');
      world.host(3).stop();
      expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
      const dead = beliefs.filter(([, verdict]) => verdict === 'dead').map(([viewer]) => viewer);
      expect(new Set(dead).size).toBe(9);
      world.run(2 * PATIENCE_MS);
      expect(agree(world)).toBe(true);
      expect(beliefs.filter(([, verdict]) => verdict === 'alive')).toEqual([]);
    });

    test('a leaver is gone at once and nobody takes it for failed', () => {
      const world = converged(10);
      const beliefs = beliefsAbout(world, 'node-3');
      world.host(3).call((protocol, env) => subject.leave(protocol, env));
      expect(world.runUntil(() => agree(world), 10_000)).toBe(true);
      world.run(2 * PATIENCE_MS);
      expect(world.host(3).isUp).toBe(false);
      expect(beliefs.map(([viewer]) => viewer).sort()).toEqual(
        world.hosts.map(({ name }) => name).filter((name) => name !== 'node-3'),
      );
      expect(new Set(beliefs.map(([, verdict]) => verdict))).toEqual(new Set(['left']));
    });

    test.each([
      ['before anyone noticed', 100],
      ['after it was given up', PATIENCE_MS],
    ])('a restart %s is a new life, and all believe it', (_name, downMs) => {
      const world = converged(5);
      const before = viewOf(world.host(1), 'node-3')!;
      world.host(3).stop();
      world.run(downMs);
      world.host(3).restart();
      expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
      const after = viewOf(world.host(1), 'node-3')!;
      expect(after.start).toBeGreaterThan(before.start);
      expect(after.peer).not.toBe(before.peer);
      expect(after.status).toBe('alive');
    });

    test.each<[string, Omit<Restart, 'type' | 'node'>]>([
      ['that lost its disk', { saved: 'wiped' }],
      ['at another address', { address: '10.9.9.9:7946' }],
    ])('a node %s comes back', (_name, how) => {
      const world = converged(5);
      const before = viewOf(world.host(1), 'node-3')!;
      world.apply({ type: 'crash', node: 'node-3' });
      world.run(1000);
      world.apply({ type: 'restart', node: 'node-3', ...how });
      expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
      expect(viewOf(world.host(1), 'node-3')!.start).toBeGreaterThan(before.start);
    });

    test('who wakes from a long pause takes nobody for dead, and is believed to live', () => {
      const world = converged(5);
      world.apply({ type: 'pause', node: 'node-3' });
      world.run(PATIENCE_MS);
      const verdicts = verdictsOf(world, 'node-3');
      world.apply({ type: 'resume', node: 'node-3' });
      expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
      world.run(PATIENCE_MS);
      expect(agree(world)).toBe(true);
      expect(verdicts).not.toContain('dead');
    });

    test('the first node may restart too', () => {
      const world = converged(5);
      world.host(0).restart();
      expect(world.runUntil(() => agree(world), PATIENCE_MS)).toBe(true);
    });
  });

  /** What a node shows of itself and others can be shown to people. */
  function expectSane(world: World, host: Node): void {
    const views = [...host.protocol.members()];
    expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
    expect(views.find(({ name }) => name === host.name)).toMatchObject({
      peer: host.self,
      status: 'alive',
    });
    for (const { name, peer, start, counter } of views) {
      expect(world.host(name).address).toBe(world.book.addressOf(peer));
      expect([start, counter].every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(
        true,
      );
    }
    const checksum = host.protocol.checksum();
    expect(checksum).toBe(checksum >>> 0);
  }
}

function viewOf(host: { readonly protocol: Membership }, name: string): MemberView | undefined {
  return [...host.protocol.members()].find((member) => member.name === name);
}

function liveOf(host: { readonly protocol: Membership }): MemberView[] {
  return [...host.protocol.members()].filter(
    ({ status }) => status === 'alive' || status === 'suspect',
  );
}
