/**
 * Reads what a {@link ByteWriter} wrote, or anything that claims to be that.
 *
 * It never throws. After the first bad read everything gives 0 or '' and `ok` stays false, so a
 * decoder may read straight through and look at `ok` once. UTF-8 is decoded strictly (Unicode
 * 15, table 3-7: no overlong forms, no surrogates) and varints must be in their shortest form:
 * one value has one encoding, so bodies can be compared as bytes.
 */
import type { Reader } from '../core/index.ts';

const EMPTY = new Uint8Array(0);

const scratch = new DataView(new ArrayBuffer(8));

export class ByteReader implements Reader {
  #data: Uint8Array;
  #at: number;
  #end: number;
  #ok = true;

  /** Reads `data` from `start` to before `end`. */
  constructor(data: Uint8Array = EMPTY, start = 0, end = data.length) {
    this.#data = plain(data);
    this.#at = start;
    this.#end = end;
  }

  /** Turns to other bytes; `ok` again. */
  reset(data: Uint8Array, start = 0, end = data.length): void {
    this.#data = plain(data);
    this.#at = start;
    this.#end = end;
    this.#ok = true;
  }

  get ok(): boolean {
    return this.#ok;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : this.#data[at]!;
  }

  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#data[at]! * 0x100 + this.#data[at + 1]!;
  }

  u32(): number {
    const at = this.#take(4);
    if (at < 0) return 0;
    const data = this.#data;
    const low = (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
    return data[at]! * 0x1000000 + low;
  }

  u48(): number {
    if (this.left < 6) {
      this.fail();
      return 0;
    }
    const high = this.u16();
    return high * 2 ** 32 + this.u32();
  }

  f64(): number {
    const at = this.#take(8);
    if (at < 0) return 0;
    for (let i = 0; i < 8; i++) scratch.setUint8(i, this.#data[at + i]!);
    return scratch.getFloat64(0);
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; count <= 8; count++) {
      const byte = this.u8();
      if (!this.#ok) return 0;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte >= 0x80) continue;
      if ((byte === 0 && count > 1) || value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    this.fail();
    return 0;
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? EMPTY : this.#data.subarray(at, at + length);
  }

  text(bytesMax: number): string {
    const length = this.varint();
    if (length > bytesMax) {
      this.fail();
      return '';
    }
    const at = this.#take(length);
    if (at < 0) return '';
    const text = decodeUtf8(this.#data, at, at + length);
    if (text !== undefined) return text;
    this.fail();
    return '';
  }

  fail(): void {
    this.#ok = false;
    this.#at = this.#end;
  }

  /** Where the next `count` bytes start, or −1 when they are not there. */
  #take(count: number): number {
    const at = this.#at;
    if (!(count >= 0 && count <= this.#end - at && this.#ok)) {
      this.fail();
      return -1;
    }
    this.#at = at + count;
    return at;
  }
}

/** Node's Buffer is another kind, whose `slice()` is no copy: whoever keeps one, keeps it all. */
function plain(data: Uint8Array): Uint8Array {
  if (data.constructor === Uint8Array) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function decodeUtf8(data: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let at = start;
  while (at < end) {
    const first = data[at]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      at++;
      continue;
    }
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || at + length > end) return undefined;
    let point = first & (0x7f >> length);
    for (let i = 1; i < length; i++) {
      const next = data[at + i]!;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = point * 0x40 + (next & 0x3f);
    }
    const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    text += String.fromCodePoint(point);
    at += length;
  }
  return text;
}
