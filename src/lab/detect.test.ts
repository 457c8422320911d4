import { expect, test } from 'vitest';
import { detect, type DetectOptions } from './detect.ts';
import { DESIGN_NAMES } from './trial.ts';

const one: DetectOptions = { design: 'heartbeat', nodes: 30, crash: 1, loss: 0, seed: 1 };

test('heartbeats: suspect after 5 s of silence, dead after 10, everywhere soon', () => {
  const result = detect(one);
  expect(result.firstSuspectedMs).toBeGreaterThan(4000); // The last heartbeat was up to 1 s ago.
  expect(result.firstSuspectedMs).toBeLessThan(6000);
  expect(result.firstDeadMs).toBeGreaterThan(9000);
  expect(result.firstDeadMs).toBeLessThan(11_000);
  expect(result.allDeadMs).toBeGreaterThanOrEqual(result.firstDeadMs!);
  expect(result.allDeadMs).toBeLessThan(14_000);
});

test.each(DESIGN_NAMES)('%s: a crash is known to all, at no loss no other is accused', (design) => {
  const result = detect({ ...one, design, crash: 3 });
  expect(result.allDeadMs).not.toBeNull();
  expect(result).toMatchObject({
    falseSuspicions: 0,
    falseDeaths: 0,
    falseSuspicionViews: 0,
    falseDeathViews: 0,
  });
  expect(detect({ ...one, design, crash: 3 })).toEqual(result);
});

test('heartbeats by push-pull cost three views out and three back, twice a second', () => {
  const { messagesPerNodePerSecond } = detect({ ...one, crash: 0 });
  expect(messagesPerNodePerSecond).toBeCloseTo(12, 0); // 30 members fill one packet.
});

test('without a crash there is nothing to detect; all cannot crash', () => {
  const result = detect({ ...one, nodes: 3, crash: 0 });
  expect([result.firstSuspectedMs, result.firstDeadMs, result.allDeadMs]).toEqual([
    null,
    null,
    null,
  ]);
  expect(() => detect({ ...one, nodes: 3, crash: 3 })).toThrow(/^crash: /);
});

test('nearly everything lost: members are accused falsely, and that is counted', () => {
  const result = detect({ ...one, nodes: 10, crash: 0, loss: 0.97 });
  expect(result.falseSuspicions).toBeGreaterThan(0);
  expect(result.falseDeaths).toBeGreaterThan(0);
  expect(result.falseSuspicionViews).toBeGreaterThanOrEqual(result.falseSuspicions);
  expect(result.falseDeathViews).toBeGreaterThanOrEqual(result.falseDeaths);
});

test('a machine without power is silent: that takes longer to know than a refusing one', () => {
  const crashed = detect({ ...one, design: 'hearsay' });
  const silent = detect({ ...one, design: 'hearsay', powerOff: true });
  expect(silent.allDeadMs).toBeGreaterThan(2 * crashed.allDeadMs!);
});
