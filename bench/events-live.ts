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
  const wrong = result.lost + result.disordered + result.gaps;
  yield {
    what: 'events from one origin lost, out of order or twice, gaps, in all (refused at first)',
    on,
    measured: `${result.lost}, ${result.disordered}, ${result.gaps} (${result.refused})`,
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

async function run(peers: readonly ChildProcess[], perSecond: number, seconds: number) {
  const before = await Promise.all(peers.map(async (peer) => ask(peer, { type: 'report' })));
  await ask(peers[0]!, { type: 'publish', perSecond, seconds });
  await pause(5000);
  const after = await Promise.all(peers.map(async (peer) => ask(peer, { type: 'report' })));
  const grown = (of: (report: PeerReport) => number): number =>
    after.reduce((sum, report, i) => sum + of(report) - of(before[i]!), 0);
  const events = perSecond * seconds;
  const others = after.slice(1);
  const latencies = sorted(others.flatMap((report) => report.latenciesMs));
  const [p50Ms, p99Ms] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return {
    lost: events * AGENTS - grown((report) => report.received),
    disordered: grown((report) => report.disordered),
    gaps: grown((report) => report.gaps),
    refused: grown((report) => report.refused),
    bytesPerDelivery: grown((report) => report.bytesOut) / (events * (AGENTS - 1)),
    p99Ms,
    text: `${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`,
  };
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
