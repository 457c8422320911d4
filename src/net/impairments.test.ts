import { afterEach, expect, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { ANYONE } from '../core/index.ts';
import { DelayLine } from './delay-line.ts';
import { Impairments } from './impairments.ts';

const open: EchoHost[] = [];

async function pair(): Promise<[EchoHost, EchoHost]> {
  const hosts: [EchoHost, EchoHost] = [await EchoHost.open(), await EchoHost.open()];
  open.push(...hosts);
  return hosts;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.host.stop()));
});

test('nothing is impaired unless it is asked for', () => {
  const impairments = new Impairments();
  impairments.set({});
  expect([impairments.isOn, impairments.settings]).toEqual([false, undefined]);
  impairments.set({ loss: 1 });
  expect(impairments.packetMs('out', '127.0.0.1:1')).toBeLessThan(0);
  impairments.set(undefined);
  expect(impairments.isOn).toBe(false);
  expect(impairments.packetMs('out', '127.0.0.1:1')).toBe(0);
});

test('a cut is by address or by IP, one way or both', () => {
  const impairments = new Impairments();
  const passes = (address: string) =>
    (['in', 'out'] as const).map((way) => impairments.packetMs(way, address) >= 0);
  impairments.set({ cut: ['127.0.0.1:5', '::ffff:10.0.0.1', '[::1]:7'], mode: 'reject' });
  expect(passes('127.0.0.1:5')).toEqual([false, false]);
  expect(passes('127.0.0.1:6')).toEqual([true, true]);
  expect(passes('10.0.0.1:9')).toEqual([false, false]);
  expect(passes('[::1]:7')).toEqual([false, false]);
  expect(impairments.streamCut('out', '127.0.0.1:5')).toBe('reject');
  impairments.set({ cut: ['127.0.0.1:5'], direction: 'in' });
  expect(passes('127.0.0.1:5')).toEqual([false, true]);
  expect(impairments.streamCut('out', '127.0.0.1:5')).toBe('drop');
  impairments.set({ block: ['tcp'], direction: 'in' });
  expect(impairments.streamCut('out', '127.0.0.1:5')).toBeUndefined();
  expect(impairments.streamCut('in', '127.0.0.1:5')).toBe('drop');
});

test('what makes no sense is named', () => {
  const impairments = new Impairments();
  const refuses = (settings: object) =>
    expect(() => impairments.set(settings)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  for (const loss of [-1, 1.5, NaN]) refuses({ loss });
  for (const delayMs of [-1, 10_001, NaN]) refuses({ delayMs });
  refuses({ jitterMs: Infinity });
  refuses({ cut: ['web-2'] });
  expect(impairments.isOn).toBe(false);
});

test('lost packets: 3 of 10, and streams get through all the same', async () => {
  const [a, b] = await pair();
  a.host.impairments.set({ loss: 0.3, direction: 'out' });
  for (let i = 0; i < 1000; i++) {
    a.say(b.address, b.host.nodeId, { type: 'push', way: 'packet', text: String(i) });
  }
  a.ask(b, 'stream', 'control');
  await a.heard('stream');
  expect(a.host.counters.packetsImpaired).toBeGreaterThan(220);
  expect(a.host.counters.packetsImpaired).toBeLessThan(380);
});

test('a cut swallows packets and breaks streams, and a healed one is as before', async () => {
  const [a, b] = await pair();
  a.ask(b, 'before', 'control');
  await a.heard('before');
  a.host.impairments.set({ cut: [b.address], mode: 'reject' });
  a.ask(b, 'x', 'packet');
  a.ask(b, 'x', 'control', 1);
  expect((await a.failed(1)).why).toBe('refused');
  b.ask(a, 'y', 'bulk', 2);
  expect((await b.failed(2)).why).toBe('lost');
  expect(b.told.filter((event) => event.type === 'heard')).toHaveLength(1);
  a.host.impairments.set(undefined);
  for (const way of ['packet', 'control', 'bulk'] as const) {
    a.say(b.address, ANYONE, { type: 'ask', way, text: way });
    await a.heard(way);
  }
});

test('without UDP streams go on, without TCP packets do', async () => {
  const [a, b] = await pair();
  a.host.impairments.set({ block: ['udp'] });
  a.ask(b, 'stream', 'control');
  await a.heard('stream');
  a.host.impairments.set({ block: ['tcp'], mode: 'reject' });
  a.ask(b, 'packet');
  await a.heard('packet');
  a.ask(b, 'x', 'control', 1);
  expect((await a.failed(1)).why).toBe('refused');
});

test('late packets arrive, each way, and on a stream none overtakes another', async () => {
  const [a, b] = await pair();
  a.host.impairments.set({ delayMs: 5, jitterMs: 20 });
  for (let i = 0; i < 50; i++) {
    a.ask(b, String(i), 'control');
    a.ask(b, `p${i}`);
  }
  await Promise.all(Array.from({ length: 50 }, async (_, i) => a.heard(`p${i}`)));
  await a.heard('49');
  const order = b.told.flatMap((event) =>
    event.type === 'heard' && event.message.way === 'control' ? [Number(event.message.text)] : [],
  );
  expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test('a delay line keeps order, and does at once what need not wait', async () => {
  const line = new DelayLine();
  const done: number[] = [];
  line.run(0, () => done.push(0));
  expect(done).toEqual([0]);
  await new Promise<void>((resolve) => {
    line.run(10, () => done.push(1));
    line.run(0, () => done.push(2));
    line.run(1, () => {
      done.push(3);
      resolve();
    });
  });
  expect(done).toEqual([0, 1, 2, 3]);
});
