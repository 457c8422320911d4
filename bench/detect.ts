import { detect, mean, median, quantile, sorted, type DetectResult } from '../src/lab/index.ts';
import { seconds, seeds, type BenchOptions, type Line } from './line.ts';

/** Min = α · log10 N · interval = 4 · 2 · 1 s at N = 100. */
const SUSPICION_MIN_MS = 8000;

export function* detection(options: BenchOptions): Iterable<Line> {
  yield* powerOff(options);
  yield* crashed(0, options);
  yield* crashed(0.05, options);
}

function runsOf(powerOff: boolean, loss: number, options: BenchOptions): DetectResult[] {
  return seeds(200, options).map((seed) =>
    detect({ design: 'hearsay', nodes: 100, crash: 1, powerOff, loss, seed }),
  );
}

function* powerOff(options: BenchOptions): Iterable<Line> {
  const results = runsOf(true, 0, options);
  const on = `N = 100, no loss, ${results.length} runs`;
  const first = sorted(results.map(({ firstSuspectedMs }) => firstSuspectedMs ?? Infinity));
  const suspicion = mean(first);
  yield {
    what: 'power-off: mean first suspicion',
    on,
    measured: `${seconds(suspicion)}, median ${seconds(median(first))}`,
    target: '≤ 2.2 intervals of 1 s',
    met: suspicion <= 2200,
  };
  const spread = sorted(
    results.map(({ allDeadMs, firstSuspectedMs }) => (allDeadMs ?? Infinity) - firstSuspectedMs!),
  );
  const p95 = quantile(spread, 0.95);
  const limitMs = SUSPICION_MIN_MS + 1500;
  yield {
    what: 'power-off: from the first suspicion until dead in all views, p95',
    on,
    measured: `${seconds(p95)}, median ${seconds(median(spread))}`,
    target: `≤ Min + 1.5 s (${seconds(limitMs)})`,
    met: p95 <= limitMs,
  };
}

function* crashed(loss: number, options: BenchOptions): Iterable<Line> {
  const results = runsOf(false, loss, options);
  const times = sorted(results.map(({ allDeadMs }) => allDeadMs ?? Infinity));
  const [middle, p95] = [median(times), quantile(times, 0.95)];
  yield {
    what: 'crashed process: dead in all views, median and p95',
    on: `N = 100, loss ${loss}, ${results.length} runs`,
    measured: `${seconds(middle)}, ${seconds(p95)}`,
    target: '≤ 3.2 s, ≤ 5.2 s',
    met: middle <= 3200 && p95 <= 5200,
  };
}
