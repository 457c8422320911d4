import { expect, test } from 'vitest';
import { ask, type AskOptions } from './ask.ts';

function asked(nodes: number, loss: number) {
  const options: AskOptions = {
    nodes,
    loss,
    seed: 1,
    deadlineMs: 5000,
    payloadBytes: 100,
    answerBytes: 200,
  };
  return ask(options);
}

test.each([
  [2, 0, 100],
  [10, 0, 200],
  [100, 0, 500],
  [100, 0.1, 2500],
  [400, 0.1, 4000],
])('of %i members all answer at loss %d, the last within %i ms', (nodes, loss, lastMsMax) => {
  const { answered, lastMs, why } = asked(nodes, loss);
  expect({ answered, why }).toEqual({ answered: nodes, why: 'complete' });
  expect(lastMs).toBeLessThan(lastMsMax);
});

test('each member sends and gets a few packets, and the asker no burst', () => {
  const { burst, bytesPerMember, packetsPerMember } = asked(400, 0);
  expect(packetsPerMember).toBeLessThan(4.5); // Query, answer, and a receipt of each.
  expect(bytesPerMember).toBeLessThan(4.5 * 40 + 100 + 200 + 120);
  expect(burst).toBeLessThan(40);
});
