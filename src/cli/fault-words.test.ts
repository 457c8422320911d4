import { expect, test } from 'vitest';
import type { ScenarioFault } from '../sim/index.ts';
import { faultWords } from './fault-words.ts';

type Untimed<F = ScenarioFault> = F extends unknown ? Omit<F, 'atMs'> : never;

const WORDS: readonly [Untimed, string][] = [
  [{ type: 'crash', node: 'a' }, 'crash a'],
  [{ type: 'restart', node: 'a' }, 'restart a, log kept'],
  [
    { type: 'restart', node: 'a', saved: 'wiped', address: '10.0.0.9:1' },
    'restart a, log wiped, at 10.0.0.9:1',
  ],
  [{ type: 'command', node: 'a', command: 'leave' }, 'a: leave'],
  [{ type: 'command', node: 'a', command: 'evict', argument: 'b' }, 'a: evict b'],
  [
    { type: 'partition', groups: [['a', 'b'], ['c']], name: 'x' },
    'partition "x", dropping: a b | c | the rest',
  ],
  [
    { type: 'one-way-cut', from: ['a'], to: ['b', 'c'], mode: 'reject' },
    'one-way-cut, rejecting: a → b c',
  ],
  [
    {
      type: 'pair-cut',
      pairs: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    'pair-cut, dropping: a – b, c – d',
  ],
  [{ type: 'heal' }, 'heal all'],
  [{ type: 'heal', name: 'x' }, 'heal "x"'],
  [{ type: 'tcp-port', node: 'a', is: 'accepts-and-closes' }, 'TCP port of a accepts-and-closes'],
  [{ type: 'tcp-port', node: 'a', is: 'sound' }, 'TCP port of a is sound'],
  [
    { type: 'listener-restart', node: 'a', forMs: 300 },
    'TCP listener of a restarts, closed for 300 ms',
  ],
  [{ type: 'descriptors', node: 'a', are: 'short' }, 'a has no descriptors'],
  [{ type: 'book', node: 'a', is: 'full' }, 'address book of a is full'],
  [{ type: 'loss', loss: 0.07 }, 'loss 7 %'],
  [{ type: 'duplication', fraction: 0.125, node: 'a' }, 'duplication of a 12.5 %'],
  [{ type: 'reordering', fraction: 1, byMs: 40 }, 'reordering 100 %, held up to 40 ms'],
  [
    { type: 'bandwidth', bitsPerSecond: 64_000, queueBytesMax: 2_000, node: 'a' },
    'bandwidth of a 64 kbit/s, queue 2000 B',
  ],
  [{ type: 'bandwidth', bitsPerSecond: 0 }, 'bandwidth unlimited'],
  [{ type: 'slow', node: 'a', byMs: 15 }, 'traffic of a slower by 15 ms'],
  [{ type: 'wall-jump', node: 'a', byMs: -9 }, 'wall clock of a jumps by -9 ms'],
  [{ type: 'drift', node: 'a', rate: 1.5 }, 'clock of a runs 1.5 times as fast as time'],
  [{ type: 'move', node: 'a', address: '10.0.0.9:1' }, 'a moves to 10.0.0.9:1'],
  [
    {
      type: 'latency',
      latency: {
        type: 'zones',
        within: { type: 'constant', ms: 1 },
        between: { type: 'uniform', minMs: 5, maxMs: 9 },
        pairs: [{ zones: ['eu', 'us'], latency: { type: 'lognormal', medianMs: 80, sigma: 0.1 } }],
      },
    },
    'latency within zones 1 ms, between 5 to 9 ms, eu – us lognormal, median 80 ms, sigma 0.1',
  ],
];

test('each fault has its words', () => {
  for (const [fault, words] of WORDS) {
    expect(faultWords({ atMs: 0, ...fault })).toBe(words);
  }
});
