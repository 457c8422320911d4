/**
 * Addresses: canonical text, bytes, and the `host:port` that people type.
 *
 * Canonical text is `1.2.3.4:80` or, after RFC 5952, `[2001:db8::1]:80`. An IPv4-mapped IPv6
 * address is the IPv4 address: `::ffff:1.2.3.4` is `1.2.3.4`. Zones (`%eth0`) name a link of one
 * machine, mean nothing to others, and are refused. A node without UDP is at `tcp://1.2.3.4:80`:
 * what is sent there goes by stream. On the wire: family (4 or 6; 20 or 22 with `tcp://`), 4 or 16
 * bytes, port.
 */
import { assert, type Address, type Reader, type Writer } from '../core/index.ts';

const IPV4 = 4;
const IPV6 = 6;

/** Added to the family of an address that has no UDP. */
const STREAMED = 16;
const STREAMED_PREFIX = 'tcp://';

/** `[`, which only an IPv6 address has. */
const BRACKET = 0x5b;

/** A host, by name or number, and a port, 0 … 65535. */
export interface HostPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Takes `host:port` or `[ipv6]:port` apart; the host may be a name. `portDefault` stands in for a
 * missing port. Undefined if malformed; so is a name of nothing but numbers (`256.1.1.1`), which is
 * an address that somebody has mistyped.
 */
export function parseHostPort(text: string, portDefault?: number): HostPort | undefined {
  const match = /^(?:\[([^\]]*)\]|([^\s:[\]]*))(?::([0-9]{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] === undefined ? portDefault : Number(match[3]);
  if (host === '' || port === undefined || port > 65535) return undefined;
  if (match[1] !== undefined && parseIpv6(host) === undefined) return undefined;
  if (/^[0-9]+(?:\.[0-9]+)+$/.test(host) && parseIpv4(host) === undefined) return undefined;
  return { host, port };
}

/** The canonical text of an IP address (no name) and a port, 1 … 65535; undefined if malformed. */
export function formatAddress(ip: string, port: number): Address | undefined {
  const bytes = parseIp(ip);
  if (bytes === undefined || !(port >= 1 && port <= 65535)) return undefined;
  return formatBytes(bytes, port);
}

/** The same place without UDP. */
export function streamed(address: Address): Address {
  return isStreamed(address) ? address : STREAMED_PREFIX + address;
}

/** Whether what is sent there goes by stream, since there is no UDP. */
export function isStreamed(address: Address): boolean {
  return address.startsWith(STREAMED_PREFIX);
}

/** The canonical form of a text like `10.0.0.4:7946` or `[::1]:7946`; undefined if it is none. */
export function parseAddress(text: string): Address | undefined {
  if (isStreamed(text)) {
    const address = parseAddress(text.slice(STREAMED_PREFIX.length));
    return address === undefined || isStreamed(address) ? undefined : streamed(address);
  }
  const parts = parseHostPort(text);
  return parts && formatAddress(parts.host, parts.port);
}

/** The IP of a canonical address, without brackets. */
export function ipOf(address: Address): string {
  const start = isStreamed(address) ? STREAMED_PREFIX.length : 0;
  const colon = address.lastIndexOf(':');
  return address.charCodeAt(start) === BRACKET
    ? address.slice(start + 1, colon - 1)
    : address.slice(start, colon);
}

export function portOf(address: Address): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

/** 4 or 6. */
export function familyOf(address: Address): 4 | 6 {
  const start = isStreamed(address) ? STREAMED_PREFIX.length : 0;
  return address.charCodeAt(start) === BRACKET ? IPV6 : IPV4;
}

/** Whether an IP is of the machine itself: 127.0.0.0/8 or ::1. */
export function isLoopback(ip: string): boolean {
  const bytes = parseIp(ip);
  if (bytes === undefined) return false;
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

export function writeAddress(to: Writer, address: Address): void {
  const bytes = parseIp(ipOf(address));
  assert(bytes !== undefined, 'an address is canonical');
  to.u8((bytes.length === 4 ? IPV4 : IPV6) + (isStreamed(address) ? STREAMED : 0));
  for (const byte of bytes) to.u8(byte);
  to.u16(portOf(address));
}

/** '' and a failed reader for an unknown family or port 0, to which nothing can be sent. */
export function readAddress(from: Reader): Address {
  const kind = from.u8();
  const family = kind < STREAMED ? kind : kind - STREAMED;
  if (family !== IPV4 && family !== IPV6) from.fail();
  const bytes = from.bytes(family === IPV4 ? 4 : 16);
  const port = from.u16();
  if (port === 0) from.fail();
  if (!from.ok) return '';
  const address = formatBytes(unmapped(bytes), port);
  return kind === family ? address : streamed(address);
}

/** 4 or 16 bytes; undefined for what is no IP address. */
function parseIp(ip: string): Uint8Array | undefined {
  if (!ip.includes(':')) return parseIpv4(ip);
  const bytes = parseIpv6(ip);
  return bytes && unmapped(bytes);
}

/** Four decimal numbers; a leading zero is refused, since some read it as octal. */
function parseIpv4(ip: string): Uint8Array | undefined {
  const parts = ip.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseIpv6(ip: string): Uint8Array | undefined {
  const halves = ip.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 1 ? [] : parseGroups(halves[1]!, true);
  if (head === undefined || tail === undefined) return undefined;
  const gap = 16 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 2) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of `a:b:c`; the last group may be an IPv4 address if `last`. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >>> 8, value & 0xff);
      continue;
    }
    const ipv4 = last && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 === undefined) return undefined;
    bytes.push(...ipv4);
  }
  return bytes;
}

/** The IPv4 address inside `::ffff:0:0/96`, else what was given. */
function unmapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return bytes;
  return bytes.subarray(0, 10).some((byte) => byte !== 0) ? bytes : bytes.subarray(12);
}

function formatBytes(bytes: Uint8Array, port: number): Address {
  return bytes.length === 4
    ? `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}:${port}`
    : `[${formatIpv6(bytes)}]:${port}`;
}

/** RFC 5952: lowercase, no leading zeros, the first longest run of two or more zeros is `::`. */
function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 0x100 + bytes[2 * i + 1]!);
  let start = 0;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return length === 1 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}
