/** Hostile TCP against a live node: closed, counted, and the members notice nothing. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RouteBook } from '../../../src/blocks/peers/book.ts';
import { Xoshiro128, type NodeId } from '../../../src/core/index.ts';
import { hearsay, type HearsayMessage } from '../../../src/designs/hearsay/index.ts';
import { hashCluster, nodeCrypto } from '../../../src/net/index.ts';
import {
  ByteWriter,
  encodeFrame,
  encodeOpen,
  FrameKind,
  ipOf,
  portOf,
  type Open,
} from '../../../src/wire/index.ts';
import { ATTACKER, CLUSTER, handles, heapMegabytes, pair, sleep, turn, Victim } from './victim.ts';

const BOTH = ['a', 'b'];
const random = new Xoshiro128(2, 'hostile');
const book = new RouteBook({ permanent: true });
const codec = hearsay.codec(hearsay.share(book, nodeCrypto));
let a: Victim;
let b: Victim;
const sockets: Socket[] = [];

beforeEach(async () => {
  [a, b] = await pair();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await expectUnharmed();
  await Promise.all([a.host.stop(), b.host.stop()]);
});

async function expectUnharmed(): Promise<void> {
  for (const victim of [a, b]) {
    expect(victim.of('failed')).toEqual([]);
    expect(victim.of('member-failed')).toEqual([]);
  }
  await expect.poll(() => [a.alive, b.alive], { timeout: 10_000 }).toEqual([BOTH, BOTH]);
}

async function dial(): Promise<Socket> {
  const socket = connect({ host: ipOf(a.address), port: portOf(a.address) });
  sockets.push(socket);
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close');
}

function open(change: Partial<Open> = {}): Uint8Array {
  const receiver: NodeId = a.host.nodeId;
  const own = { lane: 'control', sender: ATTACKER, receiver, address: '127.0.0.1:9' } as const;
  const whole = { ...own, clusterHash: hashCluster(CLUSTER), ...change };
  return encodeFrame(FrameKind.Open, encodeOpen(whole));
}

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function frame(message: HearsayMessage): Uint8Array {
  const to = new ByteWriter();
  codec.encode(message, to, book);
  return encodeFrame(FrameKind.Message, to.copy());
}

function head(length: number, kind: number): Uint8Array {
  const to = new ByteWriter();
  to.u32(length);
  to.u8(kind);
  return to.copy();
}

test.each<[string, string, () => Uint8Array[]]>([
  ['an open of 4 GB', 'length', () => [head(0xffffffff, FrameKind.Open)]],
  ['a message of 4 GB', 'length', () => [open(), head(0xffffffff, FrameKind.Message)]],
  ['noise', 'length', () => [Uint8Array.of(255), noise(5000)]],
  ['noise after a good open', 'kind', () => [open(), Uint8Array.of(0, 0, 0, 9, 77), noise(5000)]],
  ['a broken checksum', 'checksum', () => [open().fill(0xff, 40, 50)]],
  ['a message first', 'unopened', () => [frame({ type: 'ping', seq: 1, news: [] })]],
  ['an open twice', 'open', () => [open(), open()]],
  ['a gone', 'gone', () => [encodeFrame(FrameKind.Gone, noise(8))]],
  ['another version', 'version', () => [encodeFrame(FrameKind.Open, Uint8Array.of(9, 0, 0))]],
  ['another cluster', 'wrong-cluster', () => [open({ clusterHash: '0123456789abcdef' })]],
  ['a lane that is none', 'header', () => [encodeFrame(FrameKind.Open, Uint8Array.of(1, 0, 7))]],
])('%s: closed as %s', async (_, reason, parts) => {
  const socket = await dial();
  for (const part of parts()) socket.write(part);
  await closed(socket);
  expect(a.host.counters.rejected[reason]).toBeGreaterThan(0);
});

test('messages that nobody can read do not close a stream, and are counted', async () => {
  const socket = await dial();
  socket.write(open());
  for (let i = 0; i < 50; i++) socket.write(encodeFrame(FrameKind.Message, noise(300)));
  // Of a later release: version 1, and a number beyond 31.
  const later = Uint8Array.of(32 + 24, 0, ...noise(300));
  for (let i = 0; i < 50; i++) socket.write(encodeFrame(FrameKind.Message, later));
  await expect.poll(() => a.host.counters.rejected['message'], { timeout: 10_000 }).toBe(100);
  expect(a.of('rejected').filter(({ reason }) => reason === 'message')).toHaveLength(1);
});

test('who is slow: half-open, a byte now and then, a frame that never ends', async () => {
  const silent = await dial();
  const drip = await dial();
  const bytes = open();
  let at = 0;
  const timer = setInterval(() => drip.write(bytes.subarray(at, ++at)), 400);
  const endless = await dial();
  endless.write(open());
  endless.write(head(60_000, FrameKind.Message));
  const dripping = setInterval(() => endless.write(Uint8Array.of(1)), 500);
  await Promise.all([closed(silent), closed(drip)]);
  expect(a.host.counters.rejected['unopened']).toBe(2);
  await closed(endless);
  clearInterval(timer);
  clearInterval(dripping);
  expect(a.host.counters.rejected['stalled']).toBe(1);
});

test('three thousand connections: the oldest unknown give way, members stay', async () => {
  const before = handles();
  const heap = await heapMegabytes();
  for (let i = 0; i < 3000; i++) {
    const socket = await dial();
    if (i % 2 === 0) socket.write(noise(4));
    if (i % 64 === 0) await turn();
    if (sockets.length > 200) sockets.shift()?.destroy();
    expect(a.host.streamCount).toBeLessThan(80);
  }
  expect(a.host.counters.rejected['unknown']).toBeGreaterThan(0);
  for (const socket of sockets.splice(0)) socket.destroy();
  await expect.poll(() => a.host.streamCount, { timeout: 20_000 }).toBeLessThan(8);
  expect((await heapMegabytes()) - heap).toBeLessThan(8);
  expect(handles()).toMatchObject({ servers: before['servers'], udp: before['udp'] });
});

test('hundreds that say who they are, each another: bounded; members still get in', async () => {
  const all: Socket[] = [];
  for (let i = 0; i < 700; i++) {
    const socket = await dial();
    all.push(socket);
    socket.write(open({ sender: `${i}`.padStart(16, 'e'), address: `127.0.0.1:${10_000 + i}` }));
    if (i % 16 === 0) await turn();
    expect(a.host.streamCount).toBeLessThanOrEqual(512 + 16); // Those that close still count.
  }
  const c = await Victim.open('c', [a.address]);
  await expect.poll(() => c.alive, { timeout: 20_000 }).toEqual(['a', 'b', 'c']);
  for (const socket of all) socket.destroy();
  c.host.call((protocol, env) => protocol.leave(env));
  await expect.poll(() => [a.alive, b.alive], { timeout: 10_000 }).toEqual([BOTH, BOTH]);
});

test('who asks for everything and reads nothing: what waits for it is bounded', async () => {
  const socket = await dial();
  socket.pause();
  socket.write(open({ lane: 'bulk' }));
  const ask = frame({ type: 'page', news: [], last: true, want: true });
  const heap = await heapMegabytes();
  for (let i = 0; i < 50_000; i++) {
    if (!socket.write(ask)) await Promise.race([once(socket, 'drain'), sleep(1000)]);
    if (i % 100 === 0) await turn();
  }
  await expect
    .poll(() => a.host.protocol.load.turnedAway.exchanges, { timeout: 20_000 })
    .toBeGreaterThan(10_000);
  expect((await heapMegabytes()) - heap).toBeLessThan(8);
});
