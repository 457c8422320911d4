/**
 * One large value spreads from its author to readers over links of limited bandwidth, which all
 * traffic of a node shares, while small keys are written: how long does the value take, and how
 * much later do the small keys come?
 */
import { Xoshiro128 } from '../core/index.ts';
import { hearsay, hearsayConfig } from '../designs/hearsay/index.ts';
import { addressOf, Simulation } from '../sim/index.ts';
import { largeBytes } from './large-bytes.ts';
import { milliseconds, quantile, sorted } from './statistics.ts';

export interface LargeValueOptions {
  /** Members besides the author; all of them read. */
  readonly readers: number;
  /** 0: no large value at all, for comparison. */
  readonly valueBytes: number;
  readonly bitsPerSecond: number;
  /** One way. */
  readonly latencyMs: number;
  readonly seed: number;
}

export interface LargeValueResult extends LargeValueOptions {
  /** From the write until each reader has it whole: median and last; null: not in 300 s. */
  readonly wholeMs: { readonly p50: number; readonly max: number } | null;
  /** From the write of each small key until another member knows it, all keys and members. */
  readonly keysMs: { readonly p50: number; readonly p95: number; readonly max: number };
  /** Sent by all, ÷ (readers · bytes of the value): how often it went over the network. */
  readonly copies: number;
}

const KEYS = 100;
/** So that all keys are written while the value is on its way. */
const KEY_INTERVAL_MS = 15;
const SETTLE_MS = 10_000;
const WAIT_MS_MAX = 300_000;

export function largeValue(options: LargeValueOptions): LargeValueResult {
  const { bitsPerSecond, latencyMs, readers, seed, valueBytes } = options;
  const world = new Simulation({
    design: hearsay,
    seed,
    network: {
      latency: { type: 'constant', ms: latencyMs },
      loss: 0,
      bandwidth: { bitsPerSecond },
    },
  });
  const size = readers + 1;
  for (let i = 0; i < size; i++) {
    world.add(`n${i}`, hearsayConfig({ name: `n${i}`, seeds: [addressOf(0)] }));
  }
  world.runUntil(() => world.hosts.every(({ protocol }) => protocol.live === size), WAIT_MS_MAX);
  world.run(SETTLE_MS);
  const bytesBefore = world.counters.bytes;
  const begunMs = world.now;
  const writtenMs = new Map<string, number>();
  const keysMs: number[] = [];
  const wholeMs: number[] = [];
  for (const host of world.hosts) {
    host.on((event) => {
      if (event.type !== 'state-changed') return;
      const sinceMs = writtenMs.get(event.key);
      if (event.key === LARGE && host.name !== 'n0') wholeMs.push(world.now - begunMs);
      else if (sinceMs !== undefined && event.name !== host.name) keysMs.push(world.now - sinceMs);
    });
  }
  const set = (node: number, key: string, bytes: Uint8Array): void => {
    world.hosts[node]!.call(({ data }, env) => data.set(env, key, { kind: 'bytes', bytes }));
  };
  if (valueBytes > 0) set(0, LARGE, largeBytes(valueBytes, seed));
  const chance = new Xoshiro128(seed, 'keys');
  for (let i = 0; i < KEYS; i++) {
    world.run(KEY_INTERVAL_MS);
    writtenMs.set(`k${i}`, world.now);
    set(chance.below(size), `k${i}`, Uint8Array.of(i));
  }
  const isDone = (): boolean =>
    keysMs.length === KEYS * readers && (valueBytes === 0 || wholeMs.length === readers);
  world.runUntil(isDone, WAIT_MS_MAX);
  const [keys, whole] = [sorted(keysMs), sorted(wholeMs)];
  return {
    ...options,
    wholeMs:
      whole.length < readers
        ? null
        : { p50: milliseconds(quantile(whole, 0.5)), max: milliseconds(whole.at(-1)!) },
    keysMs: {
      p50: milliseconds(quantile(keys, 0.5)),
      p95: milliseconds(quantile(keys, 0.95)),
      max: keys.length < KEYS * readers ? Infinity : milliseconds(keys.at(-1)!),
    },
    copies: valueBytes === 0 ? 0 : (world.counters.bytes - bytesBefore) / (readers * valueBytes),
  };
}

const LARGE = 'large';
