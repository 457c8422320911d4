/** Garbage by UDP against a live node: counted, told at a limited rate, and nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFact, type News } from '../../../src/blocks/membership/index.ts';
import { RouteBook } from '../../../src/blocks/peers/book.ts';
import { Xoshiro128 } from '../../../src/core/index.ts';
import { factBytes } from '../../../src/designs/hearsay/codec.ts';
import { hearsay, type HearsayMessage } from '../../../src/designs/hearsay/index.ts';
import { nodeCrypto } from '../../../src/net/index.ts';
import { ByteWriter, DATAGRAM_BYTES_MAX, PacketKind } from '../../../src/wire/index.ts';
import { Mutator } from '../mutants.ts';
import { handles, heapMegabytes, packet, pair, Sender, sleep, Victim } from './victim.ts';

const random = new Xoshiro128(1, 'hostile');
const book = new RouteBook({ permanent: true });
const codec = hearsay.codec(hearsay.share(book, nodeCrypto));
let a: Victim;
let b: Victim;
let sender: Sender;

beforeEach(async () => {
  [a, b] = await pair();
  sender = new Sender();
});

afterEach(async () => {
  sender.close();
  await Promise.all([a.host.stop(), b.host.stop()]);
});

const BOTH = ['a', 'b'];

function encode(message: HearsayMessage): Uint8Array {
  const to = new ByteWriter();
  codec.encode(message, to, book);
  return to.copy();
}

function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function news(name: string, address: string, nodeId: string): News {
  const start = Date.now();
  const of = {
    name,
    nodeId,
    peer: book.peer(address, nodeId),
    start,
    born: start,
    counter: 0,
    streams: 'yes' as const,
    tags: {},
    slot: -1,
  };
  return {
    fact: makeFact({ ...of, bytes: factBytes(of) }),
    status: 'alive',
    accusers: [],
    ageMs: 0,
  };
}

test('bytes that are no packet, and packets that hold no message', async () => {
  const receiver = a.host.nodeId;
  const good = packet(encode({ type: 'ping', seq: 1, news: [] }), { receiver });
  const wrong = (at: number, value: number): Uint8Array => {
    const changed = good.slice();
    changed[at] = value;
    return changed;
  };
  const cases: [string, Uint8Array[]][] = [
    [
      'length',
      [new Uint8Array(0), good.slice(0, 12), noise(DATAGRAM_BYTES_MAX + 1), noise(60_000)],
    ],
    ['version', [wrong(0, 0x20), wrong(0, 0xf0), wrong(0, 0)]],
    ['kind', [wrong(0, 0x17), wrong(0, 0x14)]],
    ['key', [wrong(1, 1)]],
    ['checksum', [wrong(good.length - 1, good.at(-1)! ^ 1), wrong(20, 0xff), good.slice(0, -1)]],
    ['message', [packet(noise(100), { receiver }), packet(new Uint8Array(0), { receiver })]],
    ['greeting', [packet(noise(13), { kind: PacketKind.Hello, receiver })]],
    ['gone-answer', [packet(noise(7), { kind: PacketKind.Gone, receiver })]],
  ];
  for (const [reason, garbage] of cases) {
    const before = a.host.counters.rejected[reason] ?? 0;
    for (const data of garbage) await sender.send(data, a.address);
    await expect
      .poll(() => (a.host.counters.rejected[reason] ?? 0) - before, { timeout: 10_000 })
      .toBe(garbage.length);
    expect(a.of('rejected').filter((event) => event.reason === reason)).toHaveLength(1);
  }
  expect(a.of('failed')).toEqual([]);
  expect([a.alive, b.alive]).toEqual([BOTH, BOTH]);
});

test('a flood from one source: counted, told once for each reason, nobody suspected', async () => {
  const receiver = a.host.nodeId;
  const kinds = [noise(200), packet(noise(100), { receiver }), packet(noise(100), {})];
  const flood = async (count: number) => sender.flood(count, a.address, (i) => kinds[i % 3]!);
  await flood(20_000); // Code is compiled, buffers are there.
  const heap = await heapMegabytes();
  const before = a.rejected;
  await flood(150_000);
  expect(a.rejected - before).toBeGreaterThan(10_000);
  expect((await heapMegabytes()) - heap).toBeLessThan(8);
  const sources = new Set(a.of('rejected').map(({ reason, source }) => `${reason} ${source}`));
  expect(sources.size).toBeLessThanOrEqual(4);
  // At once, then every ten seconds.
  expect(a.of('rejected').length).toBeLessThanOrEqual(sources.size * 7);
  expect(a.host.counters.packetsOut.gone).toBeLessThan(1000);
  await expect.poll(() => [a.alive, b.alive], { timeout: 10_000 }).toEqual([BOTH, BOTH]);
  for (const victim of [a, b]) {
    expect(victim.of('member-failed')).toEqual([]);
    expect(victim.of('failed')).toEqual([]);
  }
});

test('mutants with a good checksum: no handler throws, memory and handles stay', async () => {
  const mutator = new Mutator({ share: 1, names: ['a', 'b'], wallMs: Date.now() });
  const templates: HearsayMessage[] = [
    { type: 'ping', seq: 1, news: [news('b', b.address, b.host.nodeId)] },
    { type: 'gossip', news: [news('x', '127.0.0.1:9', 'abcdabcdabcdabcd')] },
    { type: 'ack', seq: 2, news: [] },
    { type: 'sync', checksum: 1 },
    { type: 'page', news: [news('b', b.address, b.host.nodeId)], last: true, want: true },
    { type: 'join', fact: news('y', '127.0.0.1:9', 'abcdabcdabcdabce').fact },
  ];
  const bodies = templates.map(encode);
  const attack = async (count: number): Promise<void> => {
    await sender.flood(count, a.address, (i) => {
      const body = mutator.mutate(bodies[i % bodies.length]!, random);
      return packet(body.subarray(0, 1300), { receiver: a.host.nodeId });
    });
    // A supervisor: an insider can have a node stopped.
    if (a.of('stopped').length > 0) await reopen();
  };
  const reopen = async (): Promise<void> => {
    for (const { reason } of a.of('stopped')) expect(['evicted', 'name-taken']).toContain(reason);
    expect(a.of('failed')).toEqual([]);
    await a.host.stop();
    a = await Victim.open('a', [b.address]);
  };
  const before = handles();
  for (let i = 0; i < 40; i++) await attack(100);
  await sleep(500);
  const heap = await heapMegabytes();
  for (let i = 0; i < 100; i++) await attack(100);
  await sleep(500);
  expect((await heapMegabytes()) - heap).toBeLessThan(12);
  expect(a.of('failed')).toEqual([]);
  expect(b.of('failed')).toEqual([]);
  expect(handles()).toMatchObject({ servers: before['servers'], udp: before['udp'] });
});

test('members at places where nobody can be are probed without harm', async () => {
  const places = ['0.0.0.0:1', '255.255.255.255:9', '224.0.0.1:9', '127.0.0.1:1', '[::1]:1'];
  places.push('[ff02::1]:9', '240.0.0.1:9', a.address, b.address);
  const list = places.map((place, i) => news(`x${i}`, place, `${i}`.padStart(16, 'a')));
  list.push(news('own', a.address, a.host.nodeId), news('other', b.address, b.host.nodeId));
  const body = encode({ type: 'gossip', news: list });
  await sender.send(packet(body, { receiver: a.host.nodeId }), a.address);
  await expect.poll(() => a.host.protocol.load.members, { timeout: 10_000 }).toBe(13);
  await expect.poll(() => [a.alive, b.alive], { timeout: 50_000 }).toEqual([BOTH, BOTH]);
  expect(a.of('failed')).toEqual([]);
});
