import { expect, test } from 'vitest';
import { puppet, type PuppetHost } from '../../../test/simulation/puppet.ts';
import type { MemberView, Status } from '../../core/index.ts';
import { RunError } from '../run-error.ts';
import { Simulation } from '../simulation.ts';
import { Accuracy } from './accuracy.ts';
import type { Checker, Violation } from './checker.ts';
import { Completeness } from './completeness.ts';
import { Convergence } from './convergence.ts';
import { NoResurrection } from './no-resurrection.ts';

/** Three puppets whose views are what the test makes them say. */
function trio(checker: Checker) {
  const simulation = new Simulation({
    design: puppet,
    seed: 1,
    network: { latency: { type: 'constant', ms: 10 } },
  });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => simulation.add(name, {}));
  simulation.watch(checker, { everyMs: 100, collect: true });
  simulation.run(1);
  return { simulation, a: a!, b: b!, c: c! };
}

/** Makes `liar` claim a status of `about`, in whatever life it is. */
function claim(liar: PuppetHost, about: PuppetHost, status: Status, counter = 0, start = 1): void {
  const { name, self } = about;
  const member: MemberView = { name, peer: self, start, counter, status };
  liar.protocol.view = [...liar.protocol.view.filter((other) => other.name !== name), member];
}

function told({ violations }: { readonly violations: readonly Violation[] }): string[] {
  return violations.map(({ node, atMs, text }) => `${node} ${atMs}: ${text}`);
}

test('completeness: a view that keeps a crashed member is caught after the bound', () => {
  const { simulation, a, b, c } = trio(new Completeness({ boundMs: 1_000 }));
  for (const liar of [a, c]) claim(liar, b, 'suspect');
  simulation.schedule(500, { type: 'crash', node: 'b' });
  simulation.schedule(1_200, { type: 'starve', node: 'c' });
  simulation.run(1_450);
  expect(simulation.violations).toEqual([]);
  simulation.run(500);
  expect(simulation.violations).toEqual([
    { checker: 'completeness', node: 'a', atMs: 1_500, text: 'b is suspect, gone at 500 ms' },
  ]);
});

test('completeness: whoever is dead, gone from the view or back again is no offence', () => {
  const { simulation, a, b, c } = trio(new Completeness({ boundMs: 1_000 }));
  claim(a, b, 'dead');
  claim(a, c, 'alive');
  for (const node of ['b', 'c']) simulation.schedule(500, { type: 'crash', node });
  simulation.schedule(1_000, { type: 'restart', node: 'c' });
  simulation.run(10_000);
  expect(simulation.violations).toEqual([]);
});

test('accuracy: a view that buries a healthy member is caught', () => {
  const { simulation, a, b } = trio(new Accuracy({ graceMs: 1_000 }));
  claim(a, b, 'dead');
  simulation.run(2_000);
  expect(told(simulation)).toEqual(['a 1000: b is dead, though nothing was wrong with it']);
});

test('accuracy: after trouble both sides are given grace', () => {
  const faults = ['pause', 'starve', 'crash', 'tcp-port', 'partition', 'loss', 'slow'] as const;
  const more = { is: 'drops', loss: 1, byMs: 9 };
  for (const type of faults) {
    for (const node of ['a', 'b']) {
      const { simulation, a, b } = trio(new Accuracy({ graceMs: 1_000 }));
      simulation.schedule(600, { type, node, groups: [[node]], ...more } as never);
      simulation.at(650, () => claim(a, b, 'dead'));
      simulation.run(4_000);
      expect(simulation.violations).toEqual([]);
      if (type === 'pause') {
        simulation.apply({ type: 'resume', node });
        simulation.run(950);
        expect(simulation.violations).toEqual([]);
        simulation.run(150);
        expect(simulation.violations).toHaveLength(1);
      }
    }
  }
});

test('no resurrection: only a newer life or counter brings back', () => {
  const { simulation, a, b, c } = trio(new NoResurrection());
  const say = (status: Status, counter: number, start: number): string[] => {
    const before = simulation.violations.length;
    claim(a, b, status, counter, start);
    simulation.run(100);
    return simulation.violations.slice(before).map(({ text }) => text);
  };
  claim(c, b, 'alive', 0, 1);
  expect(say('alive', 5, 10)).toEqual([]);
  expect(say('dead', 5, 10)).toEqual([]);
  expect(say('alive', 6, 10)).toEqual([]);
  expect(say('left', 6, 10)).toEqual([]);
  expect(say('suspect', 6, 10)).toEqual(['b is suspect again after left, start 10, counter 6']);
  expect(say('alive', 9, 9)).toEqual(['b is alive again after left, start 9, counter 9']);
  expect(say('alive', 0, 11)).toEqual([]);
  simulation.apply({ type: 'restart', node: 'a' });
  expect(say('alive', 0, 1)).toEqual([]);
});

test('no resurrection: once forgotten, the living come back as they are, the dead do not', () => {
  const { simulation, a, b } = trio(new NoResurrection());
  claim(a, b, 'dead', 0, 1);
  simulation.run(100);
  a.protocol.view = [];
  simulation.run(100);
  claim(a, b, 'alive', 0, 1);
  simulation.run(100);
  expect(simulation.violations).toEqual([]);
  claim(a, b, 'dead', 0, 1);
  simulation.run(100);
  a.protocol.view = [];
  simulation.apply({ type: 'crash', node: 'b' });
  simulation.run(100);
  claim(a, b, 'alive', 0, 1);
  simulation.run(100);
  expect(simulation.violations).toHaveLength(1);
});

test('convergence: views that differ are caught, once all has been quiet for the bound', () => {
  const { simulation, a, b, c } = trio(new Convergence({ boundMs: 1_000 }));
  for (const host of [a, b]) host.protocol.sum = 7;
  simulation.schedule(500, { type: 'partition', groups: [['c']] });
  simulation.schedule(3_000, { type: 'heal' });
  simulation.run(3_950);
  expect(simulation.violations).toEqual([]);
  simulation.run(200);
  expect(told(simulation)).toEqual(['c 4000: its view differs from that of a']);
  c.protocol.sum = 7;
  simulation.run(5_000);
  expect(simulation.violations).toHaveLength(1);
});

test('convergence: views that differ for less than the bound at a time are no offence', () => {
  const { simulation, a } = trio(new Convergence({ boundMs: 1_000 }));
  for (let i = 0; i < 5; i++) {
    a.protocol.sum = 1;
    simulation.run(900);
    a.protocol.sum = 0;
    simulation.run(200);
  }
  expect(simulation.violations).toEqual([]);
  a.protocol.sum = 1;
  simulation.run(1_300);
  expect(new Set(simulation.violations.map(({ node }) => node))).toEqual(new Set(['b', 'c']));
});

test('convergence: other clusters need not agree', () => {
  const { simulation, a, b, c } = trio(new Convergence({ boundMs: 1_000 }));
  const stranger = simulation.add('stranger', {}, { cluster: 'another' });
  for (const host of [a, b, c]) host.protocol.sum = 7;
  stranger.protocol.sum = 8;
  simulation.run(5_000);
  expect(simulation.violations).toEqual([]);
});

test('unless collected, a violation stops the run and names the seed', () => {
  const simulation = new Simulation({
    design: puppet,
    seed: 42,
    network: { latency: { type: 'constant', ms: 10 } },
  });
  const a = simulation.add('a', {});
  const b = simulation.add('b', {});
  claim(a, b, 'dead');
  simulation.watch(new Accuracy({ graceMs: 1_000 }));
  const run = (): void => simulation.run(10_000);
  expect(run).toThrow(RunError);
  expect(run).toThrow(/^accuracy is violated: b is dead.* \(node a, 1000 ms .*, seed 42\)/);
  expect(simulation.elapsedMs).toBe(1_000);
});
