/** NodeIds as bytes: 8 on the wire, 16 hexadecimal digits in memory. */
import { assert, type NodeId, type Reader, type Writer } from '../core/index.ts';

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The NodeId of 64 bits, given as two unsigned 32-bit halves. */
export function nodeId(high: number, low: number): NodeId {
  return word(high) + word(low);
}

export function writeNodeId(to: Writer, id: NodeId): void {
  assert(id.length === 16, 'a nodeId has 16 hexadecimal digits');
  to.u32(parseWord(id, 0));
  to.u32(parseWord(id, 8));
}

/** ANYONE, too, is a value; the caller knows where it may stand. */
export function readNodeId(from: Reader): NodeId {
  const high = from.u32();
  return nodeId(high, from.u32());
}

function word(value: number): string {
  return (
    PAIRS[value >>> 24]! +
    PAIRS[(value >>> 16) & 0xff]! +
    PAIRS[(value >>> 8) & 0xff]! +
    PAIRS[value & 0xff]!
  );
}

function parseWord(id: NodeId, start: number): number {
  let value = 0;
  for (let i = start; i < start + 8; i++) {
    const digit = digitOf(id.charCodeAt(i));
    assert(digit >= 0, 'a nodeId is lowercase hexadecimal');
    value = value * 16 + digit;
  }
  return value;
}

function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit >= 0x61 && unit <= 0x66 ? unit - 0x61 + 10 : -1;
}
