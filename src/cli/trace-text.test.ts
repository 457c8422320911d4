import { expect, test } from 'vitest';
import { traceText } from './trace-text.ts';

test('a tree of who had it from whom', () => {
  const leaf = { heldMs: 2, atMs: 40, children: [] };
  const text = traceText({
    origin: 'a',
    nodeId: 'id',
    seq: 7,
    topic: 'deploy',
    silent: ['e'],
    roots: [
      {
        member: 'a',
        path: undefined,
        heldMs: 0,
        atMs: 0,
        children: [
          {
            member: 'b',
            path: 'eager',
            heldMs: 0,
            atMs: 20,
            children: [{ ...leaf, member: 'c', path: 'retransmit' }],
          },
          { ...leaf, member: 'd', path: 'fetch' },
        ],
      },
    ],
  });
  expect(text).toBe(
    `event 7 of a on deploy
a  published
├─ b  +20 ms  pushed, kept there for 0 ms
│  └─ c  +40 ms  sent again, kept there for 2 ms
└─ d  +40 ms  fetched, kept there for 2 ms
not known at: e
`,
  );
});
