/** A program that is refused live is refused in a simulated world, by the same code. */
import { expect, test } from 'vitest';
import { checkOptions } from '../cluster/options.ts';
import { nodeOptions } from './node-options.ts';
import { World, type Cluster, type JoinClusterOptions } from './index.ts';

function codeOf(check: () => unknown): string {
  try {
    check();
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const CASES: readonly unknown[] = [
  { name: 'a' },
  { name: 'a', bind: '127.0.0.1', seeds: ['db.internal', '10.0.0.1:1'], retry: true },
  { name: 'a', bind: '0.0.0.0:7946', insecure: true, advertise: '10.0.0.7' },
  {},
  { name: '' },
  { name: 7 },
  { name: 'a', nmae: 'b' },
  { name: 'a', cluster: '' },
  { name: 'a', bind: 'nowhere at all' },
  { name: 'a', bind: '0.0.0.0:7946' },
  { name: 'a', bind: ['127.0.0.1:1', '[::1]:1'], advertise: 'db.internal:7' },
  { name: 'a', seeds: ['srv:_gossip._tcp.example', 'file:/etc/seeds'] },
  { name: 'a', seeds: ['host:0'] },
  { name: 'a', seeds: ['a b'] },
  { name: 'a', tags: { key: 7 } },
  { name: 'a', tags: { key: 'x'.repeat(600) } },
  { name: 'a', preset: 'moon' },
  { name: 'a', tuning: { probeIntervalMs: 1 } },
  { name: 'a', joinTimeoutMs: 0 },
];

test.each(CASES.map((options) => [JSON.stringify(options), options]))('%s', (_text, options) => {
  const given = options as JoinClusterOptions;
  expect(codeOf(() => nodeOptions(given))).toBe(codeOf(() => checkOptions(given)));
});

test('what only a machine can refuse', async () => {
  const world = new World();
  const codes: string[] = [];
  const attempt = async (joining: Promise<Cluster>): Promise<void> => {
    codes.push(
      await joining.then(
        () => 'joined',
        (error: { code: string }) => error.code,
      ),
    );
  };
  world.start('a', async ({ joinCluster }) => {
    await attempt(joinCluster({ name: 'a' }));
    await attempt(joinCluster({ name: 'a2' }));
    await attempt(joinCluster({ name: 'a3', bind: '127.0.0.1:0' }));
    await attempt(joinCluster({ name: 'a4', bind: '10.9.9.9:1', insecure: true }));
  });
  world.start('b', async ({ joinCluster, sleep }) => {
    await sleep(1_000);
    await attempt(joinCluster({ name: 'a', seeds: ['a'] }));
    await attempt(joinCluster({ name: 'b', seeds: ['a'], cluster: 'another' }));
    await attempt(joinCluster({ name: 'b', seeds: ['nobody'] }));
    await attempt(joinCluster({ name: 'b', seeds: ['a'] }));
  });
  await world.run(60_000);
  expect(codes).toEqual([
    'joined',
    'PORT_IN_USE',
    'joined',
    'ADDRESS_UNAVAILABLE',
    'NAME_TAKEN',
    'WRONG_CLUSTER',
    'JOIN_TIMEOUT',
    'joined',
  ]);
});
