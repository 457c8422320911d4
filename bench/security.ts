import { Keyring } from '../src/blocks/security/keyring.ts';
import { ENVELOPE_BYTES, type Address, type NodeId } from '../src/core/index.ts';
import { hearsay, hearsayConfig } from '../src/designs/hearsay/index.ts';
import { median, sorted } from '../src/lab/index.ts';
import { drawSecret, parseSecret } from '../src/net/index.ts';
import { PacketSeal } from '../src/net/packet-seal.ts';
import { Simulation } from '../src/sim/index.ts';
import {
  beginPacket,
  ByteReader,
  ByteWriter,
  endPacket,
  openPacket,
  PacketKind,
} from '../src/wire/index.ts';
import { crc32 } from 'node:zlib';
import { flood } from '../test/hostile/flood.ts';
import { Busy } from './busy.ts';
import { idleAgent } from './idle-agent.ts';
import { count, type BenchOptions, type Line } from './line.ts';
import { LiveAgents, pause } from './live-agents.ts';
import { traffic } from './live.ts';

/** What encryption costs, and what it stands. */
export async function* security(options: BenchOptions): AsyncIterable<Line> {
  for (const bytes of [100, 1360]) yield* packetCost(bytes, options);
  yield* floodLines(options);
  const secret = drawSecret();
  yield* idleAgent(options, secret);
  yield await traffic(10, options, secret);
  yield await traffic(100, options, secret);
  yield await simulatedBytes(options, secret);
}

const SENDER: NodeId = '0123456789abcdef';
const RECEIVER: NodeId = 'fedcba9876543210';
const PLACE: Address = '10.0.0.1:7946';

/** Sealing and opening, beside what a plain packet costs; 20,000 at a time, the median of some. */
function* packetCost(bytes: number, { quick }: BenchOptions): Iterable<Line> {
  const rounds = quick ? 5 : 25;
  const each = 20_000;
  const keyring = new Keyring([parseSecret(drawSecret())]);
  const of = (nodeId: NodeId) =>
    new PacketSeal({
      keyring,
      nodeId,
      clusterHash: '0'.repeat(16),
      address: PLACE,
      isKept: () => true,
    });
  const [from, to] = [of(SENDER), of(RECEIVER)];
  const header = { kind: PacketKind.Message, sender: SENDER, receiver: RECEIVER } as const;
  const whole = { ...header, claimed: undefined };
  const [writer, reader] = [new ByteWriter(), new ByteReader()];
  const body = Buffer.alloc(bytes, 7);
  let counter = 0;
  const seal = (): Uint8Array => from.seal(whole, counter++, body, writer);
  const sealed = seal();
  const plain = (): Uint8Array => {
    beginPacket(writer, whole);
    writer.bytes(body);
    endPacket(writer, crc32);
    return writer.copy();
  };
  const bare = plain();
  const times = (run: () => unknown): number => medianMicros(run, each, rounds);
  const sealing = times(seal);
  const opening = times(() => to.open(sealed, PLACE, reader));
  const without = times(plain) + times(() => openPacket(bare, reader, crc32));
  const both = `${sealing.toFixed(2)}, ${opening.toFixed(2)} µs`;
  yield {
    what: `encrypting and decrypting a packet of ${bytes} B; both without a key`,
    on: `${count(each)} at a time, ${rounds} times, median of the processor time`,
    measured: `${both}; ${without.toFixed(2)} µs`,
    target: '–',
  };
}

function medianMicros(run: () => unknown, each: number, rounds: number): number {
  const micros: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = process.cpuUsage();
    for (let i = 0; i < each; i++) run();
    const { user, system } = process.cpuUsage(begun);
    micros.push((user + system) / each);
  }
  return median(sorted(micros));
}

const FLOOD_PACKETS = 9_900_000;
const FLOOD_FRAMES = 100_000;
const GROWTH_MB = 8;
/** Streams of the peer pin its routes for as long as they are open. */
const ROUTES_MORE = 8;

async function* floodLines({ quick }: BenchOptions): AsyncIterable<Line> {
  const share = quick ? 0.1 : 1;
  const packets = FLOOD_PACKETS * share;
  const frames = FLOOD_FRAMES * share;
  const result = await flood({ packets, frames, seed: 1, onProgress: bar(packets + frames) });
  const { heapGrowthMegabytes, packetsPerSecond, framesPerSecond } = result;
  const all = Object.values(result.rejected).reduce((sum, each) => sum + each, 0);
  const isHarmless =
    result.isUnchanged &&
    result.routesMore < ROUTES_MORE &&
    result.told.length === 0 &&
    result.taken <= result.sentByPeer;
  const harm = `HARM ${JSON.stringify({ ...result, rejected: all })}`;
  const isFlat = heapGrowthMegabytes < GROWTH_MB;
  yield {
    what: 'broken packets and frames against an encrypted node: what they did, heap growth',
    on: `${count(packets)} packets, ${count(frames)} frames, ${count(all)} refused`,
    measured: `${isHarmless ? 'nothing' : harm}, ${heapGrowthMegabytes.toFixed(1)} MB`,
    target: `nothing, < ${GROWTH_MB} MB`,
    met: isHarmless && isFlat,
  };
  yield {
    what: 'broken packets, and frames on connections of their own, per second',
    on: 'one process that makes them and takes them',
    measured: `${count(packetsPerSecond)}, ${count(framesPerSecond)}`,
    target: '–',
  };
}

/** On a terminal: what is done. */
function bar(total: number): (done: number) => void {
  let shownMs = 0;
  return (done) => {
    const nowMs = performance.now();
    if (!process.stderr.isTTY || nowMs - shownMs < 500) return;
    shownMs = nowMs;
    const filled = Math.round((20 * done) / total);
    const line = `[${'#'.repeat(filled).padEnd(20, '-')}] ${count(done)} of ${count(total)}`;
    process.stderr.write(done >= total ? `\r${''.padEnd(60)}\r` : `\r${line}`);
  };
}

const NODES = 10;
const TOLERANCE = 0.03;

/** The same ten members idle for a minute, in the simulator's wire mode and on real sockets. */
export async function simulatedBytes({ quick }: BenchOptions, secret: string): Promise<Line> {
  const [settleMs, idleMs] = quick ? [5000, 10_000] : [15_000, 60_000];
  const simulation = new Simulation({
    design: hearsay,
    seed: 1,
    network: { latency: { type: 'constant', ms: 0.1 } },
    wire: true,
  });
  for (let i = 0; i < NODES; i++) {
    const seeds = i === 0 ? [] : ['10.0.0.1:7946'];
    simulation.add(`agent-${i}`, hearsayConfig({ name: `agent-${i}`, seeds }));
  }
  const simulated = (): number => {
    const { packetBytesEncoded, packets } = simulation.counters;
    return packetBytesEncoded + packets * ENVELOPE_BYTES;
  };
  simulation.run(settleMs);
  const simulatedBefore = simulated();
  simulation.run(idleMs);
  const expected = simulated() - simulatedBefore;
  const cluster = new LiveAgents(secret);
  await cluster.joinAll(NODES);
  await pause(settleMs);
  const busy = new Busy();
  const before = cluster.packetBytes;
  const begun = performance.now();
  await pause(idleMs);
  const took = performance.now() - begun;
  const sent = ((cluster.packetBytes - before) * idleMs) / took;
  await cluster.close();
  const off = sent / expected - 1;
  return {
    what: `UDP payload of ${NODES} idle members, encrypted: live beside simulated`,
    on: `${idleMs / 1000} s, ${busy.text}`,
    measured: `${count(sent)} B, ${count(expected)} B (${(100 * off).toFixed(1)} %)`,
    target: `within ${100 * TOLERANCE} %`,
    met: Math.abs(off) <= TOLERANCE,
  };
}
