import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Keyring } from '../blocks/security/keyring.ts';
import { ENVELOPE_BYTES, type Address, type NodeId } from '../core/index.ts';
import { ByteReader, ByteWriter, PacketKind, type PacketHeader } from '../wire/index.ts';
import { PacketSeal } from './packet-seal.ts';
import { drawSecret, keyringOf, parseSecret } from './secret.ts';

const A: NodeId = '0123456789abcdef';
const B: NodeId = 'fedcba9876543210';
const AT: Address = '10.0.0.1:7946';
const SECRET = Buffer.alloc(32, 7).toString('base64');

const writer = new ByteWriter();
const reader = new ByteReader();

function sealOf(nodeId: NodeId, secret: string | string[] = SECRET, cluster = 'c1') {
  const clusterHash = cluster.padEnd(16, '0');
  const keyring = keyringOf(secret);
  return new PacketSeal({ keyring, nodeId, clusterHash, address: AT, isKept: () => true });
}

const header = (of: Partial<PacketHeader> = {}): PacketHeader => ({
  kind: PacketKind.Message,
  sender: A,
  receiver: B,
  claimed: undefined,
  ...of,
});

function open(seal: PacketSeal, data: Uint8Array, source = AT): string {
  const opened = seal.open(data, source, reader);
  if (typeof opened === 'string') return opened;
  return Buffer.from(reader.bytes(reader.left)).toString();
}

const BODY = Buffer.from('some text');

test('golden bytes: a message under a key, and its 40 bytes of envelope', () => {
  const data = sealOf(A).seal(header(), 0x0102030405, BODY, writer);
  expect(Buffer.from(data).toString('hex')).toBe(
    // Made by hand from the description: HKDF by HMAC, then AES-GCM.
    '10340123456789abcdeffedcba9876543210000102030405' +
      '91ea5127efb0120e37b4f6d14b31d079c94744399799059094',
  );
  expect(data.length).toBe(BODY.length + ENVELOPE_BYTES);
  expect(open(sealOf(B), data)).toBe('some text');
});

test('what is sealed opens, whatever it holds, and nothing else does', () => {
  const [from, to] = [sealOf(A), sealOf(B)];
  const claimed = fc.constantFrom(undefined, '10.9.9.9:1', '[2001:db8::1]:7');
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1360 }),
      fc.nat(),
      claimed,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (body, counter, address, at, change) => {
        const of = header({ claimed: address });
        const data = from.seal(of, counter, body, writer);
        const opened = to.open(data, AT, reader);
        expect(opened).toMatchObject({ ...of, counter });
        expect(Uint8Array.from(reader.bytes(reader.left))).toEqual(Uint8Array.from(body));
        data[at % data.length]! ^= change;
        expect(typeof to.open(data, AT, reader)).toBe('string');
      },
    ),
    { numRuns: 300 },
  );
});

test('each refusal has its reason', () => {
  const data = sealOf(A).seal(header(), 1, BODY, writer);
  const other = drawSecret();
  expect(open(sealOf(A), data)).toBe('reflected');
  expect(open(sealOf(B), data, '10.0.0.2:7946')).toBe('auth');
  expect(open(sealOf(B, SECRET, 'c2'), data)).toBe('auth');
  const isSameId = parseSecret(other).id === parseSecret(SECRET).id;
  expect(open(sealOf(B, other), data)).toBe(isSameId ? 'auth' : 'key');
  const sameId = data.slice();
  sameId[1] = parseSecret(other).id;
  expect(open(sealOf(B, other), sameId)).toBe('auth');
  expect(open(sealOf(B), data.slice(0, 39))).toBe('length');
  const plain = data.slice();
  plain[1] = 0;
  expect(open(sealOf(B), plain)).toBe('plain');
});

test('a greeting speaks for the place it comes from, and tells its cluster itself', () => {
  for (const kind of [PacketKind.Hello, PacketKind.Welcome]) {
    const data = sealOf(A).seal(header({ kind }), 1, BODY, writer);
    expect(open(sealOf(B, SECRET, 'c2'), data, '10.0.0.2:7946')).toBe('some text');
  }
});

test('two ring keys never give one packet key, nor do two lives', () => {
  const to = sealOf(B);
  const data = sealOf(A).seal(header(), 1, BODY, writer);
  const forged = data.slice();
  forged[2]! ^= 1; // Another life says it.
  expect(open(to, forged)).toBe('auth');
});

test('keys are derived for those who have the ring key, and for no others', () => {
  const to = sealOf(B);
  const forger = sealOf(A);
  for (let i = 0; i < 50; i++) {
    const data = forger.seal(header(), i, BODY, writer);
    data[data.length - 1]! ^= 1;
    expect(open(to, data)).toBe('auth');
  }
  expect(to.size).toBe(0);
  expect(open(to, forger.seal(header(), 50, BODY, writer))).toBe('some text');
  expect(to.size).toBe(1);
});

test('a key is changed while packets of both kinds are read, until the old one is removed', () => {
  const [first, second] = [parseSecret(SECRET), parseSecret(drawSecret())];
  const make = (nodeId: NodeId) => {
    const keyring = new Keyring([first]);
    const clusterHash = '0'.repeat(16);
    const isKept = (): boolean => true;
    return { keyring, seal: new PacketSeal({ keyring, nodeId, clusterHash, address: AT, isKept }) };
  };
  const [a, b] = [make(A), make(B)];
  const say = () => open(b.seal, a.seal.seal(header(), 1, BODY, writer));
  if (first.id === second.id) return;
  for (const { keyring } of [a, b]) keyring.add(second);
  expect(say()).toBe('some text');
  a.keyring.use(second.fingerprint);
  expect(say()).toBe('some text');
  b.keyring.use(second.fingerprint);
  a.keyring.use(first.fingerprint);
  expect(say()).toBe('some text');
  b.seal.forget(b.keyring.remove(first.fingerprint).fingerprint);
  expect(b.seal.size).toBe(0);
  expect(say()).toBe('key');
});
