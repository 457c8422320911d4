import { crc32 as fast } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANYONE, type NodeId } from '../core/index.ts';
import { formatAddress } from './address.ts';
import {
  beginPacket,
  DATAGRAM_BYTES_MAX,
  endPacket,
  openPacket,
  PacketKind,
  PLAIN_ENVELOPE_BYTES,
  readGone,
  readGreeting,
  writeGreeting,
  type PacketHeader,
} from './envelope.ts';
import { nodeId, writeNodeId } from './node-id.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const id = fc
  .tuple(
    word,
    word.map((low) => low || 1),
  )
  .map(([high, low]) => nodeId(high, low));
const ip = fc.oneof(fc.ipV4(), fc.ipV6());
const claimed = fc.option(
  fc.tuple(ip, fc.integer({ min: 1, max: 65535 })).map(([host, port]) => formatAddress(host, port)),
  { nil: undefined },
);
const header = fc.record<PacketHeader>({
  kind: fc.constantFrom(...Object.values(PacketKind)),
  sender: id,
  receiver: fc.oneof(id, fc.constant(ANYONE)),
  claimed,
});
const body = fc.uint8Array({ maxLength: 1360 });

function packet(of: PacketHeader, content: Uint8Array): Uint8Array {
  const to = new ByteWriter();
  beginPacket(to, of);
  to.bytes(content);
  endPacket(to);
  return to.copy();
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

const A: NodeId = '0123456789abcdef';
const B: NodeId = 'fedcba9876543210';

test('golden bytes: a message, its sender at its UDP source', () => {
  const data = packet(
    { kind: PacketKind.Message, sender: A, receiver: B, claimed: undefined },
    Uint8Array.of(1, 2, 3),
  );
  expect(hex(data)).toBe('10000123456789abcdeffedcba9876543210010203d89741d3');
});

test('golden bytes: a message from a claimed address', () => {
  const data = packet(
    { kind: PacketKind.Message, sender: A, receiver: B, claimed: '10.0.0.4:7946' },
    Uint8Array.of(1, 2, 3),
  );
  expect(hex(data)).toBe('18000123456789abcdeffedcba9876543210040a0000041f0a01020321350860');
});

test('golden bytes: hello, welcome and gone', () => {
  const greet = (kind: PacketHeader['kind'], sender: NodeId, receiver: NodeId): Uint8Array => {
    const to = new ByteWriter();
    beginPacket(to, { kind, sender, receiver, claimed: undefined });
    writeGreeting(to, { clusterHash: '1122334455667788', nonce: 0x0a0b0c0d0e0f });
    endPacket(to);
    return to.copy();
  };
  const hello = greet(PacketKind.Hello, A, ANYONE);
  const welcome = greet(PacketKind.Welcome, B, A);
  expect(welcome.length).toBe(hello.length);
  expect(hex(hello)).toBe(
    '11000123456789abcdef000000000000000011223344556677880a0b0c0d0e0f098858af',
  );
  expect(hex(welcome)).toBe(
    '1200fedcba98765432100123456789abcdef11223344556677880a0b0c0d0e0fff744ee4',
  );
  const to = new ByteWriter();
  beginPacket(to, { kind: PacketKind.Gone, sender: B, receiver: A, claimed: undefined });
  writeNodeId(to, '00000000deadbeef');
  endPacket(to);
  expect(hex(to.view())).toBe('1300fedcba98765432100123456789abcdef00000000deadbeefd336029e');
});

test('what is put in comes out, at the documented cost', () => {
  fc.assert(
    fc.property(header, body, (of, content) => {
      const data = packet(of, content);
      const from = new ByteReader();
      expect(openPacket(data, from, fast)).toEqual(of);
      expect(from.bytes(from.left)).toEqual(content);
      const claim = of.claimed === undefined ? 0 : of.claimed.startsWith('[') ? 19 : 7;
      expect(data.length).toBe(PLAIN_ENVELOPE_BYTES + claim + content.length);
    }),
  );
});

test('cut, longer or changed by up to 32 bits in a row: a flaw, never a packet', () => {
  const change = fc.record({
    at: fc.nat(),
    mask: fc.uint8Array({ minLength: 1, maxLength: 4 }).filter((mask) => mask.some((b) => b > 0)),
  });
  fc.assert(
    fc.property(header, body, change, fc.nat(), (of, content, { at, mask }, cut) => {
      const data = packet(of, content);
      const from = new ByteReader();
      expect(openPacket(data.subarray(0, cut % data.length), from)).toBeTypeOf('string');
      expect(openPacket(Uint8Array.of(...data, 0), from)).toBeTypeOf('string');
      const start = at % (data.length - mask.length);
      for (const [i, bits] of mask.entries()) data[start + i]! ^= bits;
      expect(openPacket(data, from)).toBeTypeOf('string');
    }),
    { numRuns: 500 },
  );
});

test('any bytes: a flaw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
      expect(openPacket(data, new ByteReader())).toBeTypeOf('string');
    }),
    { numRuns: 2000 },
  );
});

test('each flaw has its name, and the version comes first', () => {
  const good = packet(
    { kind: PacketKind.Message, sender: A, receiver: B, claimed: undefined },
    new Uint8Array(),
  );
  const flaw = (change: (data: Uint8Array) => Uint8Array | void): unknown => {
    const data = good.slice();
    return openPacket(change(data) ?? data, new ByteReader());
  };
  const sealed = (data: Uint8Array): Uint8Array => {
    const to = new ByteWriter();
    to.bytes(data.subarray(0, data.length - 4));
    endPacket(to);
    return to.copy();
  };
  expect(flaw(() => new Uint8Array())).toBe('length');
  expect(flaw(() => new Uint8Array(DATAGRAM_BYTES_MAX + 1))).toBe('length');
  expect(flaw((data) => data.subarray(0, PLAIN_ENVELOPE_BYTES - 1))).toBe('length');
  expect(flaw(() => Uint8Array.of(0x20))).toBe('version');
  expect(flaw(() => Uint8Array.of(0x14))).toBe('kind');
  expect(flaw((data) => void (data[1] = 1))).toBe('key');
  expect(flaw((data) => void (data[2]! ^= 1))).toBe('checksum');
  expect(flaw((data) => sealed(data.fill(0, 2, 10)))).toBe('header'); // Sent by nobody.
  expect(flaw((data) => sealed(data.fill(0x18, 0, 1)))).toBe('header'); // No claim follows.
});

test('greeting and gone: exactly their bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (data) => {
      expect(readGreeting(new ByteReader(data)) !== undefined).toBe(data.length === 14);
      expect(readGone(new ByteReader(data)) !== undefined).toBe(data.length === 8);
    }),
  );
});
