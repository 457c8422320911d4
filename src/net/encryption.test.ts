/** Encrypted hosts on loopback, and somebody between them who has no key. */
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test, vi } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { ANYONE, type Address } from '../core/index.ts';
import { portOf } from '../wire/index.ts';
import { drawSecret, parseSecret } from './secret.ts';

const closing: (() => unknown)[] = [];
const SECRET = drawSecret();

type Options = NonNullable<Parameters<typeof EchoHost.open>[0]>;

async function host(secret?: string | string[], options: Options = {}): Promise<EchoHost> {
  const made = await EchoHost.open(secret === undefined ? options : { ...options, secret });
  closing.push(async () => made.host.stop());
  return made;
}

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function until(done: () => boolean): Promise<void> {
  await vi.waitUntil(done, { interval: 2, timeout: 5000 });
}

/** A secret whose key has another id than the first. */
function otherSecret(): string {
  const text = drawSecret();
  return parseSecret(text).id === parseSecret(SECRET).id ? otherSecret() : text;
}

/** Somebody on the way: records what comes, sends what it likes. */
class Middle {
  readonly seen: Uint8Array[] = [];
  readonly #socket: Socket;
  /** Where all that comes goes on to. */
  forward: EchoHost | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.seen.push(Uint8Array.from(data));
      if (this.forward !== undefined) this.send(data, this.forward);
    });
  }

  static async open(): Promise<Middle> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    closing.push(() => socket.close());
    return new Middle(socket);
  }

  get address(): Address {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  send(data: Uint8Array, to: EchoHost): void {
    this.#socket.send(data, portOf(to.address), '127.0.0.1');
  }
}

const rejected = (of: EchoHost, reason: string): number => of.host.counters.rejected[reason] ?? 0;

/** `a`, whose packets carry its address and so may come from anywhere; `b`; and who is between. */
async function between(): Promise<{ a: EchoHost; b: EchoHost; middle: Middle }> {
  const middle = await Middle.open();
  const advertise = { ip: '127.0.0.1', port: portOf(middle.address) };
  const [a, b] = [await host(SECRET, { advertise }), await host(SECRET)];
  return { a, b, middle };
}

/** Sends a push to `b` by way of the middle, which gives what it saw. */
async function record(a: EchoHost, b: EchoHost, middle: Middle, text: string): Promise<Uint8Array> {
  const before = middle.seen.length;
  a.say(middle.address, b.host.nodeId, { type: 'push', way: 'packet', text });
  await until(() => middle.seen.length > before);
  return middle.seen[before]!;
}

/** `b` keeps a route to `a`, so it takes its packets at once. */
function know(b: EchoHost, a: EchoHost): void {
  b.host.call((_protocol, env) => env.keep(b.host.book.peer(a.address, a.host.nodeId)));
}

const heard = (of: EchoHost, text: string): number =>
  of.told.filter((event) => event.type === 'heard' && event.message.text === text).length;

test('by packet and by stream; who has no key is not heard, and hears nothing', async () => {
  const [a, b, plain] = [await host(SECRET), await host(SECRET), await host()];
  a.ask(b, 'packet');
  await a.heard('packet');
  a.ask(b, 'stream', 'control');
  await a.heard('stream');
  plain.ask(b, 'psst');
  await b.rejected('plain');
  a.ask(plain, 'psst');
  await plain.rejected('key');
  plain.ask(b, 'psst', 'control', 7);
  expect((await plain.failed(7)).why).toBe('lost');
  await plain.rejected('wrong-key');
  a.ask(plain, 'psst', 'control', 8);
  expect((await a.failed(8)).why).toBe('lost');
  await a.rejected('wrong-key');
  expect([heard(b, 'psst'), heard(plain, 'psst')]).toEqual([0, 0]);
});

test('another key: nothing passes, and both sides can say why', async () => {
  const [a, b] = [await host(SECRET), await host(otherSecret())];
  a.ask(b, 'packet');
  await b.rejected('key');
  a.ask(b, 'stream', 'control', 1);
  expect((await a.failed(1)).why).toBe('lost');
  await a.rejected('wrong-key');
  expect([heard(b, 'packet'), heard(b, 'stream')]).toEqual([0, 0]);
});

test('another cluster with the same key', async () => {
  const [a, b] = [await host(SECRET), await host(SECRET, { cluster: 'other' })];
  a.say(b.address, ANYONE, { type: 'push', way: 'packet', text: 'hello' });
  await a.rejected('wrong-cluster');
  await b.rejected('wrong-cluster');
  a.ask(b, 'packet'); // As if it knew the nodeId all the same.
  await b.rejected('auth');
  a.ask(b, 'stream', 'control', 1);
  await a.failed(1);
  expect([heard(b, 'hello'), heard(b, 'packet'), heard(b, 'stream')]).toEqual([0, 0, 0]);
});

test('replayed packets are refused, those that are late as well', async () => {
  const { a, b, middle } = await between();
  know(b, a);
  const first = await record(a, b, middle, 'first');
  const second = await record(a, b, middle, 'second');
  middle.send(second, b);
  middle.send(first, b); // Overtaken, but new.
  for (let i = 0; i < 10; i++) middle.send(i % 2 === 0 ? first : second, b);
  await until(() => rejected(b, 'replay') === 10);
  expect([heard(b, 'first'), heard(b, 'second')]).toEqual([1, 1]);
  const old = await record(a, b, middle, 'old');
  for (let i = 0; i < 1100; i++) {
    a.say(middle.address, b.host.nodeId, { type: 'push', way: 'packet', text: `${i}` });
  }
  await until(() => middle.seen.length >= 1103);
  middle.send(middle.seen.at(-1)!, b);
  await b.heard('1099', 'push');
  middle.send(old, b);
  await b.rejected('late');
  expect(heard(b, 'old')).toBe(0);
});

test('a packet from elsewhere, sent back, or changed', async () => {
  const [a, b, middle] = [await host(SECRET), await host(SECRET), await Middle.open()];
  know(b, a);
  const data = await record(a, b, middle, 'text'); // Without a claimed address.
  middle.send(data, b);
  await b.rejected('auth');
  middle.send(data, a);
  await a.rejected('reflected');
  expect(heard(b, 'text')).toBe(0);
  expect(a.host.counters.packetsOut.gone).toBe(0);
});

test('a stranger has to show that it lives; of one who does not, nothing is taken', async () => {
  const { a, b, middle } = await between();
  const data = await record(a, b, middle, 'delayed');
  await a.host.stop();
  const before = b.host.book.stats;
  for (let i = 0; i < 20; i++) middle.send(data, b);
  await until(() => b.host.counters.challenges === 1 && b.host.counters.heldDropped > 0);
  expect(heard(b, 'delayed')).toBe(0);
  expect(b.host.book.stats).toEqual(before);
  const [c, d] = [await host(SECRET), await host(SECRET)];
  c.ask(d, 'alive');
  await c.heard('alive');
  expect([c.host.counters.challenges, d.host.counters.challenges]).toEqual([0, 1]);
  c.ask(d, 'again');
  await c.heard('again');
  expect(d.host.counters.challenges).toBe(1);
});

test('whom a node keeps a route to is taken at once', async () => {
  const [a, b] = [await host(SECRET), await host(SECRET)];
  know(b, a);
  a.ask(b, 'hello');
  await a.heard('hello');
  expect(b.host.counters.challenges).toBe(0);
});

test('forged nodeIds leave nothing behind', async () => {
  const { a, b, middle } = await between();
  const data = await record(a, b, middle, 'text');
  const before = b.host.book.stats;
  for (let i = 0; i < 2000; i++) {
    const forged = data.slice();
    forged.set([i >> 8, i & 255], 4);
    middle.send(forged, b);
    if (i % 20 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  await until(() => rejected(b, 'auth') === 2000);
  expect(b.host.book.stats).toEqual(before);
  expect(b.host.counters.challenges).toBe(0);
  expect(b.told.filter((event) => event.type === 'rejected').length).toBeLessThan(5);
});

test('a key is changed host by host; then the old one opens nothing', async () => {
  const next = otherSecret();
  const hosts = [await host(SECRET), await host(SECRET)] as const;
  const [a, b] = hosts;
  const old = parseSecret(SECRET).fingerprint;
  const talk = async (round: string): Promise<void> => {
    for (const [x, y] of [[a, b] as const, [b, a] as const]) {
      x.ask(y, `packet ${round}`);
      x.ask(y, `stream ${round}`, 'control');
      await Promise.all([x.heard(`packet ${round}`), x.heard(`stream ${round}`)]);
    }
  };
  await talk('before');
  for (const { host: one } of hosts) one.keyring!.add(parseSecret(next));
  await talk('added');
  a.host.keyring!.use(parseSecret(next).fingerprint);
  await talk('half used');
  b.host.keyring!.use(parseSecret(next).fingerprint);
  await talk('used');
  a.host.keyring!.remove(old);
  a.host.forgetKey(old);
  await until(() => a.host.streamCount === 0);
  await talk('half removed');
  b.host.keyring!.remove(old);
  b.host.forgetKey(old);
  await talk('removed');
  const late = await host(SECRET);
  late.ask(a, 'late');
  await a.rejected('key');
  for (const one of hosts) {
    expect(one.told.filter(({ type }) => type === 'unreachable')).toEqual([]);
  }
});
