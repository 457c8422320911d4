import { expect, test } from 'vitest';
import { puppet, type PuppetHost } from '../../../test/simulation/puppet.ts';
import { broken, type MemberView, type Status } from '../../core/index.ts';
import { RunError } from '../run-error.ts';
import { Simulation } from '../simulation.ts';
import { Accuracy } from './accuracy.ts';
import { Bounded } from './bounded.ts';
import type { Checker, Violation } from './checker.ts';
import { Completeness } from './completeness.ts';
import { Departure } from './departure.ts';
import { Invariants } from './invariants.ts';
import { Convergence } from './convergence.ts';
import { NoGhosts } from './no-ghosts.ts';
import { NoResurrection } from './no-resurrection.ts';
import { NoStuckSuspicion } from './no-stuck-suspicion.ts';
import { OneLife } from './one-life.ts';

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

test('accuracy: a past life is an excuse until its heir has been let in for a while', () => {
  const { simulation, a, b } = trio(new Accuracy({ graceMs: 1_000 }));
  claim(a, b, 'dead');
  simulation.apply({ type: 'restart', node: 'b' });
  simulation.run(5_000);
  claim(b, b, 'alive');
  simulation.run(900);
  expect(simulation.violations).toEqual([]);
  simulation.run(300);
  expect(told(simulation)).toEqual(['a 6100: b is dead, though nothing was wrong with it']);
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

test('no resurrection: who began anew between two looks has forgotten as well', () => {
  const { simulation, a, b } = trio(new NoResurrection());
  for (const forgettings of [1, 1]) {
    claim(a, b, 'dead', 0, 1);
    simulation.run(100);
    a.protocol.forgettings = forgettings;
    claim(a, b, 'suspect', 0, 1);
    simulation.run(100);
  }
  expect(told(simulation)).toEqual(['a 400: b is suspect again after dead, start 1, counter 0']);
});

test('no resurrection: a life that runs is newer than a dead one of the same start', () => {
  const { simulation, a, b } = trio(new NoResurrection());
  claim(a, b, 'dead');
  const [past] = a.protocol.view;
  simulation.run(100);
  simulation.apply({ type: 'restart', node: 'b' });
  claim(a, b, 'alive');
  simulation.run(100);
  expect(simulation.violations).toEqual([]);
  a.protocol.view = [{ ...past!, status: 'alive' }];
  simulation.run(100);
  expect(simulation.violations).toHaveLength(1);
});

test('no resurrection: who came back rightly may vanish while still believed in', () => {
  const { simulation, a, b } = trio(new NoResurrection());
  claim(a, b, 'dead');
  simulation.run(100);
  a.protocol.view = [];
  simulation.run(100);
  claim(a, b, 'alive');
  simulation.run(100);
  simulation.apply({ type: 'crash', node: 'b' });
  simulation.run(100);
  expect(simulation.violations).toEqual([]);
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

test('departure: a leaver whom all views hold for dead is caught', () => {
  const { simulation, a, b, c } = trio(new Departure({ boundMs: 1_000 }));
  simulation.run(2_000);
  for (const host of [a, c]) claim(host, b, 'dead');
  claim(c, b, 'left');
  b.call((_, env) => env.stop('left'));
  simulation.run(3_000);
  expect(simulation.violations).toEqual([]);
  claim(c, b, 'dead');
  simulation.run(1_000);
  expect(told(simulation)[0]).toMatch(/^a \d+: b is dead, though it has left$/);
});

test('invariants: what code says of itself', () => {
  const { simulation, a } = trio(new Completeness({ boundMs: 1 }));
  simulation.watch(new Invariants(simulation.marks), { everyMs: 100, collect: true });
  simulation.run(500);
  expect(simulation.violations).toEqual([]);
  a.call(() => broken('the impossible'));
  simulation.run(200);
  expect(simulation.violations).toMatchObject([{ node: '', text: 'the impossible' }]);
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

test('convergence: views that differ under one checksum are caught', () => {
  const { simulation, a, b, c } = trio(new Convergence({ boundMs: 1_000, counters: true }));
  for (const host of [a, b, c]) claim(host, b, 'alive', 3);
  simulation.run(2_000);
  expect(simulation.violations).toEqual([]);
  claim(c, b, 'suspect', 3);
  claim(c, a, 'dead');
  simulation.run(2_000);
  expect(simulation.violations).toEqual([]);
  claim(c, b, 'alive', 4);
  simulation.run(1_050);
  expect(told(simulation).map((text) => text.slice(-35))).toEqual([
    'c 5000: its view differs from that of a'.slice(-35),
  ]);
});

test('promises are not held to in a network worse than its model, nor right after', () => {
  const storms = [
    [
      { type: 'loss', loss: 0.1 },
      { type: 'loss', loss: 0 },
    ],
    [
      { type: 'reordering', fraction: 0.1, byMs: 300 },
      { type: 'reordering', fraction: 0, byMs: 0 },
    ],
    [
      { type: 'bandwidth', bitsPerSecond: 1_000 },
      { type: 'bandwidth', bitsPerSecond: 0 },
    ],
    [
      { type: 'latency', latency: { type: 'constant', ms: 300 } },
      { type: 'latency', latency: { type: 'constant', ms: 10 } },
    ],
    [{ type: 'one-way-cut', from: ['a'], to: ['c'] }, { type: 'heal' }],
    [{ type: 'pair-cut', pairs: [['a', 'c']] }, { type: 'heal' }],
    [
      { type: 'drift', node: 'a', rate: 1.02 },
      { type: 'drift', node: 'a', rate: 1 },
    ],
  ] as const;
  for (const [begin, end] of storms) {
    const { simulation, a, b } = trio(new Accuracy({ graceMs: 1_000 }));
    claim(a, b, 'dead');
    simulation.apply(begin);
    simulation.run(3_000);
    expect(simulation.violations).toEqual([]);
    simulation.apply(end);
    simulation.run(900);
    expect(simulation.violations).toEqual([]);
    simulation.run(200);
    expect(simulation.violations).toHaveLength(1);
  }
});

test('packets that arrive twice and clocks that are off by little are no excuse', () => {
  const { simulation, a, b } = trio(new Accuracy({ graceMs: 1_000 }));
  claim(a, b, 'dead');
  simulation.apply({ type: 'duplication', fraction: 0.5, node: 'b' });
  simulation.apply({ type: 'drift', node: 'b', rate: 1.001 });
  simulation.run(1_200);
  expect(simulation.violations).toHaveLength(1);
});

test('bounded: a node that holds more than its bound, or too many timers, is caught', () => {
  const { simulation, a, b, c } = trio(new Bounded({ timersMax: 3 }));
  const hold = (host: PuppetHost, count: number): void => {
    host.protocol.held = [{ what: 'wishes', count, countMax: 3 }];
  };
  const wait = (host: PuppetHost, ms: number): void => host.call((_, env) => env.after(ms, 1));
  for (const host of [a, b, c]) hold(host, 3);
  for (const ms of [10_000, 20_000, 30_000]) for (const host of [a, b, c]) wait(host, ms);
  for (const ms of [1, 2, 3]) wait(c, ms);
  simulation.run(1_000);
  expect(simulation.violations).toEqual([]);
  hold(a, 4);
  wait(b, 40_000);
  simulation.run(100);
  expect(simulation.violations.map(({ node, text }) => `${node}: ${text}`)).toEqual([
    'a: it holds more than 3 wishes',
    'b: more than 3 timers are pending',
  ]);
});

test("bounded: an earlier life's timers do not count", () => {
  const { simulation, a } = trio(new Bounded({ timersMax: 3 }));
  for (let life = 0; life < 5; life++) {
    for (let i = 0; i < 3; i++) a.call((_, env) => env.after(60_000, 1));
    simulation.run(200);
    simulation.apply({ type: 'restart', node: 'a' });
  }
  expect(simulation.violations).toEqual([]);
});

test('no ghosts: who never ran, or not in that life or cluster, is caught', () => {
  const { simulation, a, b, c } = trio(new NoGhosts());
  const stranger = simulation.add('stranger', {}, { cluster: 'another' });
  simulation.run(1);
  claim(a, b, 'alive');
  const { self: former } = c;
  simulation.apply({ type: 'restart', node: 'c' });
  a.protocol.view = [...a.protocol.view, { ...a.protocol.view[0]!, name: 'c', peer: former }];
  simulation.run(200);
  expect(simulation.violations).toEqual([]);
  const nobody = { ...a.protocol.view[0]!, name: 'nobody', status: 'dead' } as const;
  b.protocol.view = [nobody];
  claim(c, stranger, 'alive');
  a.protocol.view = [{ ...a.protocol.view[0]!, peer: former }];
  simulation.run(100);
  expect(simulation.violations.map(({ node, text }) => `${node}: ${text}`)).toEqual([
    'a: b is alive in a life it never had',
    'b: nobody never ran in simulated',
    'c: stranger never ran in simulated',
  ]);
});

test('no ghosts, where lies are told: a ghost may count as living for a while, and be gone', () => {
  const { simulation, a, b, c } = trio(new NoGhosts({ boundMs: 1_000 }));
  claim(a, b, 'alive');
  const [told] = a.protocol.view;
  a.protocol.view = [{ ...told!, name: 'nobody' }];
  b.protocol.view = [{ ...told!, name: 'nobody', status: 'left' }];
  c.protocol.view = [{ ...told!, name: 'c', status: 'suspect' }];
  simulation.run(1_000);
  expect(simulation.violations).toEqual([]);
  c.protocol.view = [{ ...told!, name: 'c', status: 'left' }];
  simulation.run(1_000);
  c.protocol.view = [{ ...told!, name: 'c' }];
  simulation.run(900);
  expect(simulation.violations.map(({ node, text }) => `${node}: ${text}`)).toEqual([
    'a: nobody never ran in simulated',
  ]);
});

test('one life: two of a name, or one that is over or elsewhere now, is caught in calm', () => {
  const { simulation, a, b, c } = trio(new OneLife({ boundMs: 1_000 }));
  for (const about of [a, b, c]) claim(a, about, 'alive');
  const { self: former } = c;
  simulation.run(2_000);
  expect(simulation.violations).toEqual([]);
  simulation.apply({ type: 'restart', node: 'c' });
  simulation.run(900);
  expect(simulation.violations).toEqual([]);
  simulation.run(200);
  expect(told(simulation)).toEqual(['a 3100: c is alive in a life that is over, start 1']);
  claim(a, c, 'alive');
  const twin = { ...a.protocol.view.find(({ name }) => name === 'c')!, peer: former };
  a.protocol.view = [...a.protocol.view, { ...twin, status: 'dead' }];
  simulation.run(500);
  expect(simulation.violations).toHaveLength(1);
  a.protocol.view = [...a.protocol.view, { ...twin, peer: c.self }];
  simulation.run(100);
  expect(told(simulation).at(-1)).toBe('a 3700: c lives twice');
  a.protocol.view = [];
  claim(b, c, 'suspect');
  simulation.apply({ type: 'move', node: 'c', address: '10.1.1.1:7946' });
  simulation.run(1_500);
  expect(told(simulation).at(-1)).toMatch(/^b .*c is suspect in a life that is over/);
});

test('no stuck suspicion: one that neither ends nor is renewed is caught', () => {
  const { simulation, a, b, c } = trio(new NoStuckSuspicion({ boundMs: 1_000 }));
  claim(a, b, 'suspect');
  for (let counter = 0; counter < 5; counter++) {
    claim(c, b, 'suspect', counter);
    simulation.run(900);
    if (counter === 0) expect(simulation.violations).toEqual([]);
  }
  expect(simulation.violations.map(({ node }) => node)).toEqual(['a']);
  expect(told(simulation)).toEqual(['a 1200: b has been suspect since 100 ms']);
});

test('no stuck suspicion: a paused node cannot end one', () => {
  const { simulation, a, b } = trio(new NoStuckSuspicion({ boundMs: 1_000 }));
  claim(a, b, 'suspect');
  simulation.run(500);
  simulation.apply({ type: 'pause', node: 'a' });
  simulation.run(5_000);
  simulation.apply({ type: 'resume', node: 'a' });
  simulation.run(900);
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
