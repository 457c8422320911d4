import { largeValue } from '../src/lab/index.ts';
import { count, seconds, seeds, type BenchOptions, type Line } from './line.ts';

const LAN = { readers: 10, bitsPerSecond: 1e8, latencyMs: 5 } as const;
const VALUE_BYTES = 16 * 2 ** 20;
/** What all bytes of the value need to pass one link. */
const LINK_MS = (VALUE_BYTES * 8_000) / LAN.bitsPerSecond;
/** Of the default configuration. */
const GOSSIP_INTERVAL_MS = 200;

/** What a large value costs, and costs the small ones. */
export function* values(options: BenchOptions): Iterable<Line> {
  const all = seeds(5, options).map((seed) => ({ ...LAN, seed }));
  const without = all.map((given) => largeValue({ ...given, valueBytes: 0 }));
  const beside = all.map((given) => largeValue({ ...given, valueBytes: VALUE_BYTES }));
  const on = `11 nodes, 100 Mbit/s and 5 ms each way, virtual time, ${all.length} seeds`;
  const [calm, busy] = [worst(without), worst(beside)];
  const limitMs = Math.max(calm * 1.2, calm + GOSSIP_INTERVAL_MS);
  yield {
    what: '100 small keys while 16 MiB spread to ten readers: p95 until a member knows, worst seed',
    on,
    measured: `${count(busy)} ms, without: ${count(calm)} ms`,
    target: `≤ ${count(limitMs)} ms`,
    met: busy <= limitMs,
  };
  const lasts = beside.map(({ wholeMs }) => wholeMs?.max ?? Infinity);
  yield {
    what: `16 MiB whole at all ten readers (a link carries it in ${seconds(LINK_MS)}), worst seed`,
    on,
    measured: seconds(Math.max(...lasts)),
    target: '',
  };
  yield {
    what: 'bytes sent by all for each byte that a reader lacked, worst seed',
    on,
    measured: Math.max(...beside.map(({ copies }) => copies)).toFixed(3),
    target: '',
  };
}

function worst(results: readonly { readonly keysMs: { readonly p95: number } }[]): number {
  return Math.max(...results.map(({ keysMs }) => keysMs.p95));
}
