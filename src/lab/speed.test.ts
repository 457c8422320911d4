import { expect, test } from 'vitest';
import { SpeedRun } from './speed.ts';
import { DESIGN_NAMES } from './trial.ts';

test.each(DESIGN_NAMES)('%s: two phases, counted apart', (design) => {
  const run = new SpeedRun({ design, seed: 1, nodes: 20, crash: 2, seconds: 30 });
  const [quiet, storm] = [run.quiet(), run.storm()];
  expect([quiet.virtualSeconds, storm.virtualSeconds]).toEqual([10, 20]);
  for (const phase of [quiet, storm]) {
    expect(phase.events).toBeGreaterThan(0);
    expect(phase.eventsPerNodePerSecond).toBeCloseTo(phase.events / 20 / phase.virtualSeconds, 9);
  }
});

test('more must live than crash, and longer than the quiet time', () => {
  const options = { design: 'heartbeat', seed: 1, nodes: 5 } as const;
  expect(() => new SpeedRun({ ...options, crash: 5 })).toThrow('crash fewer than all');
  expect(() => new SpeedRun({ ...options, crash: 1, seconds: 10 })).toThrow('run above 10 s');
});
