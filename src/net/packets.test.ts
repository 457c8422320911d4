import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { dial } from '../../test/live/raw-peer.ts';
import { ANYONE, PACKET_BYTES_MAX, Xoshiro128, type NodeId } from '../core/index.ts';
import {
  beginPacket,
  ByteReader,
  ByteWriter,
  endPacket,
  openPacket,
  PacketKind,
  portOf,
  readGone,
  writeGreeting,
  writeNodeId,
  type PacketHeader,
} from '../wire/index.ts';
import { hashCluster } from './entropy.ts';

const RAW_ID: NodeId = 'aaaaaaaaaaaaaaaa';
const closing: (() => unknown)[] = [];

async function host(): Promise<EchoHost> {
  const made = await EchoHost.open();
  closing.push(async () => made.host.stop());
  return made;
}

/** A UDP socket that speaks as a test wants; it sends in the very call. */
async function raw(): Promise<Socket> {
  const lookup = (ip: string, _options: unknown, done: Lookup): void => done(null, ip, 4);
  const socket = createSocket({ type: 'udp4', lookup, recvBufferSize: 1 << 20 });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  closing.push(() => socket.close());
  return socket;
}

type Lookup = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function packet(header: Partial<PacketHeader>, body: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter();
  const whole = { kind: PacketKind.Message, sender: RAW_ID, receiver: ANYONE, claimed: undefined };
  beginPacket(to, { ...whole, ...header });
  body(to);
  endPacket(to);
  return to.copy();
}

function push(text: string, receiver: NodeId, header: Partial<PacketHeader> = {}): Uint8Array {
  return packet({ receiver, ...header }, (to) => {
    to.u8(2);
    to.u8(0);
    to.text(text);
  });
}

async function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function until(done: () => boolean): Promise<void> {
  await vi.waitUntil(done, { interval: 1, timeout: 4000 });
}

test('after a pause, what has arrived is delivered before overdue timers', async () => {
  const a = await host();
  const socket = await raw();
  await until(() => a.host.counters.turnsWaited === 0);
  a.host.call((_protocol, env) => env.after(20, 1));
  for (let i = 0; i < 300; i++) {
    socket.send(push(String(i), a.host.nodeId), portOf(a.address), '127.0.0.1');
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await a.until((event) => event.type === 'woken');
  const types = a.told.map((event) => event.type);
  expect(types.indexOf('woken')).toBe(300);
  expect(a.host.counters.timersLate).toBe(1);
});

test('gone is answered to the source, naming who was meant, at a limited rate', async () => {
  const a = await host();
  const socket = await raw();
  const answers: Uint8Array[] = [];
  socket.on('message', (data) => answers.push(data));
  for (let i = 0; i < 30; i++) {
    socket.send(push('x', 'cccccccccccccccc'), portOf(a.address), '127.0.0.1');
  }
  await until(() => a.host.counters.misdirected === 30 && answers.length === 10);
  const reader = new ByteReader();
  const header = openPacket(answers[0] ?? new Uint8Array(), reader);
  expect(header).toEqual({
    kind: PacketKind.Gone,
    sender: a.host.nodeId,
    receiver: RAW_ID,
    claimed: undefined,
  });
  expect(readGone(reader)).toBe('cccccccccccccccc');
  expect(a.host.counters.packetsOut.gone).toBe(10);
  expect(a.told).toEqual([]); // Usual after a restart: counted, not reported.
});

test('gone is believed of a route lately sent to, and of no other', async () => {
  const a = await host();
  const socket = await raw();
  const place = `127.0.0.1:${socket.address().port}`;
  const gone = (meant: NodeId, header: Partial<PacketHeader> = {}): Uint8Array =>
    packet({ kind: PacketKind.Gone, receiver: a.host.nodeId, ...header }, (to) => {
      writeNodeId(to, meant);
    });
  a.say(place, 'cccccccccccccccc', { type: 'push', way: 'packet', text: 'x' });
  a.host.call((_protocol, env) => env.keep(a.host.book.peer(place, 'dddddddddddddddd')));
  const tell = (data: Uint8Array): void => socket.send(data, portOf(a.address), '127.0.0.1');
  tell(gone('dddddddddddddddd')); // Known, but nothing was sent there.
  tell(gone('eeeeeeeeeeeeeeee')); // Not known at all.
  tell(gone('cccccccccccccccc', { claimed: '127.0.0.1:1' })); // From elsewhere.
  tell(gone('cccccccccccccccc', { receiver: 'ffffffffffffffff' })); // To another.
  tell(gone(RAW_ID)); // Of the one who answers.
  tell(gone('cccccccccccccccc'));
  await a.failed(0);
  expect(a.told.filter((event) => event.type === 'unreachable')).toEqual([
    { type: 'unreachable', to: place, token: 0, why: 'gone' },
  ]);
  expect(a.host.counters.goneIgnored).toBe(3);
  expect(a.host.counters.rejected).toEqual({ 'gone-answer': 2 });
});

test('hellos of strangers leave nothing behind; answers are as long as questions', async () => {
  const a = await host();
  const socket = await raw();
  let bytes = 0;
  let answers = 0;
  socket.on('message', (data) => {
    bytes += data.length;
    answers++;
  });
  const before = a.host.book.stats;
  const hello = packet({ kind: PacketKind.Hello }, (to) => {
    writeGreeting(to, { clusterHash: hashCluster('test'), nonce: 7 });
  });
  for (let i = 0; i < 100; i++) {
    if (i % 20 === 0) await turn();
    socket.send(hello, portOf(a.address), '127.0.0.1');
  }
  await until(() => answers === 100);
  expect(bytes).toBe(100 * hello.length);
  expect(a.host.book.stats).toEqual(before);
});

test('a claimed address names the sender, and its route lapses with the handler', async () => {
  const a = await host();
  const socket = await raw();
  const before = a.host.book.stats.routes;
  const data = push('x', a.host.nodeId, { claimed: '[2001:db8::1]:7' });
  socket.send(data, portOf(a.address), '127.0.0.1');
  expect(await a.heard('x', 'push')).toMatchObject({
    address: '[2001:db8::1]:7',
    nodeId: RAW_ID,
  });
  expect(a.host.book.stats.routes).toBe(before);
});

test('the largest body arrives, even where a claimed address travels with it', async () => {
  const [a, b] = [await EchoHost.open({ advertise: { ip: '2001:db8::1', port: 7 } }), await host()];
  closing.push(async () => a.host.stop());
  const text = 'x'.repeat(PACKET_BYTES_MAX - 4);
  a.host.call((protocol, env) => {
    const to = a.host.book.peer(b.address, b.host.nodeId);
    protocol.say(env, to, { type: 'push', way: 'packet', text });
  });
  expect((await b.heard(text, 'push')).address).toBe('[2001:db8::1]:7');
});

test('a send to a family that the socket does not speak is counted', async () => {
  const a = await host();
  a.say('[2001:db8::1]:7', RAW_ID, { type: 'push', way: 'packet', text: 'x' });
  expect(a.host.counters.unroutable).toBe(1);
});

/** Breaks a packet: bytes changed, cut, made up; often with a checksum that holds again. */
function mutate(data: Uint8Array, random: Xoshiro128): Uint8Array {
  const choice = random.below(8);
  if (choice === 0) return Uint8Array.from({ length: random.below(64) }, () => random.below(256));
  if (choice === 1) return data.slice(0, random.below(data.length));
  const changed = data.slice();
  for (let i = random.below(4); i >= 0; i--) changed[random.below(data.length)] = random.below(256);
  if (choice < 5) return changed;
  const to = new ByteWriter();
  to.bytes(changed.subarray(0, random.below(4) === 0 ? random.below(data.length) : -4));
  endPacket(to);
  return to.copy();
}

test('a hundred thousand broken packets change nothing, and are reported a few times', async () => {
  const a = await host();
  const socket = await raw();
  const random = new Xoshiro128(2026);
  const { nodeId } = a.host;
  const greeting = { clusterHash: hashCluster('test'), nonce: 7 };
  const bases = [
    push('some text', nodeId),
    push('some text', nodeId, { claimed: '10.0.0.1:5' }),
    packet({ kind: PacketKind.Hello }, (to) => writeGreeting(to, greeting)),
    packet({ kind: PacketKind.Welcome, receiver: nodeId }, (to) => writeGreeting(to, greeting)),
    packet({ kind: PacketKind.Gone, receiver: nodeId }, (to) => writeNodeId(to, RAW_ID)),
  ] as const;
  const before = a.host.book.stats;
  for (let sent = 0; sent < 100_000; sent++) {
    const base = bases[random.below(bases.length)] ?? bases[0];
    socket.send(mutate(base, random), portOf(a.address), '127.0.0.1');
    // The host reads 32 a turn: fewer, and none is lost.
    if (sent % 25 === 24) await turn();
  }
  const { counters } = a.host;
  await until(() => counters.inputs === 100_000);
  const { message, hello, welcome, gone } = counters.packetsIn;
  const rejected = Object.values(counters.rejected).reduce((sum, count) => sum + count, 0);
  const heard = a.told.filter((event) => event.type === 'heard').length;
  // A message is heard or rejected by its decoder; a hello of another cluster counts twice.
  const twice = message - heard + (counters.rejected['wrong-cluster'] ?? 0);
  expect(rejected - twice + message + hello + welcome + gone + counters.misdirected).toBe(100_000);
  expect(Object.keys(counters.rejected).sort()).toEqual([
    'checksum',
    'gone-answer',
    'greeting',
    'header',
    'key',
    'kind',
    'length',
    'message',
    'version',
    'wrong-cluster',
  ]);
  expect(a.told.filter((event) => event.type === 'rejected').length).toBeLessThan(300);
  expect(a.told.filter((event) => event.type === 'unreachable')).toEqual([]);
  expect({ ...a.host.book.stats, slots: 0 }).toEqual({ ...before, slots: 0 });
  expect(a.host.book.stats.slots).toBeLessThan(before.slots + 8);
});

test('garbage by stream changes nothing either', async () => {
  const a = await host();
  const random = new Xoshiro128(7);
  for (let round = 0; round < 40; round++) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const socket = await dial(a.address);
        const closed = once(socket, 'close');
        socket.resume();
        const length = 16 + random.below(5000);
        socket.end(Uint8Array.from({ length }, () => random.below(256)));
        await closed;
      }),
    );
  }
  await until(() => a.host.streamCount === 0);
  expect(a.host.counters.rejected).toEqual({ length: expect.any(Number) as number });
  expect(a.host.counters.accepts).toBe(400);
  expect(a.host.counters.framesIn).toBe(0);
});
