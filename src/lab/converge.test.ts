import { expect, test } from 'vitest';
import { converge, type ConvergeOptions } from './converge.ts';

const textbook: ConvergeOptions = { design: 'heartbeat', nodes: 100, fanout: 3, loss: 0, seed: 1 };

test.each([
  ['push', 3, 7],
  ['push-pull', 2, 4],
] as const)('a hundred nodes by %s take %i to %i rounds', (mode, low, high) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { converged, rounds, timeMs, messagesPerNode } = converge({ ...textbook, mode, seed });
    expect(converged).toBe(true);
    expect(rounds).toBeGreaterThanOrEqual(low);
    expect(rounds).toBeLessThanOrEqual(high);
    expect(timeMs).toBeLessThan(500 * (high + 1));
    expect(messagesPerNode).toBeGreaterThan(3 * (low - 1));
  }
});

test('the same seed gives the same run, another gives another', () => {
  const once = converge({ ...textbook, nodes: 20 });
  expect(converge({ ...textbook, nodes: 20 })).toEqual(once);
  expect(converge({ ...textbook, nodes: 20, seed: 2 }).traceHash).not.toBe(once.traceHash);
});

test('one node alone has converged; with everything lost nobody has', () => {
  const alone = converge({ ...textbook, nodes: 1 });
  expect([alone.converged, alone.rounds, alone.timeMs]).toEqual([true, 0, 0]);
  const lost = converge({ ...textbook, nodes: 3, loss: 1 });
  expect([lost.converged, lost.rounds, lost.timeMs]).toEqual([false, null, null]);
});

test('a mode is for the design that has modes', () => {
  expect(() => converge({ ...textbook, design: 'hearsay', mode: 'push' })).toThrow(/^mode: /);
});
