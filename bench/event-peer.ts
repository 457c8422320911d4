/** One agent of the live events: a process of its own, told what to do by the one that measures. */
import { joinCluster } from '../src/cluster/index.ts';
import type { TopicNotice } from '../src/api/index.ts';

export interface PeerReport {
  readonly type: 'report';
  readonly received: number;
  /** Out of order or again. */
  readonly disordered: number;
  /** Events that it was told it will never get. */
  readonly missed: number;
  /** ms from publishing to the listener, of a sample. */
  readonly latenciesMs: readonly number[];
  readonly bytesOut: number;
  readonly refused: number;
}

export type PeerOrder =
  | { readonly type: 'publish'; readonly perSecond: number; readonly seconds: number }
  | { readonly type: 'report' }
  | { readonly type: 'leave' };

const [name = '', secret = '', ...seeds] = process.argv.slice(2);
const cluster = await joinCluster({
  name,
  cluster: 'bench-events',
  bind: '127.0.0.1:0',
  secret,
  seeds,
  joinTimeoutMs: 60_000,
});
const topic = cluster.topic<Uint8Array>('bench');
let received = 0;
let disordered = 0;
let missed = 0;
let refused = 0;
let last = 0;
let latenciesMs: number[] = [];
topic.on((notice) => hear(notice));
process.on('message', (order: PeerOrder) => void obey(order));
process.send?.({ type: 'ready', address: cluster.self.address });

/** The same clock in all processes of a machine. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function hear(notice: TopicNotice<Uint8Array>): void {
  if (notice.type === 'gap') {
    missed += notice.to - notice.from + 1;
    last = notice.to;
    return;
  }
  if (notice.seq !== last + 1) disordered++;
  last = notice.seq;
  received++;
  if (received % SAMPLE !== 0) return;
  const { value } = notice;
  const sentMs = new DataView(value.buffer, value.byteOffset).getFloat64(0);
  latenciesMs.push(nowMs() - sentMs);
}

async function obey(order: PeerOrder): Promise<void> {
  if (order.type === 'leave') {
    await cluster.leave();
    process.exit();
  }
  if (order.type === 'publish') await publish(order.perSecond, order.seconds);
  const host = cluster.counters().host;
  const bytesOut = (host?.packetBytesOut ?? 0) + (host?.streamBytesOut ?? 0);
  const report: PeerReport = {
    type: 'report',
    received,
    disordered,
    missed,
    latenciesMs,
    bytesOut,
    refused,
  };
  process.send?.(report);
  latenciesMs = [];
}

/** At an even rate; a refused event is published once there is room. */
async function publish(perSecond: number, seconds: number): Promise<void> {
  const begunMs = nowMs();
  const count = perSecond * seconds;
  let yieldedMs = begunMs;
  for (let i = 0; i < count;) {
    const dueMs = begunMs + (i * 1000) / perSecond;
    if (nowMs() < dueMs) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, dueMs - nowMs())));
      continue;
    }
    // Late: packets have to leave and arrive all the same.
    if (nowMs() - yieldedMs > YIELD_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      yieldedMs = nowMs();
    }
    const body = new Uint8Array(BODY_BYTES);
    new DataView(body.buffer).setFloat64(0, nowMs());
    try {
      await topic.publish(body);
      i++;
    } catch {
      refused++;
      await topic.drained();
    }
  }
}

const BODY_BYTES = 200;
const SAMPLE = 10;
const YIELD_MS = 5;
