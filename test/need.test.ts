import { afterEach, expect, test, vi } from 'vitest';
import { need } from './need.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a tool that is here is no obstacle', (context) => {
  expect(need(context, 'node')).toBe(true);
});

test('a missing tool skips the test, visibly', (context) => {
  vi.stubEnv('HEARSAY_CI', undefined);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const skip = vi.fn<() => never>();
  need({ ...context, task: context.task, skip }, 'no-such-tool');
  expect(skip).toHaveBeenCalledOnce();
  expect(write.mock.calls).toEqual([[expect.stringMatching(/^skipped: .* needs no-such-tool/)]]);
});

test('under HEARSAY_CI it fails the test', (context) => {
  vi.stubEnv('HEARSAY_CI', '1');
  expect(() => need(context, 'no-such-tool')).toThrow('needs no-such-tool');
});
