import { expect, test } from 'vitest';
import { STOP_RULES, stopRule } from '../../blocks/rumors/index.ts';
import { RUMOR_MODES, RumorKernel } from './kernel.ts';

const each = RUMOR_MODES.flatMap((mode) => STOP_RULES.map((stop) => [mode, stop] as const));

test.each(each)('%s until %s: every run adds up', (mode, stop) => {
  const rule = stop === 'none' || stop === 'infect-and-die' ? stopRule(stop) : stopRule(stop, 2);
  const nodes = 50;
  const kernel = new RumorKernel({ mode, fanout: 2, rule, nodes });
  for (let seed = 0; seed < 20; seed++) {
    const run = kernel.run(seed);
    const last = run.known.at(-1)!;
    expect(run.known).toHaveLength(run.rounds + 1);
    expect(run.known.toSorted((a, b) => a - b)).toEqual(run.known);
    expect(run.known[0]).toBe(1);
    expect(run.residue).toBeCloseTo(1 - last / nodes, 12);
    expect(run.lastTold).toBe(run.known.indexOf(last));
    expect(run.messages).toBeGreaterThanOrEqual(last - 1); // Each was told by one of them.
    if (stop === 'none') expect([last, run.lastTold]).toEqual([nodes, run.rounds]);
    expect(kernel.run(seed)).toEqual(run); // Nothing is left over from the run before.
  }
});

test('one node alone knows at once; without a rule there is nothing to do', () => {
  const alone = (stop: 'none' | 'infect-and-die') =>
    new RumorKernel({ mode: 'push', fanout: 1, rule: stopRule(stop), nodes: 1 }).run(1);
  expect(alone('none')).toEqual({ rounds: 0, lastTold: 0, residue: 0, messages: 0, known: [1] });
  expect(alone('infect-and-die')).toMatchObject({ rounds: 1, residue: 0, messages: 1 });
});

test('in a push with two contacts a round, nobody can be told faster than threefold', () => {
  const kernel = new RumorKernel({ mode: 'push', fanout: 2, rule: stopRule('none'), nodes: 5000 });
  const { known } = kernel.run(3);
  for (const [round, count] of known.entries()) {
    if (round > 0) expect(count).toBeLessThanOrEqual(3 * known[round - 1]!);
  }
});
