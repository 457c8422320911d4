/** Where a codec writes. It grows as needed; numbers are big-endian. */
export interface Writer {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** An unsigned integer below 2^48. */
  u48(value: number): void;
  f64(value: number): void;
  /** An unsigned integer up to 2^53 − 1, 7 bits a byte, least significant first. */
  varint(value: number): void;
  /** Raw bytes, without a length. */
  bytes(value: Uint8Array): void;
  /** UTF-8 with a varint length before it. */
  text(value: string): void;
}

/**
 * Where a codec reads. It never throws: a read past the end, an overlong varint or bad UTF-8
 * gives 0 or '' and makes {@link ok} false for good. No method allocates by an announced length
 * beyond what is there.
 */
export interface Reader {
  readonly ok: boolean;
  /** Bytes not read yet. */
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  u48(): number;
  f64(): number;
  varint(): number;
  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array;
  /** UTF-8 with a varint length before it, at most `bytesMax` bytes. */
  text(bytesMax: number): string;
  /** Declares the input bad. */
  fail(): void;
}

/** Bytes that `varint` writes. */
export function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++;
  return count;
}
