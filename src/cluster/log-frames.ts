/**
 * The bytes of a log: a line that names format and version, then frames.
 *
 * | bytes | field                                  |
 * | ----- | -------------------------------------- |
 * | 4     | length of the record                   |
 * | 4     | CRC-32 of the length and of the record |
 * | …     | record                                 |
 *
 * The checksum covers the length, so a hole of zeros, which a power failure may leave, is no frame.
 * Where a frame is not sound nothing behind it can be trusted: there the log ends.
 */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '../wire/index.ts';

export const LOG_VERSION = 1;
export const LOG_LINE = new TextEncoder().encode(`hearsay log ${LOG_VERSION}\n`);

/** What a protocol saves is small; more is damage. */
export const RECORD_BYTES_MAX = 64 * 1024;

export function encodeFrame(record: Uint8Array): Uint8Array {
  const to = new ByteWriter(FRAME_BYTES + record.length);
  to.u32(record.length);
  to.u32(checksum(record));
  to.bytes(record);
  return to.copy();
}

export interface Frames {
  readonly records: readonly Uint8Array[];
  /** Where the sound part ends. */
  readonly end: number;
}

/** The sound frames from `start` on. */
export function decodeFrames(data: Uint8Array, start = 0): Frames {
  const records: Uint8Array[] = [];
  let end = start;
  for (;;) {
    const from = new ByteReader(data, end);
    const length = from.u32();
    const expected = from.u32();
    if (!from.ok || length > RECORD_BYTES_MAX || length > from.left) break;
    const record = data.subarray(end + FRAME_BYTES, end + FRAME_BYTES + length);
    if (checksum(record) !== expected) break;
    records.push(record);
    end += FRAME_BYTES + length;
  }
  return { records, end };
}

/** The version in the first line of a log; undefined if that is no such line. */
export function versionOf(data: Uint8Array): number | undefined {
  const line = new TextDecoder('latin1').decode(data.subarray(0, LINE_BYTES_MAX));
  const version = /^hearsay log ([0-9]{1,9})\n/.exec(line)?.[1];
  return version === undefined ? undefined : Number(version);
}

function checksum(record: Uint8Array): number {
  const length = new ByteWriter(4);
  length.u32(record.length);
  const start = crc32(length.view());
  return record.length === 0 ? start : crc32(record, start); // Of nothing zlib begins anew.
}

const FRAME_BYTES = 8;
const LINE_BYTES_MAX = 32;
