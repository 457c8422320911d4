import { expect, test } from 'vitest';
import { pinger } from '../../test/simulation/pinger.ts';
import { puppet } from '../../test/simulation/puppet.ts';
import { parseReplay, recordReplay, runReplay } from './replay.ts';
import { runScenario, scenarioDesign, type GivenConfig } from './run-scenario.ts';
import { parseScenario, type Scenario } from './scenario.ts';

const given: GivenConfig[] = [];

const designs = {
  pinger: scenarioDesign(
    pinger,
    ({ name, intervalMs }) => ({ name, intervalMs: Number(intervalMs), streamEvery: 5 }),
    { rest: (_, env) => env.stop('tired') },
  ),
  puppet: scenarioDesign(puppet, (config) => {
    given.push(config);
    return {
      onStart(env, { view }): void {
        if (config['throws'] === true) throw new Error('I cannot');
        if (view.length === 0) env.after(1, 1);
      },
    };
  }),
};

const scenario: Scenario = {
  version: 1,
  build: 'test 1',
  seed: 7,
  design: 'pinger',
  config: { intervalMs: 100 },
  nodes: 10,
  network: { latency: { type: 'lognormal', medianMs: 20, sigma: 0.4 }, loss: 0.05 },
  faults: [
    { atMs: 500, type: 'crash', node: 'n3' },
    { atMs: 700, type: 'restart', node: 'n3', saved: 'wiped' },
    { atMs: 800, type: 'restart', node: 'n3', address: '10.9.9.9:1' },
    { atMs: 900, type: 'power-off', node: 'n4' },
    { atMs: 900, type: 'command', node: 'n4', command: 'rest' },
    { atMs: 1_000, type: 'pause', node: 'n5' },
    { atMs: 1_100, type: 'starve', node: 'n6' },
    { atMs: 1_200, type: 'partition', groups: [['n1', 'n2']], mode: 'reject', name: 'east' },
    { atMs: 1_300, type: 'tcp-port', node: 'n7', is: 'drops' },
    { atMs: 1_400, type: 'loss', loss: 0.5, node: 'n8' },
    { atMs: 1_450, type: 'slow', node: 'n0', byMs: 15 },
    { atMs: 1_500, type: 'latency', latency: { type: 'constant', ms: 5 } },
    { atMs: 1_510, type: 'one-way-cut', from: ['n8'], to: ['n9', 'n0'], name: 'mute' },
    { atMs: 1_520, type: 'pair-cut', pairs: [['n2', 'n0']], mode: 'reject', name: 'apart' },
    { atMs: 1_530, type: 'listener-restart', node: 'n0', forMs: 3_000 },
    { atMs: 1_540, type: 'descriptors', node: 'n8', are: 'short' },
    { atMs: 1_550, type: 'book', node: 'n2', is: 'full' },
    { atMs: 1_560, type: 'duplication', fraction: 0.2 },
    { atMs: 1_570, type: 'reordering', fraction: 0.3, byMs: 40, node: 'n1' },
    { atMs: 1_580, type: 'bandwidth', bitsPerSecond: 100_000, queueBytesMax: 2_000 },
    { atMs: 1_590, type: 'drift', node: 'n0', rate: 1.2 },
    { atMs: 1_595, type: 'move', node: 'n1', address: '10.9.9.8:1' },
    { atMs: 1_600, type: 'command', node: 'n9', command: 'rest' },
    { atMs: 2_000, type: 'resume', node: 'n5' },
    { atMs: 2_000, type: 'feed', node: 'n6' },
    { atMs: 2_000, type: 'heal', name: 'east' },
  ],
  untilMs: 5_000,
  checks: [
    { type: 'completeness', boundMs: 1_000 },
    { type: 'accuracy', graceMs: 1_000 },
    { type: 'no-resurrection' },
    { type: 'convergence', boundMs: 1_000 },
  ],
};

test('a scenario is data: through JSON and back it runs the same', () => {
  const outcome = runScenario(scenario, designs);
  const copy = parseScenario(JSON.parse(JSON.stringify(scenario)));
  expect(copy).toEqual(scenario);
  expect(runScenario(copy, designs)).toEqual(outcome);
  expect(outcome.traceHash).toMatch(/^[0-9a-f]{16}$/);
  expect(outcome.counters.packets).toBeGreaterThan(300);
  expect(outcome.violations).toEqual([]);
  expect(runScenario({ ...scenario, wire: true }, designs).traceHash).toBe(outcome.traceHash);
  expect(runScenario({ ...scenario, seed: 8 }, designs).traceHash).not.toBe(outcome.traceHash);
});

test('each fault counts: without it the run is another', () => {
  const { traceHash } = runScenario(scenario, designs);
  // A command to a node without power does nothing, and these nodes keep no routes.
  const inert = new Set([scenario.faults[4], scenario.faults.find(({ type }) => type === 'book')]);
  for (const fault of scenario.faults) {
    const faults = scenario.faults.filter((other) => other !== fault);
    const without = runScenario({ ...scenario, faults }, designs).traceHash;
    expect({ fault, isInert: without === traceHash }).toEqual({ fault, isInert: inert.has(fault) });
  }
});

test('what a handler throws is part of the outcome', () => {
  const nodes = [{ name: 'a' }, { name: 'b', atMs: 40, config: { throws: true } }];
  const outcome = runScenario({ ...scenario, design: 'puppet', nodes, faults: [] }, designs);
  expect(outcome.failure).toMatchObject({ node: 'b', atMs: 40 });
  expect(outcome.failure?.text).toContain('I cannot');
});

test('violations are part of the outcome', () => {
  const liar = scenarioDesign(puppet, ({ name }) => ({
    onStart: (_, self): void => {
      self.sum = name.length;
    },
  }));
  const nodes = [{ name: 'a' }, { name: 'bb' }];
  const run = { ...scenario, design: 'liar', nodes, faults: [] };
  expect(runScenario(run, { liar }).violations).toEqual([
    { checker: 'convergence', atMs: 1_000, node: 'bb', text: 'its view differs from that of a' },
  ]);
});

test('a node is configured by the scenario, then by itself; the first one is the seed', () => {
  given.length = 0;
  const config = { color: 'red', name: 'ignored', size: 1 };
  const nodes = [
    { name: 'a', address: '10.2.2.2:1' },
    { name: 'b', config: { size: 2 } },
  ];
  runScenario({ ...scenario, design: 'puppet', config, nodes, faults: [] }, designs);
  const seeds = ['10.2.2.2:1'];
  expect(given).toEqual([
    { seeds, color: 'red', size: 1, name: 'a' },
    { seeds, color: 'red', size: 2, name: 'b' },
  ]);
});

test('a replay says whether the trace is the same, and whether the build is', () => {
  const replay = recordReplay(scenario, runScenario(scenario, designs));
  const file = parseReplay(JSON.parse(JSON.stringify(replay)));
  const outcome = runScenario(scenario, designs);
  expect(runReplay(file, designs, 'test 1')).toEqual({ isSame: true, outcome });
  const other = { ...file, scenario: { ...scenario, seed: 8 } };
  expect(runReplay(other, designs, 'test 2')).toMatchObject({
    isSame: false,
    builds: { recorded: 'test 1', running: 'test 2' },
  });
});

test('what is wrong in a file is named', () => {
  const wrong: [Record<string, unknown>, string][] = [
    [{ version: 2 }, 'scenario.version: give one of 1, not 2'],
    [{ seed: 0.5 }, 'scenario.seed: give an integer'],
    [{ build: undefined }, 'scenario.build: give a text, not nothing'],
    [{ nodes: 0 }, 'scenario.nodes: give an integer from 1'],
    [{ nodes: [{}] }, 'scenario.nodes[0].name: give a text, not nothing'],
    [{ network: {} }, 'scenario.network.latency: give an object'],
    [{ network: { latency: { type: 'constant' } } }, 'scenario.network.latency.ms: give a number'],
    [{ faults: [{ type: 'quake' }] }, 'scenario.faults[0].type: give one of crash, power-off'],
    [{ faults: [{ type: 'crash', node: 'a' }] }, 'scenario.faults[0].atMs: give a number'],
    [{ faults: [{ type: 'heal', atMs: 1, hard: 1 }] }, 'scenario.faults[0].hard: give no such'],
    [{ checks: {} }, 'scenario.checks: give a list'],
    [{ wire: 'yes' }, 'scenario.wire: give true or false'],
    [{ colour: 'red' }, 'scenario.colour: give no such field, not "red"'],
  ];
  for (const [change, message] of wrong) {
    const parse = (): unknown => parseScenario({ ...scenario, ...change });
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  }
  expect(() => parseReplay({ version: 1, scenario: {}, traceHash: '' })).toThrow(
    'scenario.version',
  );
  expect(() => runScenario({ ...scenario, design: 'toString' }, designs)).toThrow(
    'no design "toString"; there are pinger, puppet',
  );
  const faults = [{ atMs: 1, type: 'command', node: 'n1', command: 'fly' }] as const;
  expect(() => runScenario({ ...scenario, faults }, designs)).toThrow('no command "fly"');
});
