/**
 * Wire version 1, frozen: written from the tables of the documentation alone, on Node's Buffer, and
 * importing nothing of ours. It is what a node of the first release understands, so it never
 * changes; whatever breaks it takes another version.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Fact {
  name: string;
  /** As `host:port`, IPv4. */
  address: string;
  /** 16 hexadecimal digits. */
  nodeId: string;
  start: number;
  born: number;
  counter: number;
  streams: (typeof STREAMS)[number];
  tags: Record<string, string>;
}

export interface News {
  fact: Fact;
  status: (typeof STATUSES)[number];
  accusers: { by: string; met: (typeof METS)[number] }[];
  ageMs: number;
}

export type Message =
  | { type: 'ping' | 'ack' | 'probe'; seq: number; news: News[] }
  | { type: 'ping-request'; seq: number; address: string; nodeId: string; news: News[] }
  | { type: 'nack'; seq: number; met: (typeof METS)[number]; news: News[] }
  | { type: 'gossip'; news: News[] }
  | { type: 'join'; fact: Fact }
  | {
      type: 'admit';
      verdict: 'welcome' | 'name-taken';
      start: number;
      streams: (typeof STREAMS)[number];
      wallMs: number;
    }
  | { type: 'sync'; checksum: number }
  | { type: 'page'; news: News[]; last: boolean; want: boolean };

const TYPES = [
  'ping',
  'ack',
  'ping-request',
  'nack',
  'gossip',
  'probe',
  'join',
  'admit',
  'sync',
  'page',
] as const;
const STATUSES = ['alive', 'suspect', 'dead', 'left', 'evicted'] as const;
const STREAMS = ['unknown', 'yes', 'no'] as const;
const METS = ['silence', 'refused', 'gone'] as const;
export const NOBODY = '0000000000000000';

// Packets and frames.

export const KIND = { message: 0, hello: 1, welcome: 2, gone: 3 };

export interface Packet {
  kind: number;
  sender: string;
  receiver: string;
  body: Buffer;
}

export function packet({ kind, sender, receiver, body }: Packet): Buffer {
  const head = Buffer.from([0x10 + kind, 0]);
  return sealed(Buffer.concat([head, hex(sender), hex(receiver), body]));
}

/** Throws for what version 1 has not, a claimed address among it: nobody here is behind NAT. */
export function openPacket(data: Buffer): Packet {
  const end = data.length - 4;
  if (data.readUInt32BE(end) !== crc32(data.subarray(0, end))) throw new Error('checksum');
  if (data[0]! >> 3 !== 2 || data[1] !== 0) throw new Error('version, claim or key');
  const [sender, receiver] = [data.toString('hex', 2, 10), data.toString('hex', 10, 18)];
  return { kind: data[0]! & 7, sender, receiver, body: data.subarray(18, end) };
}

export function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length);
  head[4] = kind;
  return sealed(Buffer.concat([head, body]));
}

/** The first whole frame, and how many bytes it took; undefined: not all has arrived. */
export function openFrame(data: Buffer): { kind: number; body: Buffer; bytes: number } | undefined {
  if (data.length < 9 || data.length < 9 + data.readUInt32BE()) return undefined;
  const end = 5 + data.readUInt32BE();
  if (data.readUInt32BE(end) !== crc32(data.subarray(0, end))) throw new Error('checksum');
  return { kind: data[4]!, body: data.subarray(5, end), bytes: end + 4 };
}

export function openBody(
  lane: number,
  from: string,
  to: string,
  cluster: string,
  at: string,
): Buffer {
  const head = Buffer.from([1, 0, lane]);
  return Buffer.concat([head, hex(from), hex(to), hex(clusterHash(cluster)), address(at)]);
}

export function readOpenBody(body: Buffer): { lane: number; sender: string } {
  if (body[0] !== 1 || body[1] !== 0) throw new Error('version or key');
  return { lane: body[2]!, sender: body.toString('hex', 3, 11) };
}

export function clusterHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

function sealed(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([bytes, checksum]);
}

// Messages.

export function encode(message: Message): Buffer {
  const parts: Buffer[] = [Buffer.from([0x20 + TYPES.indexOf(message.type)])];
  if ('seq' in message) parts.push(whole(message.seq, 4));
  if (message.type === 'ping-request') parts.push(address(message.address), hex(message.nodeId));
  if (message.type === 'nack') parts.push(Buffer.from([METS.indexOf(message.met)]));
  if (message.type === 'sync') parts.push(whole(message.checksum, 4));
  if (message.type === 'page') {
    parts.push(Buffer.from([Number(message.last) + 2 * Number(message.want)]));
  }
  if (message.type === 'admit') {
    const { streams, verdict } = message;
    parts.push(Buffer.from([2 * STREAMS.indexOf(streams) + Number(verdict === 'name-taken')]));
    parts.push(whole(message.start, 6), whole(message.wallMs, 6));
  }
  if (message.type === 'join') {
    parts.push(news({ fact: message.fact, status: 'alive', accusers: [], ageMs: 0 }));
  }
  if ('news' in message) parts.push(varint(message.news.length), ...message.news.map(news));
  return Buffer.concat(parts);
}

function news({ fact, status, accusers, ageMs }: News): Buffer {
  const tags = Object.entries(fact.tags);
  const flags =
    STATUSES.indexOf(status) +
    8 * STREAMS.indexOf(fact.streams) +
    (tags.length > 0 ? 32 : 0) +
    (accusers.length > 0 ? 64 : 0) +
    (ageMs > 0 ? 128 : 0);
  const parts: Buffer[] = [
    Buffer.from([flags]),
    text(fact.name),
    address(fact.address),
    hex(fact.nodeId),
  ];
  parts.push(whole(fact.start, 6), varint(fact.start - fact.born), varint(fact.counter));
  if (tags.length > 0) parts.push(Buffer.from([tags.length]), ...tags.flat().map(text));
  if (accusers.length > 0) parts.push(Buffer.from([accusers.length]));
  for (const { by, met } of accusers) parts.push(text(by), Buffer.from([METS.indexOf(met)]));
  if (ageMs > 0) parts.push(varint(ageMs));
  return Buffer.concat(parts);
}

export function decode(data: Buffer): Message {
  const from = new Cursor(data);
  const head = from.byte();
  if (head >> 5 !== 1) throw new Error(`version ${head >> 5}`);
  const type = TYPES[head & 31];
  if (type === undefined) throw new Error(`type ${head & 31}`);
  switch (type) {
    case 'ping':
    case 'ack':
    case 'probe':
      return { type, seq: from.whole(4), news: from.list() };
    case 'ping-request': {
      const seq = from.whole(4);
      return { type, seq, address: from.address(), nodeId: from.hex(), news: from.list() };
    }
    case 'nack':
      return { type, seq: from.whole(4), met: METS[from.byte()]!, news: from.list() };
    case 'gossip':
      return { type, news: from.list() };
    case 'join':
      return { type, fact: from.news().fact };
    case 'admit': {
      const bits = from.byte();
      const verdict = bits & 1 ? 'name-taken' : 'welcome';
      const [start, wallMs] = [from.whole(6), from.whole(6)];
      return { type, verdict, start, wallMs, streams: STREAMS[bits >> 1]! };
    }
    case 'sync':
      return { type, checksum: from.whole(4) };
    case 'page': {
      const bits = from.byte();
      return { type, last: (bits & 1) > 0, want: (bits & 2) > 0, news: from.list() };
    }
  }
}

class Cursor {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  byte(): number {
    return this.#data.readUInt8(this.#at++);
  }

  whole(bytes: number): number {
    this.#at += bytes;
    return this.#data.readUIntBE(this.#at - bytes, bytes);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const bytes = this.varint();
    this.#at += bytes;
    return this.#data.toString('utf8', this.#at - bytes, this.#at);
  }

  hex(): string {
    this.#at += 8;
    return this.#data.toString('hex', this.#at - 8, this.#at);
  }

  address(): string {
    if (this.byte() !== 4) throw new Error('the golden member knows IPv4 alone');
    const ip = [this.byte(), this.byte(), this.byte(), this.byte()].join('.');
    return `${ip}:${this.whole(2)}`;
  }

  list(): News[] {
    return Array.from({ length: this.varint() }, () => this.news());
  }

  news(): News {
    const flags = this.byte();
    const [name, at, nodeId, start] = [this.text(), this.address(), this.hex(), this.whole(6)];
    const [born, counter] = [start - this.varint(), this.varint()];
    const tags = flags & 32 ? this.#times(() => [this.text(), this.text()] as const) : [];
    const accusers = flags & 64 ? this.#times(() => this.#accuser()) : [];
    const ageMs = flags & 128 ? this.varint() : 0;
    const streams = STREAMS[(flags >> 3) & 3]!;
    const own = { name, address: at, nodeId, start, born, counter, streams };
    const fact = { ...own, tags: Object.fromEntries(tags) };
    return { fact, status: STATUSES[flags & 7]!, accusers, ageMs };
  }

  #accuser(): News['accusers'][number] {
    return { by: this.text(), met: METS[this.byte()]! };
  }

  #times<T>(read: () => T): T[] {
    return Array.from({ length: this.byte() }, read);
  }
}

function whole(value: number, bytes: number): Buffer {
  const to = Buffer.alloc(bytes);
  to.writeUIntBE(value, 0, bytes);
  return to;
}

function varint(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

function address(at: string): Buffer {
  const [ip, port] = at.split(':');
  const bytes = [4, ...ip!.split('.').map(Number)];
  return Buffer.concat([Buffer.from(bytes), whole(Number(port), 2)]);
}

// Checksums of views.

/** 32 bits of (name, life, counter); a view's checksum is the sum over its live members. */
export function factHash({ name, nodeId, start, counter }: Fact): number {
  const life = hashText(name, mix(start % 2 ** 32) ^ Math.floor(start / 2 ** 32));
  return mix(hashText(nodeId, life) ^ Math.imul(counter, 0x9e3779b1));
}

/** FNV-1a over UTF-16 units, finished by murmur3's scrambling. */
function hashText(value: string, start: number): number {
  let hash = start ^ 0x811c9dc5;
  for (let i = 0; i < value.length; i++) {
    hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  }
  return mix(hash);
}

function mix(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
