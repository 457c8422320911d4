import { expect, test } from 'vitest';
import type { HearsayError, HostEvent } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { JoinAttempt, type JoinOptions } from './join-attempt.ts';
import { SILENT } from './logger.ts';
import type { HearsayHost, Platform } from './platform.ts';

const seeds = ['10.0.0.1:7946', '10.0.0.2:7946'] as const;
const [first, second] = seeds;

type JoinFailed = Extract<HearsayEvent, { type: 'join-failed' }>;

/** An attempt whose host tells what a test makes it tell. */
async function attempt(options: Partial<JoinOptions> = {}) {
  let listener: (event: HearsayEvent | HostEvent) => void = () => {};
  let expire = (): void => {};
  const state = { stopped: false };
  const protocol = { self: {}, all: () => [], checksum: () => 0, health: 0, recordProbes() {} };
  const host = {
    call: (command: (protocol: object) => unknown) => command(protocol),
    on: (given: typeof listener) => {
      listener = given;
    },
    stop: () => {
      state.stopped = true;
    },
  } as unknown as HearsayHost;
  const platform: Platform = {
    open: async () => host,
    resolve: async (given) => ({ addresses: given, unresolved: [] }),
    after: (_, callback) => {
      expire = callback;
      return () => {};
    },
  };
  const joining = new JoinAttempt(
    platform,
    {
      seeds,
      remembered: [],
      tags: {},
      timeoutMs: 5000,
      retry: false,
      signal: undefined,
      logger: SILENT,
      ...options,
    },
    () => {},
  );
  const outcome = joining.run().then(
    () => 'joined',
    (error: HearsayError) => `${error.code}: ${error.message}`,
  );
  await new Promise((resolve) => setImmediate(resolve));
  const fail = (seed: string, code: JoinFailed['code']) =>
    listener({ type: 'join-failed', code, seed, final: code === 'NAME_TAKEN' });
  const reject = (source: string) =>
    listener({ type: 'rejected', reason: 'wrong-cluster', source, count: 1 });
  return {
    outcome,
    state,
    fail,
    reject,
    tell: (event: HearsayEvent) => listener(event),
    expire: () => expire(),
  };
}

test('the first seed that lets it in is enough', async () => {
  const { outcome, state, fail, tell } = await attempt();
  fail(first, 'STREAM_BLOCKED');
  tell({ type: 'joined', members: 2 });
  expect(await outcome).toBe('joined');
  expect(state.stopped).toBe(false);
});

test('blocked TCP is certain once every seed has it', async () => {
  const { outcome, state, fail } = await attempt();
  fail(first, 'UNREACHABLE');
  fail(first, 'STREAM_BLOCKED');
  fail(second, 'STREAM_BLOCKED');
  expect(await outcome).toMatch(
    /^STREAM_BLOCKED: 10\.0\.0\.1:7946 answers by UDP but not by TCP, /,
  );
  expect(state.stopped).toBe(true);
});

test('another cluster is certain once every seed belongs to one', async () => {
  const { outcome, fail, reject } = await attempt();
  reject(first);
  fail(first, 'UNREACHABLE'); // Known better already.
  reject('10.9.9.9:1'); // Nobody asked that one.
  reject(second);
  expect(await outcome).toMatch(/^WRONG_CLUSTER: .*10\.0\.0\.2:7946 belongs to another cluster/);
});

test('while one seed may yet answer, it waits; then it tells what each has done', async () => {
  const { outcome, fail, reject, expire } = await attempt();
  reject(first);
  fail(second, 'UNREACHABLE');
  expire();
  const told = await outcome;
  expect(told).toMatch(/^JOIN_TIMEOUT: no seed within 5 s: /);
  expect(told).toContain(`${first} belongs to another cluster, ${second} does not answer; `);
});

test('with retry only a taken name is final', async () => {
  const { outcome, fail, reject } = await attempt({ retry: true });
  reject(first);
  reject(second);
  fail(first, 'STREAM_BLOCKED');
  fail(second, 'NAME_TAKEN');
  expect(await outcome).toMatch(/^NAME_TAKEN: .*10\.0\.0\.2:7946/);
});
