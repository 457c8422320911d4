import { ask, type AskResult } from '../src/lab/index.ts';
import { count, seconds, seeds, type BenchOptions, type Line } from './line.ts';

export function* queries(options: BenchOptions): Iterable<Line> {
  for (const nodes of [10, 100, 1000]) {
    for (const loss of [0, 0.1]) yield line(nodes, loss, options);
  }
}

function line(nodes: number, loss: number, options: BenchOptions): Line {
  const results = seeds(nodes < 1000 ? 20 : 10, options).map((seed) => {
    return ask({ nodes, loss, seed, deadlineMs: 5000, payloadBytes: 100, answerBytes: 200 });
  });
  const share = least(results, (one) => one.share);
  const lastMs = most(results, (one) => one.lastMs ?? Infinity);
  const bytes = mean(results, (one) => one.bytesPerMember);
  const packets = mean(results, (one) => one.packetsPerMember);
  const burst = most(results, (one) => one.burst);
  return {
    what:
      `${nodes} members are asked 100 B and answer 200 B, ${loss * 100} % loss: last answer, ` +
      `share of answers at worst; sent for it by each member; most answers in 10 ms`,
    on: `virtual time, ${results.length} seeds`,
    measured:
      `${seconds(lastMs)}, ${(share * 100).toFixed(1)} %; ` +
      `${count(bytes)} B, ${packets.toFixed(1)} packets; ${burst}`,
    target: '≥ 99 % in 5 s',
    met: share >= 0.99,
  };
}

function least(results: readonly AskResult[], of: (result: AskResult) => number): number {
  return Math.min(...results.map(of));
}

function most(results: readonly AskResult[], of: (result: AskResult) => number): number {
  return Math.max(...results.map(of));
}

function mean(results: readonly AskResult[], of: (result: AskResult) => number): number {
  return results.reduce((sum, one) => sum + of(one), 0) / results.length;
}
