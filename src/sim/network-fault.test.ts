import { expect, test } from 'vitest';
import type { NetworkModel } from '../blocks/network/index.ts';
import { isWorse, type NetworkFault } from './network-fault.ts';

const MODEL: NetworkModel = {
  latency: { type: 'constant', ms: 10 },
  loss: 0.05,
  reordering: { fraction: 0.1, byMs: 20 },
  bandwidth: { bitsPerSecond: 1_000_000 },
};

const EQUAL: readonly NetworkFault[] = [
  { type: 'loss', loss: 0.05 },
  { type: 'loss', loss: 0, node: 'a' },
  { type: 'duplication', fraction: 1 },
  { type: 'reordering', fraction: 0.1, byMs: 20 },
  { type: 'reordering', fraction: 0, byMs: 500 },
  { type: 'bandwidth', bitsPerSecond: 0, node: 'a' },
  { type: 'bandwidth', bitsPerSecond: 1_000_000, queueBytesMax: 9 },
  { type: 'slow', node: 'a', byMs: 0 },
  { type: 'latency', latency: { type: 'constant', ms: 10 } },
];

const WORSE: readonly NetworkFault[] = [
  { type: 'loss', loss: 0.06 },
  { type: 'loss', loss: 0.01, node: 'a' },
  { type: 'reordering', fraction: 0.2, byMs: 20 },
  { type: 'reordering', fraction: 0.1, byMs: 21 },
  { type: 'reordering', fraction: 0.1, byMs: 20, node: 'a' },
  { type: 'bandwidth', bitsPerSecond: 999_999 },
  { type: 'slow', node: 'a', byMs: 1 },
  { type: 'latency', latency: { type: 'constant', ms: 11 } },
];

test('what is no worse than the model excuses nothing', () => {
  for (const fault of EQUAL)
    expect({ fault, is: isWorse(fault, MODEL) }).toEqual({ fault, is: false });
  for (const fault of WORSE)
    expect({ fault, is: isWorse(fault, MODEL) }).toEqual({ fault, is: true });
});
