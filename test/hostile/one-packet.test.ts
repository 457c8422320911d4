/**
 * One forged packet to one member of a running cluster, about another: whatever it claims, within
 * a minute everybody knows better, and neither of them is bricked.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareLives,
  COUNTER_MAX,
  makeFact,
  START_MAX,
  type Accusation,
  type Fact,
  type News,
} from '../../src/blocks/membership/index.ts';
import type { NodeId, Status } from '../../src/core/index.ts';
import { factBytes } from '../../src/designs/hearsay/codec.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';

const DAY_MS = 86_400_000;
const RECOVERY_MS = 60_000;

const forgery = fc.record({
  name: fc.constantFrom('victim', 'ghost'),
  status: fc.constantFrom<Status>('alive', 'suspect', 'dead', 'left', 'evicted'),
  nodeId: fc.constantFrom<NodeId>('own', '0000000000000001', 'ffffffffffffffff'),
  address: fc.constantFrom('own', '10.0.0.2:7946', '10.9.9.9:1'),
  laterMs: fc.constantFrom(-5, 0, 1, DAY_MS - 60_000, DAY_MS + 60_000, START_MAX),
  isOlder: fc.boolean(),
  counter: fc.constantFrom(0, 1, 2, 7, COUNTER_MAX - 1, COUNTER_MAX),
  tags: fc.constantFrom({}, { role: 'king' }),
  accusers: fc.constantFrom(0, 1, 17),
  ageMs: fc.constantFrom(0, 1, 2 * DAY_MS, 2 ** 40),
  by: fc.constantFrom('gossip', 'ping', 'page'),
});
type Forgery = typeof forgery extends fc.Arbitrary<infer T> ? T : never;

function cluster(seed: number) {
  const simulation = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 20 } },
    checkRoutes: true,
  });
  const seeds = ['10.0.0.1:7946'];
  for (const name of ['victim', 'told', 'c', 'd', 'e']) {
    simulation.add(name, hearsayConfig({ name, seeds }));
  }
  simulation.run(10_000);
  return simulation;
}

function newsOf(world: ReturnType<typeof cluster>, of: Forgery): News {
  const own = world.host('victim').protocol.fact;
  const { book } = world;
  const nodeId = of.nodeId === 'own' ? own.nodeId : of.nodeId;
  const address = of.address === 'own' ? world.host('victim').address : of.address;
  const start = Math.min(START_MAX, own.start + of.laterMs);
  const fact: Omit<Fact, 'hash' | 'bytes'> = {
    name: of.name,
    nodeId,
    peer: book.peer(address, nodeId),
    start,
    born: of.isOlder ? 0 : start,
    counter: of.counter,
    streams: 'no',
    tags: of.tags,
    slot: -1,
  };
  const accusers = Array.from({ length: of.accusers }, (_, i): Accusation => {
    return { by: `judge-${i}`, met: 'refused' };
  });
  const { status, ageMs } = of;
  return { fact: makeFact({ ...fact, bytes: factBytes(fact) }), status, accusers, ageMs };
}

/** The two things that nobody can refute without keys. */
function stops(of: Forgery, news: News, own: Fact): boolean {
  if (of.name !== 'victim') return false;
  if (of.nodeId === 'own') return news.status === 'evicted';
  const lives = news.status === 'alive' || news.status === 'suspect';
  return lives && of.isOlder && compareLives(news.fact, own) > 0;
}

test('one packet bricks nobody', () => {
  fc.assert(
    fc.property(forgery, fc.nat(), (of, seed) => {
      const world = cluster(seed);
      const victim = world.host('victim');
      const own = victim.protocol.fact;
      let mayStop = false;
      world.host('told').call((protocol, env) => {
        const news = newsOf(world, of);
        mayStop = stops(of, news, own);
        const from = world.book.peer('10.9.9.9:9', 'eeeeeeeeeeeeeeee');
        const list = [news];
        if (of.by === 'gossip') protocol.receive(env, from, { type: 'gossip', news: list });
        else if (of.by === 'ping')
          protocol.receive(env, from, { type: 'ping', seq: 0, news: list });
        else protocol.receive(env, from, { type: 'page', last: true, want: true, news: list });
      });
      world.run(RECOVERY_MS);
      if (!victim.isUp) {
        expect(mayStop).toBe(true);
        victim.restart();
        world.run(RECOVERY_MS);
      }
      const live = ['c', 'd', 'e', 'told', 'victim'];
      for (const { name, protocol } of world.hosts) {
        const known = [...protocol.all()].filter(({ status }) => status === 'alive');
        expect([name, known.map((member) => member.name).sort()]).toEqual([name, live]);
        for (const { name: about, ...member } of known) {
          const { fact } = world.host(about).protocol;
          const { nodeId, start, counter, tags, streams } = fact;
          expect({ about, ...member }).toMatchObject({
            about,
            nodeId,
            start,
            counter,
            tags,
            streams,
          });
          expect(member.address).toBe(world.host(about).address);
        }
      }
    }),
    { numRuns: 150 },
  );
});
