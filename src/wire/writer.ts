/**
 * A growable byte buffer: where codecs and the envelope write.
 *
 * Big-endian; UTF-8 is encoded here because `TextEncoder` is no part of the language, and the
 * pure folders see only the language. A lone surrogate becomes U+FFFD, as in the Encoding
 * standard. A value that does not fit its field is a bug of the caller.
 */
import { assert, type Writer } from '../core/index.ts';

const REPLACEMENT = 0xfffd;

/** Most packets fit without growing: 1400 B is the packet limit. */
const BYTES_AT_FIRST = 1536;

const scratch = new DataView(new ArrayBuffer(8));

export class ByteWriter implements Writer {
  #data: Uint8Array;
  #length = 0;

  constructor(bytesAtFirst = BYTES_AT_FIRST) {
    this.#data = new Uint8Array(bytesAtFirst);
  }

  /** Bytes written since the last `clear`. */
  get length(): number {
    return this.#length;
  }

  /** Starts anew in the same memory: what `view` gave is overwritten from now on. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written, in place: valid until the next write or `clear`. */
  view(): Uint8Array {
    return this.#data.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.#data.slice(0, this.#length);
  }

  /** Overwrites four bytes already written, for a length or checksum known later. */
  setU32(offset: number, value: number): void {
    assert(offset + 4 <= this.#length, 'setU32 beyond what is written');
    this.#put32(offset, value);
  }

  u8(value: number): void {
    assert(value >>> 8 === 0, 'u8 out of range');
    this.#byte(value);
  }

  u16(value: number): void {
    assert(value >>> 16 === 0, 'u16 out of range');
    const at = this.#take(2);
    this.#data[at] = value >>> 8;
    this.#data[at + 1] = value;
  }

  u32(value: number): void {
    assert(value >>> 0 === value, 'u32 out of range');
    this.#put32(this.#take(4), value);
  }

  u48(value: number): void {
    assert(value >= 0 && value < 2 ** 48 && Number.isInteger(value), 'u48 out of range');
    this.u16(Math.floor(value / 2 ** 32));
    this.u32(value >>> 0);
  }

  f64(value: number): void {
    scratch.setFloat64(0, value);
    const at = this.#take(8);
    for (let i = 0; i < 8; i++) this.#data[at + i] = scratch.getUint8(i);
  }

  varint(value: number): void {
    assert(value >= 0 && Number.isSafeInteger(value), 'varint out of range');
    let rest = value;
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  bytes(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#data.set(value, at);
  }

  text(value: string): void {
    this.varint(textBytes(value));
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 0x80) {
        this.#byte(unit);
        continue;
      }
      const point = pointAt(value, i);
      if (point > 0xffff) i++;
      this.#point(point);
    }
  }

  #byte(value: number): void {
    const at = this.#take(1); // First: it may replace the buffer.
    this.#data[at] = value;
  }

  #point(point: number): void {
    if (point < 0x800) {
      const at = this.#take(2);
      this.#data[at] = 0xc0 | (point >> 6);
      this.#data[at + 1] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      const at = this.#take(3);
      this.#data[at] = 0xe0 | (point >> 12);
      this.#data[at + 1] = 0x80 | ((point >> 6) & 0x3f);
      this.#data[at + 2] = 0x80 | (point & 0x3f);
    } else {
      const at = this.#take(4);
      this.#data[at] = 0xf0 | (point >> 18);
      this.#data[at + 1] = 0x80 | ((point >> 12) & 0x3f);
      this.#data[at + 2] = 0x80 | ((point >> 6) & 0x3f);
      this.#data[at + 3] = 0x80 | (point & 0x3f);
    }
  }

  #put32(at: number, value: number): void {
    const data = this.#data;
    data[at] = value >>> 24;
    data[at + 1] = value >>> 16;
    data[at + 2] = value >>> 8;
    data[at + 3] = value;
  }

  #take(count: number): number {
    const at = this.#length;
    const end = at + count;
    if (end > this.#data.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#data.length));
      grown.set(this.#data.subarray(0, at));
      this.#data = grown;
    }
    this.#length = end;
    return at;
  }
}

/** Bytes of a text in UTF-8, as {@link ByteWriter.text} writes it, without the length before it. */
export function textBytes(value: string): number {
  let count = value.length;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      count += 1;
    } else {
      count += 2; // Three bytes a unit; or four for the two units of a surrogate pair.
      if (pointAt(value, i) > 0xffff) i++;
    }
  }
  return count;
}

function pointAt(text: string, index: number): number {
  const point = text.codePointAt(index) ?? REPLACEMENT;
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}
