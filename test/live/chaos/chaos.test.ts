/** Agents survive what a seeded script does to them. Longer in CI, and in `npm run bench`. */
import { beforeAll, expect, test } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt } from '../../built.ts';
import { chaos, QUIET_MS_MAX } from './chaos.ts';
import { chaosScript } from './script.ts';

beforeAll(ensureBuilt, BUILD_MS_MAX);

const inCi = process.env['HEARSAY_CI'] !== undefined;
const size = inCi ? { agents: 20, roundMs: 60_000 } : { agents: 10, roundMs: 10_000 };

test('killed, stopped and restarted at random, all agents agree in every rest', async () => {
  const report = await chaos({ ...size, seed: 7, rounds: 2, handles: inCi });
  expect(report.blows).toBeGreaterThan(inCi ? 40 : 5);
  for (const settled of report.settled) expect(settled).toBeLessThanOrEqual(QUIET_MS_MAX);
  if (inCi) expect(report.handlesAfter).toEqual(report.handlesBefore);
}, 600_000);

test('a script is its seed’s, spares whom it should and strikes nobody who is down', () => {
  const shape = { agents: 20, spared: 5, lengthMs: 600_000 };
  const script = chaosScript(1, shape);
  expect(chaosScript(1, shape)).toEqual(script);
  expect(chaosScript(2, shape)).not.toEqual(script);
  const upAt = new Map<number, number>();
  for (const { agent, atMs, forMs } of script) {
    expect(agent).toBeGreaterThanOrEqual(5);
    expect(atMs).toBeGreaterThanOrEqual(upAt.get(agent) ?? 0);
    expect(atMs + forMs).toBeLessThanOrEqual(600_000);
    upAt.set(agent, atMs + forMs);
  }
});
