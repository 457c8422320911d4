import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { answerOpen, dial, openFrame, RawServer, RAW_NODE_ID } from '../../test/live/raw-peer.ts';
import { ANYONE } from '../core/index.ts';
import { encodeFrame, encodeGone, FRAME_BYTES_MAX, FrameKind } from '../wire/index.ts';
import { whyOfDial } from './dial-error.ts';

const closing: (() => unknown)[] = [];

async function host(): Promise<EchoHost> {
  const made = await EchoHost.open();
  closing.push(async () => made.host.stop());
  return made;
}

async function server(...listen: Parameters<typeof RawServer.listen>): Promise<RawServer> {
  const made = await RawServer.listen(...listen);
  closing.push(() => made.destroy());
  return made;
}

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const push = { type: 'push', way: 'control', text: 'x' } as const;

function failures(of: EchoHost): unknown[] {
  return of.told.flatMap((event) => {
    return event.type === 'unreachable' ? [[event.token, event.why]] : [];
  });
}

test('nobody listens: refused', async () => {
  const [a, b] = [await host(), await host()];
  await b.host.stop();
  a.ask(b, 'x', 'control', 1);
  expect(await a.failed(1)).toMatchObject({ to: b.address, why: 'refused' });
  expect(a.host.counters.failures).toEqual({ refused: 1, gone: 0, lost: 0, local: 0 });
});

test('accepted and closed: lost, without a second dial', async () => {
  const a = await host();
  const raw = await server((socket) => socket.destroy());
  a.say(raw.address, RAW_NODE_ID, push, 1);
  expect((await a.failed(1)).why).toBe('lost');
  expect([raw.accepted, failures(a)]).toEqual([1, [[1, 'lost']]]);
});

test('answered by something else: lost, and rejected', async () => {
  const a = await host();
  const raw = await server((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  a.say(raw.address, RAW_NODE_ID, push, 1);
  expect((await a.failed(1)).why).toBe('lost');
  expect(a.host.counters.rejected).toEqual({ length: 1 });
});

test('answered by another life: gone, whether it says so or not', async () => {
  const a = await host();
  const silent = await server((socket) => answerOpen(socket, silent.address));
  a.say(silent.address, 'bbbbbbbbbbbbbbbb', push, 1);
  a.say(silent.address, 'bbbbbbbbbbbbbbbb', push, 2);
  await a.failed(2);
  const polite = await server((socket) => {
    socket.end(encodeFrame(FrameKind.Gone, encodeGone('bbbbbbbbbbbbbbbb')));
  });
  a.say(polite.address, 'bbbbbbbbbbbbbbbb', push, 3);
  await a.failed(3);
  expect(failures(a)).toEqual([
    [1, 'gone'],
    [2, 'gone'],
    [3, 'gone'],
  ]);
});

test('a reused connection that closes unanswered is dialled once more', async () => {
  const a = await host();
  const heard: string[] = [];
  const raw = await server((socket, connection) => {
    answerOpen(socket, raw.address, (_frame, count) => {
      heard.push(`${connection}.${count}`);
      // The answer settles the first; the second is left without one.
      if (connection === 1 && count === 1) socket.write(encodeFrame(FrameKind.Message, answer));
      if (connection === 1 && count === 2) socket.destroy();
      if (connection === 2) socket.write(encodeFrame(FrameKind.Message, answer));
    });
  });
  const answer = Uint8Array.of(2, 1, 1, 0x61);
  a.say(raw.address, RAW_NODE_ID, push, 1);
  await a.heard('a', 'push');
  a.told.length = 0;
  a.say(raw.address, RAW_NODE_ID, push, 2);
  await a.heard('a', 'push');
  expect(heard).toEqual(['1.1', '1.2', '2.1']);
  expect(failures(a)).toEqual([]);
});

test('the second dial tells what it meets, once', async () => {
  const a = await host();
  const raw = await server((socket) => {
    answerOpen(socket, raw.address, (_frame, count) => {
      if (count === 1) socket.write(encodeFrame(FrameKind.Message, Uint8Array.of(2, 1, 1, 0x61)));
      else socket.destroy();
    });
  });
  a.say(raw.address, RAW_NODE_ID, push, 1);
  await a.heard('a', 'push');
  raw.close();
  a.say(raw.address, RAW_NODE_ID, push, 2);
  a.say(raw.address, RAW_NODE_ID, push, 3);
  await a.failed(3);
  expect(failures(a)).toEqual([
    [2, 'refused'],
    [3, 'refused'],
  ]);
});

test('sends arrive in order, also those queued while dialling', async () => {
  const [a, b] = [await host(), await host()];
  for (let i = 0; i < 200; i++) a.say(b.address, ANYONE, { ...push, text: String(i) }, 5);
  await b.heard('199', 'push');
  const order = b.told.map((event) => (event.type === 'heard' ? Number(event.message.text) : -1));
  expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
  expect([a.host.counters.dials, b.host.streamCount]).toEqual([1, 1]);
});

test('lanes have connections of their own, and answers come back on them', async () => {
  const [a, b] = [await host(), await host()];
  a.ask(b, 'one', 'control');
  a.ask(b, 'two', 'bulk');
  await Promise.all([a.heard('one'), a.heard('two')]);
  expect([a.host.counters.dials, b.host.counters.dials]).toEqual([2, 0]);
});

test('two that dial each other at once: every question has its answer', async () => {
  const [a, b] = [await host(), await host()];
  for (let i = 0; i < 20; i++) {
    a.ask(b, `a${i}`, 'control', 1);
    b.ask(a, `b${i}`, 'control', 1);
  }
  await Promise.all([a.heard('a19'), b.heard('b19')]);
  for (const one of [a, b]) {
    expect(failures(one)).toEqual([]);
    const answers = one.told.filter((e) => e.type === 'heard' && e.message.type === 'answer');
    expect(answers).toHaveLength(20);
  }
});

test('too much for one connection: local, never from inside the send', async () => {
  const a = await host();
  const raw = await server((socket) => socket.pause());
  const text = 'x'.repeat(65_000);
  for (let token = 1; token <= 400; token++) {
    a.say(raw.address, RAW_NODE_ID, { ...push, text }, token);
  }
  expect(failures(a)).toEqual([]);
  expect((await a.failed(400)).why).toBe('local');
  const local = a.host.counters.failures.local;
  const waiting = (400 - local) * text.length;
  expect(waiting).toBeLessThan(6 * FRAME_BYTES_MAX);
});

test('what is no open is refused, and nothing is delivered', async () => {
  const a = await host();
  const message = encodeFrame(FrameKind.Message, Uint8Array.of(0, 1, 1, 0x61));
  const tooLong = Uint8Array.of(0, 0, 0x20, 0, 1);
  const twice = openFrame('127.0.0.1:1', a.host.nodeId);
  for (const bytes of [message, tooLong, Uint8Array.of(...twice, ...twice)]) {
    const socket = await dial(a.address);
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  }
  expect(a.host.counters.rejected).toEqual({ unopened: 1, length: 1, open: 1 });
  expect(a.told.filter((event) => event.type === 'heard')).toEqual([]);
});

test('connections that never say who they are make room for others', async () => {
  const [a, b] = [await host(), await host()];
  const silent = await Promise.all(Array.from({ length: 80 }, async () => dial(a.address)));
  for (const socket of silent) socket.resume();
  b.ask(a, 'served', 'control');
  await b.heard('served');
  expect(a.host.counters.rejected['unknown']).toBeGreaterThanOrEqual(16);
  expect(a.host.streamCount).toBeLessThanOrEqual(65);
  for (const socket of silent) socket.destroy();
});

test.each([
  ['ECONNREFUSED', 'refused'],
  ['EMFILE', 'local'],
  ['ENFILE', 'local'],
  ['ENOBUFS', 'local'],
  ['EADDRNOTAVAIL', 'local'],
  ['ECONNRESET', 'lost'],
  ['EHOSTUNREACH', 'lost'],
  ['ENETUNREACH', 'lost'],
  ['ETIMEDOUT', 'lost'],
  ['', 'lost'],
])('a dial that ends with %j is %s', (code, why) => {
  expect(whyOfDial(code)).toBe(why);
});
