import { expect, test } from 'vitest';
import { quiet } from './quiet.ts';
import { DESIGN_NAMES } from './trial.ts';

test.each(DESIGN_NAMES)('%s: without loss nobody is accused', (design) => {
  const result = quiet({ design, nodes: 20, loss: 0, seed: 1, hours: 0.05 });
  expect(result).toMatchObject({ falseSuspicions: 0, falseDeaths: 0 });
  expect(result.messagesPerNodePerSecond).toBeGreaterThan(1);
  expect(quiet({ design, nodes: 20, loss: 0, seed: 1, hours: 0.05 })).toEqual(result);
});

test('shut TCP ports change the run of a design that probes by streams', () => {
  const traces = [undefined, { nodes: 5, how: 'rejects' }, { nodes: 5, how: 'drops' }] as const;
  const hashes = traces.map(
    (shut) =>
      quiet({
        design: 'hearsay',
        nodes: 20,
        loss: 0.1,
        seed: 1,
        hours: 0.05,
        ...(shut && { shut }),
      }).traceHash,
  );
  expect(new Set(hashes).size).toBe(3);
});
