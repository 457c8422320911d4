/**
 * A node's data directory: its log, and a lock so that no other process writes to it.
 *
 * Durable records are on disk when `append` returns, which blocks: they are as rare as lives.
 * Others wait for {@link FLUSH_MS} at most. Where writing fails, what is not durable is dropped,
 * and the log is behind: that is told once, and it is tried again, now and then and with the next
 * durable record, to write all anew from the protocol's snapshot. A durable record that cannot be
 * written throws, which stops the node: it must not announce a life that is not saved.
 */
import fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HearsayError, UsageError } from '../core/index.ts';
import { LOCK_NAME_BYTES, LockSocket, SOCKET_PATH_BYTES_MAX } from './lock-socket.ts';
import { LogFile, readLog, writeNew, type LogContents } from './log-file.ts';
import { encodeFrame } from './log-frames.ts';

export interface DataDirOptions {
  readonly path: string;
  /** Whose it is: another node's directory is refused. */
  readonly cluster: string;
  readonly name: string;
  /** Something was found damaged, and was set aside. */
  readonly onDamage: (text: string) => void;
  /** Writing has begun to fail, or works again. */
  readonly onBlocked: (blocked: boolean, why: string) => void;
}

export class DataDir {
  /** Absolute. */
  readonly path: string;
  /** What earlier lives saved, oldest first. */
  readonly records: readonly Uint8Array[];
  readonly #options: DataDirOptions;
  readonly #lock: LockSocket;
  readonly #log: LogFile;
  #waiting: Uint8Array[] = [];
  #isBehind = false;
  /** The log's size after it was last written whole. */
  #bytesWhole = 0;
  #snapshot: (() => Iterable<Uint8Array>) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Makes the directory if need be, locks it and reads the log.
   *
   * @throws HearsayError DATA_DIR_TAKEN, DATA_DIR_FOREIGN or DATA_DIR_UNUSABLE; says what to do
   */
  static async open(options: DataDirOptions): Promise<DataDir> {
    const path = resolve(options.path);
    checkLength(path);
    try {
      makeFolder(path);
      const lock = await LockSocket.hold(path);
      if (lock === undefined) throw taken(path);
      try {
        return new DataDir(options, path, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw error instanceof HearsayError ? error : unusable(path, error);
    }
  }

  private constructor(options: DataDirOptions, path: string, lock: LockSocket) {
    this.path = path;
    this.#options = options;
    this.#lock = lock;
    const { cluster, name } = options;
    const owner = new TextEncoder().encode(JSON.stringify({ cluster, name }));
    const file = join(path, 'log');
    const found = readLog(file);
    if (found !== undefined) this.#check(found);
    this.records = found?.records ?? [];
    if (found !== undefined && found.damaged.length > 0) this.#setAside(found.damaged);
    this.#log =
      found?.owner === undefined
        ? LogFile.create(file, owner, [])
        : LogFile.continue(file, owner, found.end);
  }

  /** Of the log. */
  get bytes(): number {
    return this.#log.bytes;
  }

  /** Whether the log lacks something that could not be written. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** From now on the log may be replaced by these records, asked for between handlers. */
  follow(snapshot: () => Iterable<Uint8Array>): void {
    this.#snapshot = snapshot;
  }

  /** @throws HearsayError DATA_DIR_UNUSABLE, if a durable record cannot be saved */
  append(record: Uint8Array, durable: boolean): void {
    if (!this.#isBehind) this.#waiting.push(encodeFrame(record));
    if (durable) this.#save();
    this.#timer ??= setTimeout(() => this.#flush(), this.#isBehind ? RETRY_MS : FLUSH_MS).unref();
  }

  /** Writes what waits, and lets others have the directory. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    clearTimeout(this.#timer);
    this.#log.close();
    await this.#lock.release();
  }

  /** All of it is on disk when this returns. */
  #save(): void {
    try {
      if (this.#isBehind) this.#writeAnew();
      else {
        this.#writeWaiting();
        this.#log.sync();
      }
    } catch (error) {
      throw unusable(this.path, error);
    }
  }

  #flush(): void {
    this.#timer = undefined;
    try {
      this.#writeWaiting();
      const bytesMax = Math.max(BYTES_MIN, this.#bytesWhole * GROWTH);
      if (this.#isBehind || this.#log.bytes > bytesMax) this.#writeAnew();
    } catch (error) {
      this.#fallBehind(error);
    }
  }

  #writeWaiting(): void {
    if (this.#waiting.length === 0) return;
    this.#log.append(this.#waiting);
    this.#waiting = [];
  }

  #writeAnew(): void {
    if (this.#snapshot === undefined) {
      if (this.#isBehind) throw new Error('an earlier record is not written');
      return;
    }
    this.#log.replace(this.#snapshot());
    this.#bytesWhole = this.#log.bytes;
    if (this.#isBehind) this.#options.onBlocked(false, '');
    this.#isBehind = false;
  }

  #fallBehind(error: unknown): void {
    this.#waiting = [];
    if (!this.#isBehind) this.#options.onBlocked(true, unusable(this.path, error).message);
    this.#isBehind = true;
    this.#timer ??= setTimeout(() => this.#flush(), RETRY_MS).unref();
  }

  #check({ laterVersion, owner }: LogContents): void {
    if (laterVersion !== undefined) {
      const text = `its log has version ${laterVersion}: use the program that wrote it`;
      throw new HearsayError('DATA_DIR_UNUSABLE', `data directory ${this.path}: ${text}`);
    }
    if (owner === undefined) return;
    const { cluster, name } = JSON.parse(new TextDecoder().decode(owner)) as DataDirOptions;
    const { cluster: ownCluster, name: ownName } = this.#options;
    if (cluster === ownCluster && name === ownName) return;
    throw new UsageError(
      'DATA_DIR_FOREIGN',
      `data directory ${this.path} belongs to node "${name}" of cluster "${cluster}", ` +
        `not to "${ownName}" of "${ownCluster}": give each node a directory of its own`,
    );
  }

  /**
   * Never lost without a word: what cannot be read stays, under another name. A tail torn by a
   * kill is ordinary, so only the newest are kept.
   */
  #setAside(damaged: Uint8Array): void {
    const numbers = fs
      .readdirSync(this.path)
      .map((name) => Number(/^log\.damaged-([0-9]{1,9})$/.exec(name)?.[1] ?? 0))
      .filter((number) => number > 0)
      .sort((a, b) => a - b);
    const fileOf = (number: number): string => join(this.path, `log.damaged-${number}`);
    const file = fileOf((numbers.at(-1) ?? 0) + 1);
    writeNew(file, damaged);
    const old = numbers.slice(0, -DAMAGED_MAX + 1).map(fileOf);
    for (const one of old) fs.rmSync(one);
    const removed = old.length === 0 ? '' : `, in place of the oldest, ${old.join(', ')}`;
    this.#options.onDamage(
      `data directory ${this.path}: the last ${damaged.length} bytes of the log are damaged and ` +
        `were set aside as ${file}${removed}; the ${this.records.length} records before them count`,
    );
  }
}

/** A system refuses longer names for sockets, or cuts them off. */
function checkLength(path: string): void {
  const bytes = Buffer.byteLength(path);
  const max = SOCKET_PATH_BYTES_MAX - LOCK_NAME_BYTES;
  if (bytes <= max) return;
  throw new UsageError(
    'DATA_DIR_UNUSABLE',
    `data directory ${path}: its path has ${bytes} bytes, and only up to ${max} can hold the ` +
      'socket that locks it: choose a shorter one',
  );
}

/** With its parents. `recursive` of Node.js never returns where no folder can be, as in /proc. */
function makeFolder(path: string): void {
  if (fs.existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  fs.mkdirSync(path, { mode: 0o700 });
}

function taken(path: string): HearsayError {
  const text = `data directory ${path} is used by another process: end that, or choose another`;
  return new HearsayError('DATA_DIR_TAKEN', text);
}

function unusable(path: string, cause: unknown): HearsayError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const text = `data directory ${path}: ${REMEDIES[code] ?? 'it cannot be used'} (${message})`;
  return new HearsayError('DATA_DIR_UNUSABLE', text, { cause });
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'no directory can be made there; choose another path',
  EACCES: 'let this user read and write it',
  EPERM: 'let this user read and write it',
  EROFS: 'its disk is read-only; mount it for writing, or choose another',
  ENOSPC: 'its disk is full; free some space',
  EDQUOT: 'the quota of its disk is used up; free some space',
  EISDIR: 'a directory is where a file should be; choose another path',
  ENOTDIR: 'that is no directory; choose another path',
  EIO: 'its disk fails; replace it',
};

/** What a crash may lose of records that are not durable. */
const FLUSH_MS = 1000;
/** Between tries to write to a disk that refuses: soon enough for who frees some space. */
const RETRY_MS = 10_000;
/** A log is replaced when it is larger than this, and than so many times what it began as. */
const BYTES_MIN = 64 * 1024;
const GROWTH = 4;
/** Files with a torn tail each: enough to see whether a disk is ill. */
const DAMAGED_MAX = 10;
