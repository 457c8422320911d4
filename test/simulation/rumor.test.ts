/** The lab's synchronous kernel says what nodes do that are driven by events. */
import { expect, test } from 'vitest';
import { stopRule } from '../../src/blocks/rumors/index.ts';
import {
  deviation,
  mean,
  spreadRumors,
  type RumorMeasure,
  type RumorMode,
  type StopRuleName,
} from '../../src/lab/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { monger } from './monger.ts';

interface Setting {
  readonly mode: RumorMode;
  readonly fanout: number;
  readonly stop: StopRuleName;
  readonly k?: number;
}

const NODES = 100;
const ROUND_MS = 10;
/** All that a round sends has arrived, and been answered, by its half. */
const LATENCY_MS = 1;
const RUNS = 150;
/** The kernel is fast: its own error shall hardly count. */
const KERNEL_RUNS = 2000;
const RUMOR = { id: 'r', content: 'r', bytes: 100 };

function world({ mode, fanout, stop, k }: Setting, nodes: number, seed: number) {
  const network = { latency: { type: 'constant', ms: LATENCY_MS } } as const;
  const simulation = new Simulation({ design: monger, seed, network });
  const rule = stopRule(stop, k);
  for (let i = 0; i < nodes; i++) {
    const rumors = i === 0 ? [RUMOR] : [];
    simulation.add(`n${i}`, { mode, fanout, rule, roundMs: ROUND_MS, rumors });
  }
  return simulation;
}

/** One rumor by events; looked at in the middle of each round. */
function spread(setting: Setting, seed: number): Record<RumorMeasure, number> {
  const simulation = world(setting, NODES, seed);
  const nodes = () => simulation.hosts.map(({ protocol }) => protocol);
  const count = () => nodes().filter(({ table }) => table.knows('r')).length;
  let known = 1;
  let lastTold = 0;
  let round = 0;
  simulation.run(ROUND_MS / 2);
  for (;;) {
    if (setting.stop === 'none' && known === NODES) break;
    simulation.run(ROUND_MS);
    // That nobody is hot any more shows when the next round would begin.
    if (nodes().every(({ table }) => !table.isHot)) break;
    round++;
    const now = count();
    if (now > known) lastTold = round;
    known = now;
  }
  const messages = nodes().reduce((sum, { tellings }) => sum + tellings, 0);
  const residue = 1 - known / NODES;
  return { rounds: round, lastTold, residue, messagesPerNode: messages / NODES };
}

test.each<Setting>([
  { mode: 'push', fanout: 1, stop: 'none' },
  { mode: 'push', fanout: 3, stop: 'infect-and-die' },
  { mode: 'push', fanout: 1, stop: 'feedback-counter', k: 2 },
  { mode: 'push', fanout: 2, stop: 'feedback-coin', k: 3 },
  { mode: 'push', fanout: 1, stop: 'blind-coin', k: 4 },
  { mode: 'push', fanout: 3, stop: 'transmit-limited', k: 4 },
  { mode: 'pull', fanout: 1, stop: 'none' },
  { mode: 'pull', fanout: 1, stop: 'feedback-counter', k: 1 },
  { mode: 'push-pull', fanout: 1, stop: 'none' },
  { mode: 'push-pull', fanout: 1, stop: 'feedback-counter', k: 1 },
])('as the kernel: $mode, fanout $fanout, $stop, k = $k', (setting) => {
  const runs = Array.from({ length: RUNS }, (_, run) => spread(setting, 1 + run));
  const kernel = spreadRumors({ ...setting, nodes: NODES, runs: KERNEL_RUNS, seed: 1 }).values;
  for (const measure of ['rounds', 'lastTold', 'residue', 'messagesPerNode'] as const) {
    const values = runs.map((run) => run[measure]);
    const errors = deviation(values) ** 2 / RUNS + deviation(kernel[measure]) ** 2 / KERNEL_RUNS;
    const [events, rounds] = [mean(values), mean(kernel[measure])];
    expect(Math.abs(events - rounds), `${measure}: ${events}, not ${rounds}`).toBeLessThanOrEqual(
      3 * Math.sqrt(errors),
    );
  }
});

test('who pushes sleeps while nothing is hot', () => {
  const setting = { mode: 'push', fanout: 3, stop: 'infect-and-die' } as const;
  const simulation = world(setting, 20, 1);
  simulation.run(1000 * ROUND_MS);
  for (const { protocol } of simulation.hosts) {
    // One round to tell, one to find that it is cooled.
    expect(protocol.rounds).toBe(protocol.table.knows('r') ? 2 : 0);
  }
  const { events } = simulation.counters;
  simulation.run(1000 * ROUND_MS);
  expect(simulation.counters.events).toBe(events);
});
