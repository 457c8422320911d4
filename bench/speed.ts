import { median, openTrial, sorted, SpeedRun } from '../src/lab/index.ts';
import { Busy } from './busy.ts';
import { randomReadNs } from './memory-latency.ts';
import { count, seeds, type BenchOptions, type Line } from './line.ts';

const NODES = 2000;

interface Timed {
  readonly events: number;
  readonly eventsPerNodePerSecond: number;
  readonly perSecond: number;
}

export function* speed(options: BenchOptions): Iterable<Line> {
  const readNs = randomReadNs(64);
  const busy = new Busy();
  const runs = seeds(5, options).map((seed) => timedRun(seed));
  const load = `N = ${count(NODES)}, 5 % loss, 10 crashes at 10 s, 120 s virtual`;
  const machine = `${busy.text}, a random read in 64 MB takes ${readNs.toFixed(0)} ns`;
  const on = `${load}, ${runs.length} runs; ${machine}`;
  const medians = (of: (timed: Timed) => number): Record<keyof (typeof runs)[number], number> => ({
    quiet: median(sorted(runs.map(({ quiet }) => of(quiet)))),
    storm: median(sorted(runs.map(({ storm }) => of(storm)))),
    whole: median(sorted(runs.map(({ whole }) => of(whole)))),
  });
  const rate = medians(({ perSecond }) => perSecond / 1e6);
  yield {
    what: 'flagship: million events a second, median (quiet time; storm of news)',
    on,
    measured: `${rate.whole.toFixed(2)} (${rate.quiet.toFixed(2)}; ${rate.storm.toFixed(2)})`,
    target: '≥ 0.90',
    met: rate.whole >= 0.9,
  };
  const events = medians(({ eventsPerNodePerSecond }) => eventsPerNodePerSecond);
  yield {
    what: 'flagship: events per node and second, median (quiet time; storm of news)',
    on,
    measured: `${events.whole.toFixed(1)} (${events.quiet.toFixed(1)}; ${events.storm.toFixed(1)})`,
    target: '≤ 12',
    met: events.whole <= 12,
  };
  for (const nodes of [5000, 10_000]) yield larger(nodes);
  const bytes = bytesPerEntry();
  yield {
    what: 'flagship: memory for each entry of a view',
    on: `N = ${count(NODES)} converged, heap and buffers after collection, ÷ N·(N−1)`,
    measured: `${bytes.toFixed(1)} B`,
    target: '≤ 48 B',
    met: bytes <= 48,
  };
}

function timedRun(
  seed: number,
  { nodes = NODES, seconds = 120 } = {},
): { quiet: Timed; storm: Timed; whole: Timed } {
  globalThis.gc?.();
  const run = new SpeedRun({ design: 'hearsay', seed, nodes, seconds });
  const begun = performance.now();
  const quiet = run.quiet();
  const calm = performance.now();
  const storm = run.storm();
  const ended = performance.now();
  const whole = {
    events: quiet.events + storm.events,
    eventsPerNodePerSecond:
      (quiet.events + storm.events) / nodes / (quiet.virtualSeconds + storm.virtualSeconds),
  };
  return {
    quiet: { ...quiet, perSecond: (quiet.events * 1000) / (calm - begun) },
    storm: { ...storm, perSecond: (storm.events * 1000) / (ended - calm) },
    whole: { ...whole, perSecond: (whole.events * 1000) / (ended - begun) },
  };
}

/** Shorter, since what it shows is how memory slows a larger cluster down. */
function larger(nodes: number): Line {
  const busy = new Busy();
  const { quiet, storm, whole } = timedRun(1, { nodes, seconds: 30 });
  const [all, calm, stormy] = [whole, quiet, storm].map(({ perSecond }) => perSecond / 1e6);
  return {
    what: 'flagship: million events a second (quiet time; storm of news)',
    on: `N = ${count(nodes)}, 5 % loss, 10 crashes at 10 s, 30 s virtual, 1 run; ${busy.text}`,
    measured: `${all!.toFixed(2)} (${calm!.toFixed(2)}; ${stormy!.toFixed(2)})`,
    target: '–',
  };
}

/** What a converged cluster holds, over the entries of its views. */
function bytesPerEntry(): number {
  const before = heldBytes();
  const trial = openTrial({
    design: 'hearsay',
    nodes: NODES,
    seed: 1,
    loss: 0.05,
    start: 'converged',
  });
  trial.runUntil(10_000);
  const after = heldBytes();
  // The trial must outlive the measurement.
  return trial.live(0) === NODES ? (after - before) / (NODES * (NODES - 1)) : Number.NaN;
}

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
