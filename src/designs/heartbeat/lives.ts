/**
 * The start of a node's latest life, as its log keeps it: version u8, start u48.
 *
 * A restart outranks its past even when the wall clock has gone back in between.
 */
import { isContent, type LogRecord } from '../../core/index.ts';
import { ByteReader, ByteWriter } from '../../wire/index.ts';

const VERSION = 1;

export function startRecord(start: number): Uint8Array {
  const to = new ByteWriter(7);
  to.u8(VERSION);
  to.u48(start);
  return to.copy();
}

/** The latest start in a log, −1 if there is none. A record cut short by a crash is skipped. */
export function latestStart(saved: Iterable<LogRecord>): number {
  let latest = -1;
  for (const record of saved) {
    if (isContent(record)) continue;
    const from = new ByteReader(record);
    const version = from.u8();
    const start = from.u48();
    if (from.ok && version === VERSION) latest = Math.max(latest, start);
  }
  return latest;
}
