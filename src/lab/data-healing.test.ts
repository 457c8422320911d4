import { expect, test } from 'vitest';
import { dataHealing } from './data-healing.ts';

test('after a cut or a crash all agree, and a pace that adapts is quicker and costs less', () => {
  const of = { nodes: 16, seed: 1, writes: 40 };
  const adaptive = dataHealing({ ...of, trouble: 'cut' });
  expect(adaptive.agreedMs).toBeLessThan(15_000);
  const fixed = dataHealing({ ...of, trouble: 'cut', hearsay: { adaptivePace: false } });
  expect(adaptive.agreedMs!).toBeLessThan(fixed.agreedMs!);
  expect(adaptive.bytesCalmPerSecond).toBeLessThanOrEqual(1.1 * fixed.bytesCalmPerSecond!);
  expect(dataHealing({ ...of, trouble: 'cut' }).traceHash).toBe(adaptive.traceHash);
  expect(dataHealing({ ...of, trouble: 'crash', loss: 0.1 }).agreedMs).toBeLessThan(30_000);
});
