/** What the clock does to connections, without waiting for it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFrame, RAW_NODE_ID } from '../../test/live/raw-peer.ts';
import { RouteBook } from '../blocks/peers/book.ts';
import { Keyring } from '../blocks/security/keyring.ts';
import { Xoshiro128, type Why } from '../core/index.ts';
import { encodeFrame, FrameKind } from '../wire/index.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { Counters } from './counters.ts';
import { Detours } from './detours.ts';
import { hashCluster } from './entropy.ts';
import { Impairments } from './impairments.ts';
import type { Life } from './life.ts';
import type { Send } from './pending-sends.ts';
import { Rejections } from './rejections.ts';
import { drawSecret, parseSecret } from './secret.ts';
import { StreamFrames } from './stream-frames.ts';
import { Streams } from './streams.ts';
import { StreamWatch } from './stream-watch.ts';

const OWN_ID = 'bbbbbbbbbbbbbbbb';
const PLACE = '127.0.0.1:9';
const server = createServer();
let port = 0;
let clock = 0;
let counters = new Counters();
let timers: (() => void)[] = [];
let sockets: Socket[] = [];

beforeEach(async () => {
  counters = new Counters();
  timers = [];
  clock = 0;
  if (server.listening) return;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server.removeAllListeners('connection');
});

function life(): Life {
  return {
    book: new RouteBook(),
    nodeId: OWN_ID,
    clusterHash: hashCluster('test'),
    keyring: undefined,
    address: PLACE,
    random: new Xoshiro128(1),
    timers: { after: (_delayMs, run) => timers.push(run) },
    counters,
    rejections: new Rejections(counters, () => {}),
    impairments: new Impairments(),
    detours: new Detours([4]),
    streamWatch: new StreamWatch(() => {}),
    onIntroduced: () => {},
    now: () => clock,
  };
}

/** Both ends of a TCP connection. */
async function pair(): Promise<[Socket, Socket]> {
  const far = connect(port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  far.on('error', () => {});
  sockets.push(far, near);
  return [near, far];
}

class Heard implements ConnectionEvents {
  readonly settled: [number, Why | undefined][] = [];
  readonly repeated: number[] = [];
  closed!: () => void;
  readonly whenClosed = new Promise<void>((resolve) => {
    this.closed = resolve;
  });
  opened!: () => void;
  readonly whenOpened = new Promise<void>((resolve) => {
    this.opened = resolve;
  });

  onOpen(): void {
    this.opened();
  }
  onMessage(): void {}
  onSettled(send: Send, why: Why | undefined): void {
    this.settled.push([send.token, why]);
  }
  onRepeat(send: Send): void {
    this.repeated.push(send.token);
  }
  onClosed(): void {
    setImmediate(this.closed);
  }
}

function send(token: number): Send {
  return { peer: 0, token, lane: 'control', body: Uint8Array.of(1), isRepeat: false };
}

/** An accepted connection; `first`: what the other side sends at once, and has arrived. */
async function accepted(
  first?: Uint8Array,
  of = life(),
): Promise<{ connection: Connection; heard: Heard; far: Socket }> {
  const [near, far] = await pair();
  const heard = new Heard();
  const connection = new Connection(of, near, heard, PLACE);
  far.resume();
  if (first !== undefined) {
    far.write(first);
    await once(near, 'data');
  }
  return { connection, heard, far };
}

test('under a key: silence, a greeting alone, a greeting and half an open', async () => {
  const key = parseSecret(drawSecret());
  const bytes: Uint8Array[] = [];
  const dialler = new StreamFrames(new Keyring([key]), true, (frame) => bytes.push(frame));
  const half = encodeFrame(FrameKind.Open, new Uint8Array(60)).subarray(0, 30);
  for (const first of [undefined, bytes[0]!, Buffer.concat([bytes[0]!, half])]) {
    counters = new Counters();
    const { connection, heard } = await accepted(first, { ...life(), keyring: new Keyring([key]) });
    connection.check(5000);
    expect([connection.isUsable, connection.isUnknown]).toEqual([true, true]);
    connection.check(5001);
    await heard.whenClosed;
    expect(counters.rejected).toEqual({ unopened: 1 });
  }
  expect(dialler.waitingBytes).toBe(0);
});

test('under a key: an announced length is refused before anything waits for it', async () => {
  const keyring = new Keyring([parseSecret(drawSecret())]);
  const long = Uint8Array.of(0, 1, 0, 0, FrameKind.Open);
  const { heard } = await accepted(long, { ...life(), keyring });
  await heard.whenClosed;
  expect(counters.rejected).toEqual({ length: 1 });
});

test('who has not opened within five seconds is closed', async () => {
  const { connection, heard } = await accepted();
  connection.check(5000);
  expect(connection.isUsable).toBe(true);
  connection.check(5001);
  await heard.whenClosed;
  expect(counters.rejected).toEqual({ unopened: 1 });
});

test('a frame that stops in the middle is closed after ten seconds', async () => {
  const open = openFrame(PLACE, OWN_ID);
  const part = encodeFrame(FrameKind.Message, new Uint8Array(100)).subarray(0, 50);
  const { connection, heard } = await accepted(Uint8Array.of(...open, ...part));
  connection.check(10_000);
  expect(connection.isUsable).toBe(true);
  connection.check(10_001);
  await heard.whenClosed;
  expect(counters.rejected).toEqual({ stalled: 1 });
});

test('a frame that goes on in time is none of those', async () => {
  const open = openFrame(PLACE, OWN_ID);
  const frame = encodeFrame(FrameKind.Message, new Uint8Array(100));
  const first = Uint8Array.of(...open, ...frame.subarray(0, 50));
  const { connection, far } = await accepted(first);
  clock = 9000;
  const before = counters.inputs;
  far.write(frame.subarray(50));
  while (counters.inputs === before) await new Promise((resolve) => setImmediate(resolve));
  connection.check(10_001);
  expect([connection.isUsable, counters.framesIn]).toEqual([true, 1]);
});

test('idle for a minute: ended, without any failure', async () => {
  const { connection, heard, far } = await accepted(openFrame(PLACE, OWN_ID));
  connection.send(send(1));
  connection.check(5001);
  expect(heard.settled).toEqual([[1, undefined]]);
  connection.check(60_000);
  expect(connection.isUsable).toBe(true);
  connection.check(60_001);
  await heard.whenClosed;
  expect([heard.settled.length, heard.repeated, far.readableEnded]).toEqual([1, [], true]);
  expect(counters.rejected).toEqual({});
});

test('a reused connection that closes within five seconds gives its send back', async () => {
  const { connection, heard, far } = await accepted(openFrame(PLACE, OWN_ID));
  connection.send(send(1));
  connection.send({ ...send(2), isRepeat: true });
  connection.check(4999);
  far.destroy();
  await heard.whenClosed;
  expect([heard.repeated, heard.settled]).toEqual([[1], [[2, 'lost']]]);
});

test('written bytes that do not move for ten seconds: lost', async () => {
  const { connection, heard, far } = await accepted(openFrame(PLACE, OWN_ID));
  far.pause();
  let token = 0;
  while (connection.send({ ...send(++token), body: new Uint8Array(65_000) })) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  connection.check(1);
  connection.check(10_001);
  expect(connection.isUsable).toBe(true);
  connection.check(10_002);
  await heard.whenClosed;
  expect(heard.settled[0]).toEqual([1, undefined]); // It had left this process.
  expect(heard.settled.at(-1)).toEqual([token - 1, 'lost']);
});

test('who does not close after us is closed in five seconds', async () => {
  const { connection, heard, far } = await accepted(openFrame(PLACE, OWN_ID));
  far.pause(); // It never reads our end.
  connection.end();
  connection.check(5000);
  connection.check(5001);
  await heard.whenClosed;
  expect(connection.isUsable).toBe(false);
});

test('a dial ends after five seconds', async () => {
  const failed: [number, Why][] = [];
  const own = life();
  const streams = new Streams(own, {
    onOpened: () => {},
    onMessage: () => {},
    onFailed: ({ token }, why) => failed.push([token, why]),
  });
  const peer = own.book.peer(`127.0.0.1:${port}`, RAW_NODE_ID);
  streams.send({ ...send(3), peer });
  for (const run of timers.splice(0)) run(); // Before the loop can say that it is connected.
  while (failed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(failed).toEqual([[3, 'lost']]);
  own.book.begin();
  own.book.sweep();
  expect(own.book.stats.routes).toBe(0);
  await streams.close();
});
