import { expect, test } from 'vitest';
import { puppet, send, type PuppetHost } from '../../test/simulation/puppet.ts';
import type { Corrupt } from './parcels.ts';
import { Simulation } from './simulation.ts';

function world(corrupt?: Corrupt) {
  const network = { latency: { type: 'constant', ms: 1 } } as const;
  const simulation = new Simulation({
    design: puppet,
    seed: 1,
    network,
    wire: true,
    ...(corrupt && { corrupt }),
  });
  const [a, b] = ['a', 'b'].map((name) => simulation.add(name, {})) as [PuppetHost, PuppetHost];
  simulation.run(1);
  for (const text of ['one', 'two', 'three']) send(a, b.self, text);
  simulation.run(10);
  return { simulation, heard: b.protocol.texts('receive') };
}

test('a corrupting network changes what arrives; the unreadable is dropped and counted', () => {
  let count = 0;
  const { simulation, heard } = world((bytes) => {
    count++;
    if (count === 1) return bytes;
    const changed = bytes.slice();
    if (count === 2) changed[1] = 0x7a;
    else changed[0] = 0xff;
    return changed;
  });
  expect(heard).toEqual(['one', 'zwo']);
  expect(simulation.counters.messagesRejected).toBe(1);
});

test('a network that could corrupt and does not leaves the run alike', () => {
  const idle = world((bytes) => bytes);
  expect(idle.simulation.traceHash).toBe(world().simulation.traceHash);
  expect(idle.heard).toEqual(['one', 'two', 'three']);
});
