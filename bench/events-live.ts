import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { quantile, sorted } from '../src/lab/index.ts';
import type { PeerOrder, PeerReport } from './event-peer.ts';
import { count, type BenchOptions, type Line } from './line.ts';
import { pause } from './live-agents.ts';

/** Ten agents, each a process with encryption, on this machine. */
export async function* eventsLive({ quick }: BenchOptions): AsyncIterable<Line> {
  const peers: ChildProcess[] = [];
  try {
    const secret = randomBytes(32).toString('base64');
    let seed = '';
    for (let i = 0; i < AGENTS; i++) {
      const file = join(import.meta.dirname, 'event-peer.js');
      const seeds = seed === '' ? [] : [seed];
      const peer = fork(file, [`agent-${i}`, secret, ...seeds]);
      peers.push(peer);
      const [{ address }] = (await once(peer, 'message')) as [{ address: string }];
      if (i === 0) seed = address;
    }
    await pause(5000);
    yield* burst(peers, 3000, quick ? 5 : 20);
    yield* calm(peers, quick ? 5 : 20);
    yield await overload(peers, quick ? 1 : 5);
  } finally {
    for (const peer of peers) peer.kill('SIGKILL');
  }
}

async function* burst(
  peers: readonly ChildProcess[],
  perSecond: number,
  seconds: number,
): AsyncIterable<Line> {
  const result = await run(peers, perSecond, seconds);
  const on = `${AGENTS} processes, ${count(perSecond)}/s of 200 B for ${seconds} s, ${loadText()}`;
  const wrong = result.lost + result.disordered + result.missed;
  yield {
    what: 'events from one origin lost, out of order or twice, gaps, in all (refused at first)',
    on,
    measured: `${result.lost}, ${result.disordered}, ${result.missed} (${result.refused})`,
    target: '0',
    met: wrong === 0,
  };
  yield {
    what: 'bytes sent by all for each delivered event of 200 B, encrypted, everything included',
    on,
    measured: `${result.bytesPerDelivery.toFixed(0)} B`,
    target: `≤ ${BYTES_MAX} B`,
    met: result.bytesPerDelivery <= BYTES_MAX,
  };
  yield { what: 'from publish to listener, p50 and p99', on, measured: result.text, target: '–' };
}

async function* calm(peers: readonly ChildProcess[], seconds: number): AsyncIterable<Line> {
  const result = await run(peers, 100, seconds);
  yield {
    what: 'from publish to listener, p50 and p99',
    on: `${AGENTS} processes, 100/s of 200 B for ${seconds} s, ${loadText()}`,
    measured: result.text,
    target: `p99 ≤ ${P99_MS_MAX} ms`,
    met: result.p99Ms <= P99_MS_MAX,
  };
}

/** More than it takes: whoever publishes is refused, waits for room, and goes on. */
async function overload(peers: readonly ChildProcess[], seconds: number): Promise<Line> {
  const result = await run(peers, OVERLOAD_PER_SECOND, seconds);
  const unsaid = result.lost - result.missed;
  return {
    what: 'beyond its limit: taken each second, refused; of those taken lost, and lost unsaid',
    on:
      `${AGENTS} processes, ${count(OVERLOAD_PER_SECOND)}/s of 200 B offered for ${seconds} s, ` +
      loadText(),
    measured:
      `${count(result.takenPerSecond)}, ${count(result.refused)}; ` +
      `${count(result.lost)}, ${count(unsaid)}`,
    target: 'refused; unsaid 0',
    met: result.refused > 0 && unsaid === 0 && result.disordered === 0,
  };
}

async function run(peers: readonly ChildProcess[], perSecond: number, seconds: number) {
  const before = await askAll(peers);
  const begunMs = performance.now();
  await ask(peers[0]!, { type: 'publish', perSecond, seconds });
  const tookMs = performance.now() - begunMs;
  const events = perSecond * seconds;
  const latenciesMs: number[] = [];
  let after = before;
  const grown = (of: (report: PeerReport) => number): number =>
    after.reduce((sum, report, i) => sum + of(report) - of(before[i]!), 0);
  for (let i = 0; i < LOOKS_MAX; i++) {
    await pause(5000);
    after = await askAll(peers);
    latenciesMs.push(...after.slice(1).flatMap((report) => report.latenciesMs));
    if (grown(({ missed, received }) => received + missed) >= events * AGENTS) break;
  }
  const latencies = sorted(latenciesMs);
  const [p50Ms, p99Ms] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return {
    lost: events * AGENTS - grown((report) => report.received),
    disordered: grown((report) => report.disordered),
    missed: grown((report) => report.missed),
    takenPerSecond: events / (tookMs / 1000),
    refused: grown((report) => report.refused),
    bytesPerDelivery: grown((report) => report.bytesOut) / (events * (AGENTS - 1)),
    p99Ms,
    text: `${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`,
  };
}

async function askAll(peers: readonly ChildProcess[]): Promise<PeerReport[]> {
  return Promise.all(peers.map(async (peer) => ask(peer, { type: 'report' })));
}

async function ask(peer: ChildProcess, order: PeerOrder): Promise<PeerReport> {
  peer.send(order);
  const [report] = (await once(peer, 'message')) as [PeerReport];
  return report;
}

function loadText(): string {
  return `load ${loadavg()[0]!.toFixed(1)}`;
}

const AGENTS = 10;
const BYTES_MAX = 320;
const P99_MS_MAX = 30;
/** Several times what one process publishes to nine others on two cores. */
const OVERLOAD_PER_SECOND = 20_000;
/** Whoever has not got all by then is taken to have lost it. */
const LOOKS_MAX = 12;
