/** Large values while nodes crash, restart, pause and are cut off: in the end all have all. */
import { expect, test } from 'vitest';
import { bytesOf } from '../../src/blocks/data/index.ts';
import { Xoshiro128 } from '../../src/core/index.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { addressOf, Bounded, Simulation, type Fault } from '../../src/sim/index.ts';

const NODES = Array.from({ length: 6 }, (_, i) => `n${i}`);
const WRITES = 12;

/** One trouble or its end, now and then. */
function trouble(chance: Xoshiro128): Fault[] {
  const node = NODES[chance.below(NODES.length)]!;
  const rest = NODES.filter((name) => name !== node);
  switch (chance.below(5)) {
    case 0:
      return [
        { type: 'crash', node },
        { type: 'restart', node, saved: 'kept' },
      ];
    case 1:
      return [
        { type: 'pause', node },
        { type: 'resume', node },
      ];
    case 2:
      return [{ type: 'partition', groups: [[node], rest], mode: 'drop' }, { type: 'heal' }];
    case 3:
      return [
        { type: 'bandwidth', bitsPerSecond: 2_000_000 },
        { type: 'bandwidth', bitsPerSecond: 0 },
      ];
    default:
      return [
        { type: 'loss', loss: 0.2 },
        { type: 'loss', loss: 0.01 },
      ];
  }
}

function run(seed: number) {
  const chance = new Xoshiro128(seed, 'large values');
  const world = new Simulation({
    design: hearsay,
    seed,
    network: { latency: { type: 'uniform', minMs: 1, maxMs: 40 }, loss: 0.01 },
  });
  world.watch(new Bounded({ timersMax: 30 + 4 * NODES.length }));
  const seeds = [addressOf(0), addressOf(1)];
  for (const name of NODES) world.add(name, hearsayConfig({ name, seeds }));
  world.run(5000);
  for (let i = 0; i < WRITES; i++) {
    const [begin, end] = trouble(chance);
    world.apply(begin!);
    const writer = world.hosts[chance.below(NODES.length)]!;
    const bytes = new Uint8Array(1 + chance.below(250_000)).fill(i);
    if (!('node' in begin!) || begin.node !== writer.name) {
      writer.call(({ data }, env) =>
        data.mapSet(env, `k${chance.below(6)}`, { kind: 'bytes', bytes }),
      );
    }
    world.run(200 + chance.below(4000));
    world.apply(end!);
    world.run(chance.below(3000));
  }
  return world;
}

test.each([1, 2, 3, 4])('all maps agree, every value whole (seed %i)', (seed) => {
  const world = run(seed);
  const texts = () =>
    world.hosts.map(({ protocol: { data } }) => {
      const lines = [...data.mapEntries()].map(({ key, value }) => {
        const bytes = bytesOf(value);
        expect(new Set(bytes).size).toBe(1);
        return `${key} ${bytes.length} ${bytes[0]} ${String(data.mapPending(key)?.length)}`;
      });
      return lines.sort((a, b) => (a < b ? -1 : 1)).join('\n');
    });
  for (let i = 0; i < 30 && new Set(texts()).size > 1; i++) world.run(5000);
  const all = texts();
  expect(new Set(all).size).toBe(1);
  expect(all[0]).toMatch(/^(?:k[0-9] [0-9]+ [0-9]+ undefined\n?)+$/); // Nothing is on its way.
  for (const { protocol } of world.hosts) {
    expect(protocol.load.parts['large values being fetched']).toBe(0);
    expect(protocol.load.turnedAway['chunks-false']).toBe(0);
  }
});
