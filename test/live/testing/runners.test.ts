/** `hearsay/testing` as users meet it: the built package, under Node's own test runner. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt, root } from '../../built.ts';

beforeAll(ensureBuilt, BUILD_MS_MAX);

test('node:test runs worlds', { timeout: 60_000 }, () => {
  const file = join(root, 'test', 'live', 'testing', 'node-test.mjs');
  const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  expect(run.stdout).toMatch(/^# pass 3$/m);
  expect(run.status).toBe(0);
});
