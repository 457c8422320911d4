import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { STREAM_BYTES_MAX } from '../core/index.ts';
import { readGone } from './envelope.ts';
import { ByteReader } from './reader.ts';
import {
  decodeOpen,
  encodeFrame,
  encodeGone,
  encodeOpen,
  FRAME_OVERHEAD_BYTES,
  FrameDecoder,
  FrameKind,
  OPEN_BYTES_MAX,
  type Frame,
  type Open,
} from './stream.ts';

const open: Open = {
  lane: 'bulk',
  sender: '0123456789abcdef',
  receiver: 'fedcba9876543210',
  clusterHash: '1122334455667788',
  address: '10.0.0.4:7946',
};

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.values(FrameKind)),
    body: fc.uint8Array({ maxLength: 300 }),
  }),
  { minLength: 1, maxLength: 12 },
);

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Pushes in chunks of the given lengths, in turn, and takes all frames there are. */
function decode(decoder: FrameDecoder, data: Uint8Array, lengths: readonly number[]): Frame[] {
  const taken: Frame[] = [];
  let turn = 0;
  for (let at = 0; at < data.length; turn++) {
    const end = at + (lengths[turn % lengths.length] ?? data.length);
    decoder.push(data.slice(at, end));
    at = end;
    for (let frame = decoder.next(); frame; frame = decoder.next()) taken.push(frame);
  }
  return taken;
}

test('golden bytes: open and a message', () => {
  const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
  expect(hex(encodeFrame(FrameKind.Open, encodeOpen(open)))).toBe(
    '00000022010100010123456789abcdeffedcba98765432101122334455667788040a0000041f0a193d8f08',
  );
  expect(hex(encodeFrame(FrameKind.Message, Uint8Array.of(1, 2, 3)))).toBe(
    '0000000300010203887ffcb6',
  );
  expect(hex(encodeFrame(FrameKind.Gone, encodeGone('00000000deadbeef')))).toBe(
    '000000080300000000deadbeef78f646f5',
  );
});

test('frames come out as they went in, however the stream is cut', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  fc.assert(
    fc.property(frames, lengths, (sent, cuts) => {
      const decoder = new FrameDecoder();
      const data = join(sent.map(({ kind, body }) => encodeFrame(kind, body)));
      const heard = decode(decoder, data, cuts);
      expect(heard.map(({ kind, body }) => ({ kind, body: body.slice() }))).toEqual(sent);
      expect([decoder.flaw, decoder.held]).toEqual([undefined, 0]);
    }),
  );
});

test('a changed stream gives only frames that were sent, then a flaw or silence', () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, at, mask) => {
      const encoded = sent.map(({ kind, body }) => encodeFrame(kind, body));
      const data = join(encoded);
      const changed = at % data.length;
      data[changed]! ^= mask;
      let whole = 0;
      for (let end = 0; (end += encoded[whole]!.length) <= changed;) whole++;
      const decoder = new FrameDecoder();
      const heard = decode(decoder, data, [17]);
      expect(heard.map(({ kind, body }) => ({ kind, body: body.slice() }))).toEqual(
        sent.slice(0, whole),
      );
      expect(decoder.flaw !== undefined || decoder.held > 0).toBe(true);
    }),
  );
});

test('any bytes never throw, and after a flaw nothing is held', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (data) => {
      const decoder = new FrameDecoder();
      expect(decode(decoder, data, [7])).toEqual([]);
      expect(decoder.held).toBe(decoder.flaw === undefined ? data.length : 0);
    }),
    { numRuns: 2000 },
  );
});

test('each flaw has its name; no length is believed beyond the limit', () => {
  const flaw = (...bytes: readonly number[]): unknown => {
    const decoder = new FrameDecoder();
    decode(decoder, Uint8Array.from(bytes), []);
    return decoder.flaw;
  };
  const limit = [0, 0, OPEN_BYTES_MAX >> 8, OPEN_BYTES_MAX & 0xff] as const;
  expect(flaw(...limit, 0)).toBeUndefined();
  expect(flaw(limit[0], limit[1], limit[2], limit[3] + 1, 0)).toBe('length');
  expect(flaw(0, 0, 0, 0, 2)).toBe('kind');
  expect(flaw(0, 0, 0, 0, 0, 1, 2, 3, 4)).toBe('checksum');
  expect(flaw(...new TextEncoder().encode('GET / HTTP/1.1'))).toBe('length');
});

test('the longest message, a byte at a time', () => {
  const body = new Uint8Array(STREAM_BYTES_MAX).fill(7);
  const data = encodeFrame(FrameKind.Message, body);
  expect(data.length).toBe(STREAM_BYTES_MAX + FRAME_OVERHEAD_BYTES);
  const decoder = new FrameDecoder();
  decoder.bodyMax = STREAM_BYTES_MAX;
  expect(decode(decoder, data, [1])).toEqual([{ kind: FrameKind.Message, body }]);
});

test('a body stays as it was while the stream goes on', () => {
  const decoder = new FrameDecoder();
  const first = encodeFrame(FrameKind.Message, Uint8Array.of(1, 1, 1));
  const second = encodeFrame(FrameKind.Message, Uint8Array.of(2, 2, 2));
  const data = join([first, second]);
  const [kept, ...rest] = decode(decoder, data, [first.length - 1, 4, 3, 50]);
  expect(rest.map((frame) => [...frame.body])).toEqual([[2, 2, 2]]);
  expect(kept && [...kept.body]).toEqual([1, 1, 1]);
});

test('open: there and back, cut, and of another version', () => {
  expect(decodeOpen(encodeOpen(open))).toEqual(open);
  const other: Open = { ...open, lane: 'control', address: '[2001:db8::1]:1' };
  const body = encodeOpen(other);
  expect(decodeOpen(body)).toEqual(other);
  for (let end = 2; end < body.length; end++) {
    expect(decodeOpen(body.subarray(0, end))).toBe('header');
  }
  expect(decodeOpen(Uint8Array.of(...body, 0))).toBe('header');
  expect(decodeOpen(Uint8Array.of(2))).toBe('version');
  expect(decodeOpen(Uint8Array.of(1, 7))).toBe('key');
  expect(decodeOpen(new Uint8Array())).toBe('version');
  expect(decodeOpen(encodeOpen({ ...open, sender: '0000000000000000' }))).toBe('header');
});

test('gone: there and back', () => {
  expect(readGone(new ByteReader(encodeGone(open.sender)))).toBe(open.sender);
});
