import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';

const OTHERS = Array.from({ length: 99 }, (_, i) => `n${i}`);
const CALM = {
  probeIntervalMs: 40_000,
  suspicionAlpha: 0.1, // Of a hundred: Min 8 s, an eighth of it 1 s.
  exchangeIntervalMs: 86_400_000,
  reconnectIntervalMs: 86_400_000,
} as const;

/** Of a hundred, this many are accused by refusal within two seconds. */
function refused(count: number, massRefusal: boolean): OneNode {
  const world = new OneNode({ ...CALM, massRefusal }).among(...OTHERS);
  world.chatter('n99');
  for (let i = 0; i < count; i++) {
    world.gossip('n99', world.suspicion(`n${i}`, ['n97:refused', 'n98:refused', 'n96:refused']));
    world.run(2000 / count);
  }
  return world;
}

function dead(world: OneNode): number {
  return [...world.node.members()].filter(({ status }) => status === 'dead').length;
}

test('off: each refusal counts, however many there are', () => {
  const world = refused(40, false);
  world.run(3000);
  expect(dead(world)).toBe(40);
});

test('on: a tenth refused at once still counts', () => {
  const world = refused(10, true);
  world.run(3000);
  expect(dead(world)).toBe(10);
});

test('on: when more than a tenth are refused at once, that is silence', () => {
  const world = refused(40, true);
  world.run(3000);
  expect(dead(world)).toBeLessThanOrEqual(10);
  const early = dead(world);
  world.run(8000); // Three silent accusers last 16 s.
  expect(dead(world)).toBe(early);
});

test('on: refusals that come one by one count', () => {
  const world = new OneNode({ ...CALM, massRefusal: true }).among(...OTHERS);
  world.chatter('n99');
  for (let i = 0; i < 40; i++) {
    world.gossip('n99', world.suspicion(`n${i}`, ['n97:refused', 'n98:refused', 'n96:refused']));
    world.run(5000);
  }
  expect(dead(world)).toBe(40);
});
