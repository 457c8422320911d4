import { afterEach, expect, test, vi } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { echo, echoCodec, type EchoMessage, type EchoProtocol } from '../../test/live/echo.ts';
import { RouteBook } from '../blocks/peers/book.ts';
import { ANYONE, UsageError, type Codec } from '../core/index.ts';

const open: EchoHost[] = [];

async function host(options: Parameters<typeof EchoHost.open>[0] = {}): Promise<EchoHost> {
  const made = await EchoHost.open(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.host.stop()));
});

test.each(['packet', 'control', 'bulk'] as const)('question and answer by %s', async (way) => {
  const [a, b] = [await host(), await host()];
  a.ask(b, 'hello', way);
  const answer = await a.heard('hello');
  expect([answer.address, answer.nodeId]).toEqual([b.address, b.host.nodeId]);
  const question = await b.heard('hello', 'ask');
  expect([question.address, question.nodeId]).toEqual([a.address, a.host.nodeId]);
});

test('whoever lives there: the answer comes from the full route', async () => {
  const [a, b] = [await host(), await host()];
  for (const way of ['packet', 'control'] as const) {
    a.say(b.address, ANYONE, { type: 'ask', way, text: way });
    expect((await a.heard(way)).nodeId).toBe(b.host.nodeId);
  }
  expect(a.host.counters.packetsOut).toEqual({ message: 1, hello: 1, welcome: 0, gone: 0 });
  expect(b.host.counters.packetsOut).toEqual({ message: 1, hello: 0, welcome: 1, gone: 0 });
  expect(b.host.counters.dials).toBe(0); // It answered on the asker's connection.
});

test('the advertised address is what others hear', async () => {
  const [a, b] = [await host({ advertise: { ip: '127.0.0.9', port: 9 } }), await host()];
  for (const way of ['packet', 'control'] as const) {
    a.ask(b, way, way);
    expect((await b.heard(way, 'ask')).address).toBe('127.0.0.9:9');
  }
  expect((await a.heard('control')).address).toBe(b.address); // It needs no dial back.
});

test('each life is buried once it is over, when its end has been told', async () => {
  const buried: EchoProtocol[] = [];
  let toldBefore = 0;
  const bury = (protocol: EchoProtocol): void => {
    buried.push(protocol);
    toldBefore = one.told.length;
  };
  const one = await host({ design: { ...echo, bury } });
  const lives = [one.host.protocol];
  one.host.restart();
  lives.push(one.host.protocol);
  await vi.waitFor(() => expect(buried).toEqual(lives.slice(0, 1)));
  one.host.call((_protocol, env) => env.stop('done'));
  await one.until((event) => event.type === 'stopped');
  await one.host.stop();
  await vi.waitFor(() => expect(buried).toEqual(lives));
  expect(one.told.slice(0, toldBefore).map(({ type }) => type)).toContain('stopped');
});

test('another cluster is turned away, and both sides know', async () => {
  const [a, b] = [await host(), await host({ cluster: 'other' })];
  a.say(b.address, ANYONE, { type: 'ask', way: 'packet', text: 'x' });
  await Promise.all([a.rejected('wrong-cluster'), b.rejected('wrong-cluster')]);
  expect(a.host.counters.heldDropped).toBe(1);
  a.say(b.address, ANYONE, { type: 'ask', way: 'control', text: 'x' }, 7);
  expect((await a.failed(7)).why).toBe('lost');
  expect(a.host.counters.rejected['wrong-cluster']).toBe(2);
  expect(b.host.counters.rejected['wrong-cluster']).toBe(2);
});

test('a restart is another life: the old one is gone, by packet and by stream', async () => {
  const [a, b] = [await host(), await host()];
  const before = b.host.nodeId;
  a.ask(b, 'first', 'control');
  await a.heard('first');
  b.host.restart();
  expect(b.host.nodeId).not.toBe(before);
  a.say(b.address, before, { type: 'ask', way: 'packet', text: 'x' });
  expect((await a.failed(0)).why).toBe('gone');
  expect(a.host.counters).toMatchObject({ dials: 1, dialsOpened: 1 });
  a.say(b.address, before, { type: 'ask', way: 'control', text: 'x' }, 8);
  expect((await a.failed(8)).why).toBe('gone');
  expect(a.host.counters.dialsFailed).toEqual({ refused: 0, gone: 1, lost: 0, local: 0 });
  expect(a.host.counters.messagesOut['ask']).toMatchObject({ packets: 1, streamed: 2 });
  a.ask(b, 'second', 'control');
  expect((await a.heard('second')).nodeId).toBe(b.host.nodeId);
  expect(b.told.filter((event) => event.type === 'heard')).toHaveLength(2);
});

test('what an ended life had sent never fails in the next', async () => {
  const [a, b] = [await host(), await host()];
  await b.host.stop();
  a.ask(b, 'x', 'control', 1);
  a.host.restart();
  a.ask(b, 'x', 'control', 2);
  await a.failed(2);
  expect(a.told.filter((event) => event.type === 'unreachable')).toHaveLength(1);
});

test('a stranger that comes up late hears the repeated hello, and what was held', async () => {
  const [a, b] = [await host(), await host()];
  const bind = { ip: '127.0.0.1', port: Number(b.address.split(':')[1]) };
  await b.host.stop();
  for (const text of ['1', '2', '3'])
    a.say(b.address, ANYONE, { type: 'ask', way: 'packet', text });
  await host({ bind });
  await a.heard('3');
  expect(a.host.counters.packetsOut.hello).toBe(2);
  expect(a.host.counters.heldDropped).toBe(0);
});

test('a protocol that calls its own host is a bug, and stops', async () => {
  const [a, b] = [await host(), await host()];
  b.host.protocol.onHandler = () => b.host.call(() => undefined);
  a.ask(b, 'x');
  expect(await b.until((event) => event.type === 'failed')).toMatchObject({
    error: { name: 'InvariantError' },
  });
});

test('timers of an ended life never wake the next', async () => {
  const a = await host();
  a.host.call((_protocol, env) => env.after(5, 1));
  a.host.restart();
  a.host.call((_protocol, env) => env.after(10, 2));
  const woken = await a.until((event) => event.type === 'woken');
  expect(woken).toMatchObject({ timer: 2 });
});

test('timers wake in the order of their times, then of asking', async () => {
  const a = await host();
  a.host.call((_protocol, env) => {
    for (const [arg, delayMs] of [3, 1, 2, 1, 0, -5].entries()) env.after(delayMs, 7, arg);
    env.after(30, 8);
  });
  await a.until((event): event is never => event.type === 'woken' && event.timer === 8);
  const order = a.told.map((event) => (event.type === 'woken' ? event.arg : undefined));
  expect(order.slice(0, 6)).toEqual([4, 5, 1, 3, 2, 0]);
});

test('a listener may call its host and others; events keep their order', async () => {
  const [a, b] = [await host(), await host()];
  const order: string[] = [];
  a.host.on((event) => {
    if (event.type !== 'heard') return;
    order.push(event.message.text);
    if (event.message.text !== 'one') return;
    b.host.call((_protocol, env) => env.after(0, 1));
    a.host.call((_protocol, env) => {
      env.emit({ ...event, message: { ...event.message, text: 'nested' } });
    });
    order.push('called');
  });
  a.ask(b, 'one');
  await a.heard('nested');
  await b.until((event) => event.type === 'woken');
  expect(order).toEqual(['one', 'called', 'nested']);
});

test('a listener that has left hears nothing', async () => {
  const a = await host();
  const heard: unknown[] = [];
  const leave = a.host.on((event) => heard.push(event));
  leave();
  a.host.call((_protocol, env) => env.after(0, 1));
  await a.until((event) => event.type === 'woken');
  expect(heard).toEqual([]);
});

test('a handler that throws stops the node, and that is told', async () => {
  const [a, b] = [await host(), await host()];
  const error = new Error('planted');
  b.host.protocol.onHandler = () => {
    throw error;
  };
  a.ask(b, 'x');
  expect(await b.until((event) => event.type === 'failed')).toEqual({ type: 'failed', error });
  expect(() => b.host.call(() => 1)).toThrow(UsageError);
  await b.host.stop();
  a.ask(b, 'y', 'control', 9);
  expect((await a.failed(9)).why).toBe('refused');
});

test('a command that throws is its caller’s affair', async () => {
  const [a, b] = [await host(), await host()];
  const command = (): never => {
    throw new RangeError('planted');
  };
  expect(() => a.host.call(command)).toThrow(RangeError);
  a.ask(b, 'alive');
  await a.heard('alive');
});

test('a protocol that stops flushes first', async () => {
  const [a, b] = [await host(), await host()];
  b.host.protocol.onHandler = (env) => env.stop('planted');
  a.ask(b, 'last');
  await a.heard('last');
  expect(await b.until((event) => event.type === 'stopped')).toEqual({
    type: 'stopped',
    reason: 'planted',
  });
});

test('stop flushes streams and frees the port for a successor', async () => {
  const [a, b] = [await host(), await host()];
  const text = 'z'.repeat(60_000);
  a.say(b.address, b.host.nodeId, { type: 'push', way: 'bulk', text: 'warm' });
  await b.heard('warm', 'push');
  for (let i = 0; i < 4; i++) {
    a.say(b.address, b.host.nodeId, { type: 'push', way: 'bulk', text: `${i}${text}` });
  }
  const port = Number(a.address.split(':')[1]);
  await a.host.stop();
  await b.heard(`3${text}`, 'push');
  const successor = await host({ bind: { ip: '127.0.0.1', port } });
  expect(successor.address).toBe(a.address);
});

test('records reach the log before the sends leave', async () => {
  const log: [number, boolean][] = [];
  const b = await host();
  let sent = -1;
  const a = await host({
    log: (record, durable) => {
      log.push([(record as Uint8Array).length, durable]);
      sent = a.host.counters.packetsOut.message;
    },
  });
  a.host.call((protocol, env) => {
    protocol.say(env, a.host.book.peer(b.address, b.host.nodeId), {
      type: 'push',
      way: 'packet',
      text: 'x',
    });
    env.save(new Uint8Array(3));
    env.save(new Uint8Array(5), true);
  });
  expect(log).toEqual([
    [3, false],
    [5, true],
  ]);
  expect([sent, a.host.counters.packetsOut.message]).toEqual([0, 1]);
});

test('a message beyond its limit is the protocol’s mistake: the node stops', async () => {
  for (const [way, bytes] of [
    ['packet', 1361],
    ['bulk', 65_537],
  ] as const) {
    const a = await host();
    a.say(a.address, a.host.nodeId, { type: 'push', way, text: 'x'.repeat(bytes) });
    const failed = await a.until((event) => event.type === 'failed');
    expect(failed).toMatchObject({ error: { code: 'MESSAGE_TOO_LARGE' } });
  }
});

test('a fan-out encodes its message once', async () => {
  let encoded = 0;
  const codec: Codec<EchoMessage> = {
    ...echoCodec,
    encode: (...inputs) => {
      encoded++;
      echoCodec.encode(...inputs);
    },
  };
  const book = new RouteBook();
  const [a, b, c] = [
    await host({ shared: { book, shared: book, codec } }),
    await host(),
    await host(),
  ];
  a.host.call((_protocol, env) => {
    const message = { type: 'push', way: 'packet', text: 'all' } as const;
    for (const to of [b, c]) env.send(a.host.book.peer(to.address, to.host.nodeId), message);
  });
  await Promise.all([b.heard('all', 'push'), c.heard('all', 'push')]);
  expect(encoded).toBe(1);
});

test('what a life kept is given back when it ends', async () => {
  const [a, b] = [await host(), await host()];
  const peer = a.say(b.address, b.host.nodeId, { type: 'ask', way: 'control', text: 'x' });
  await a.heard('x');
  expect(a.host.book.keeps(peer)).toBeGreaterThan(0);
  await Promise.all([a.host.stop(), b.host.stop()]);
  const other = await host();
  other.host.call(() => undefined); // A handler sweeps.
  expect(a.host.book.has(peer)).toBe(false);
});
