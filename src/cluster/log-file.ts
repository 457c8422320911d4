/**
 * A log on disk: records are appended, and now and then all are replaced by fewer.
 *
 * A process may be killed, and power may fail, between any two of the calls here. What is appended
 * may then lack its end. What replaces a log is written beside it, brought to disk, and takes its
 * place by renaming: the path always holds one whole log or the other.
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder, writeAll } from './disk.ts';
import { decodeFrames, encodeFrame, LOG_LINE, LOG_VERSION, versionOf } from './log-frames.ts';

/** What a log was found to hold. */
export interface LogContents {
  /** The first record, which says whose log it is; undefined: all is damaged. */
  readonly owner: Uint8Array | undefined;
  /** All others, oldest first. */
  readonly records: readonly Uint8Array[];
  /** Where the sound part ends. */
  readonly end: number;
  /** What follows that. */
  readonly damaged: Uint8Array;
  /** Set where a later version of this program has written it: hands off. */
  readonly laterVersion: number | undefined;
}

/** Undefined: there is no such file. Throws system errors. */
export function readLog(path: string): LogContents | undefined {
  let data: Uint8Array;
  try {
    data = fs.readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const version = versionOf(data);
  const laterVersion = version !== undefined && version > LOG_VERSION ? version : undefined;
  const frames = decodeFrames(data, LOG_LINE.length);
  const isOurs = version === LOG_VERSION && frames.records.length > 0;
  const [owner, ...records] = isOurs ? frames.records : [];
  const end = isOurs ? frames.end : 0;
  return { owner, records, end, damaged: data.subarray(end), laterVersion };
}

/** Throws system errors; after one the log is as it was, or ends in what {@link readLog} drops. */
export class LogFile {
  readonly #path: string;
  readonly #owner: Uint8Array;
  #fd: number;
  #bytes: number;

  /** Continues the log at a path behind its sound part; what follows that is cut off. */
  static continue(path: string, owner: Uint8Array, end: number): LogFile {
    const fd = fs.openSync(path, 'r+');
    try {
      if (fs.fstatSync(fd).size > end) {
        fs.ftruncateSync(fd, end);
        fs.fsyncSync(fd);
      }
      return new LogFile(path, owner, fd, end);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  }

  /** A log that holds these records, in place of what is at the path. */
  static create(path: string, owner: Uint8Array, records: Iterable<Uint8Array>): LogFile {
    const { fd, bytes } = replace(path, owner, records);
    return new LogFile(path, owner, fd, bytes);
  }

  private constructor(path: string, owner: Uint8Array, fd: number, bytes: number) {
    this.#path = path;
    this.#owner = owner;
    this.#fd = fd;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Hands frames to the system, which brings them to disk when it likes. */
  append(frames: readonly Uint8Array[]): void {
    const data = Buffer.concat(frames);
    try {
      writeAll(this.#fd, data, this.#bytes);
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#bytes += data.length;
  }

  /** All that was appended is on disk when this returns. */
  sync(): void {
    fs.fdatasyncSync(this.#fd);
  }

  /** These records take the place of all. */
  replace(records: Iterable<Uint8Array>): void {
    const { fd, bytes } = replace(this.#path, this.#owner, records);
    const old = this.#fd;
    this.#fd = fd;
    this.#bytes = bytes;
    fs.closeSync(old);
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  /** Half a frame would hide whatever is appended after it. */
  #cut(): void {
    try {
      fs.ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // The error that led here says more.
    }
  }
}

function replace(
  path: string,
  owner: Uint8Array,
  records: Iterable<Uint8Array>,
): { fd: number; bytes: number } {
  const data = Buffer.concat([LOG_LINE, ...[owner, ...records].map(encodeFrame)]);
  const beside = `${path}.new`;
  const fd = fs.openSync(beside, 'w', 0o600);
  try {
    writeAll(fd, data, 0);
    fs.fsyncSync(fd);
    fs.renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return { fd, bytes: data.length };
}
