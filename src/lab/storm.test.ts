import { expect, test } from 'vitest';
import { storm } from './storm.ts';
import { DESIGN_NAMES } from './trial.ts';

test.each(DESIGN_NAMES)('%s: fifty who join at once soon agree', (design) => {
  const result = storm({ design, nodes: 50, seed: 1 });
  expect(result.agreedMs).toBeLessThan(5000);
  expect(result.messagesPerNode).toBeGreaterThan(1);
  expect(storm({ design, nodes: 50, seed: 1 })).toEqual(result);
});

test('with everything lost they never agree', () => {
  expect(storm({ design: 'heartbeat', nodes: 2, loss: 1, seed: 1 }).agreedMs).toBeNull();
});
