import { expect, test } from 'vitest';
import type { HearsayError, HostEvent } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { JoinAttempt, type JoinOptions } from './join-attempt.ts';
import { SILENT } from './logger.ts';
import type { HearsayHost, LifeStart, Platform, Resolution } from './platform.ts';

const seeds = ['10.0.0.1:7946', '10.0.0.2:7946'] as const;
const [first, second] = seeds;
const TIMEOUT_MS = 5000;

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type JoinFailed = Extract<HearsayEvent, { type: 'join-failed' }>;

/** An attempt whose host tells what a test makes it tell. */
async function attempt(options: Partial<JoinOptions> = {}, first?: Resolution) {
  let listener: (event: HearsayEvent | HostEvent) => void = () => {};
  let expire = (): void => {};
  let askNames = (): void => {};
  const state = { stopped: false, starts: [] as LifeStart[], reseeds: [] as string[] };
  const resolution = { now: first ?? { addresses: seeds, unresolved: [] } };
  const protocol = {
    self: {},
    all: () => [],
    checksum: () => 0,
    health: 0,
    recordProbes() {},
    reseed: (_: unknown, addresses: readonly string[]) => state.reseeds.push(addresses.join()),
  };
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
    open: async (start) => {
      state.starts.push(start);
      return host;
    },
    resolve: async () => resolution.now,
    after: (delayMs, callback) => {
      if (delayMs === TIMEOUT_MS) expire = callback;
      else askNames = callback;
      return () => {};
    },
  };
  const joining = new JoinAttempt(
    platform,
    {
      seeds,
      remembered: [],
      tags: {},
      timeoutMs: TIMEOUT_MS,
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
  await turn();
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
    /** The names are asked again, and mean this. */
    find: async (found: Resolution) => {
      resolution.now = found;
      askNames();
      await turn();
    },
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

const unresolved = [{ seed: first, why: 'cannot be resolved (ENOTFOUND)' }];

test('names are asked again while it joins: where they lead to is asked then', async () => {
  const { outcome, state, fail, find, tell } = await attempt();
  await find({ addresses: [second, first], unresolved: [] });
  expect(state.reseeds).toEqual([]); // The same, in another order.
  await find({ addresses: ['10.0.0.3:7946', second], unresolved: [] });
  fail(second, 'STREAM_BLOCKED');
  fail(first, 'STREAM_BLOCKED'); // Of no interest any more.
  await find({ addresses: [], unresolved });
  expect(state.reseeds).toEqual([`10.0.0.3:7946,${second}`]);
  tell({ type: 'joined', members: 2 });
  expect(await outcome).toBe('joined');
});

test('it lives before any name is resolved, and founds no cluster meanwhile', async () => {
  const { outcome, state, find, tell } = await attempt({}, { addresses: [], unresolved });
  expect(state.starts).toEqual([{ tags: {}, seeds: [], awaitsSeeds: true }]);
  await find({ addresses: [second], unresolved: [] });
  expect(state.reseeds).toEqual([second]);
  tell({ type: 'joined', members: 2 });
  expect(await outcome).toBe('joined');
});

test('a name that was never resolved is told in the end', async () => {
  const { outcome, expire } = await attempt({}, { addresses: [], unresolved });
  expire();
  const why = `${first} cannot be resolved (ENOTFOUND); check these names`;
  expect(await outcome).toContain(`JOIN_TIMEOUT: no seed within 5 s: ${why}`);
});

test('nothing is certain while a name may yet lead somewhere', async () => {
  const { outcome, fail, find } = await attempt({}, { addresses: [second], unresolved });
  fail(second, 'STREAM_BLOCKED');
  await find({ addresses: [second], unresolved });
  await find({ addresses: [second, '10.0.0.3:7946'], unresolved: [] });
  fail('10.0.0.3:7946', 'STREAM_BLOCKED');
  expect(await outcome).toMatch(/^STREAM_BLOCKED: 10\.0\.0\.2:7946 answers by UDP/);
});
