/**
 * A node's data directory: its log, large values that the log names, and a lock so that no other
 * process writes to it.
 *
 * A large value is in a file of its own before the log names it; what waits to be written behind it
 * waits for that. What the log no longer names goes when the log that replaces it is on disk.
 *
 * Durable records are on disk when `append` returns, which blocks: they are as rare as lives.
 * Others wait for {@link FLUSH_MS} at most. Where writing fails, what is not durable is dropped,
 * and the log is behind: that is told once, and it is tried again, now and then and with the next
 * durable record, to write all anew from the protocol's snapshot. A durable record that cannot be
 * written throws, which stops the node: it must not announce a life that is not saved.
 */
import fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Content } from '../blocks/data/index.ts';
import { HearsayError, isContent, UsageError, type LogRecord } from '../core/index.ts';
import { ByteWriter } from '../wire/index.ts';
import { writeNew } from './disk.ts';
import { LOCK_NAME_BYTES, LockSocket, SOCKET_PATH_BYTES_MAX } from './lock-socket.ts';
import { LogFile, readLog, type LogContents } from './log-file.ts';
import { encodeFrame } from './log-frames.ts';
import { ValueFiles } from './value-files.ts';

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
  readonly #options: DataDirOptions;
  readonly #lock: LockSocket;
  readonly #log: LogFile;
  readonly #values: ValueFiles;
  #records: readonly LogRecord[];
  /** Frames, and values that are to be named between them. */
  #waiting: LogRecord[] = [];
  /** Values being written. */
  #storing: Promise<void> | undefined;
  #isBehind = false;
  /** The log's size after it was last written whole, and that of the values it names. */
  #bytesWhole = 0;
  #valueBytesWhole = 0;
  #snapshot: (() => Iterable<LogRecord>) | undefined;
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
    const records = found?.records ?? [];
    if (found !== undefined && found.damaged.length > 0) {
      this.#setAside(found.damaged, records.length);
    }
    this.#log =
      found?.owner === undefined
        ? LogFile.create(file, owner, [])
        : LogFile.continue(file, owner, found.end);
    this.#values = new ValueFiles(join(path, 'values'));
    this.#records = this.#readValues(records);
    // A kill may have come between a value and its name; but what was set aside may name some too.
    if ((found?.damaged.length ?? 0) === 0) this.#values.keepOnly(hashesIn(records));
  }

  /** What earlier lives saved, oldest first; nothing once it is followed. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** What it holds. */
  get size(): DataDirSize {
    const { bytes: valueBytes, count: values } = this.#values;
    return { logBytes: this.#log.bytes, values, valueBytes };
  }

  /** Whether the log lacks something that could not be written. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** From now on the log may be replaced by these records, asked for between handlers. */
  follow(snapshot: () => Iterable<LogRecord>): void {
    this.#snapshot = snapshot;
    this.#records = []; // Its large values may be long gone.
  }

  /** @throws HearsayError DATA_DIR_UNUSABLE, if a durable record cannot be saved */
  append(record: LogRecord, durable: boolean): void {
    if (!this.#isBehind) this.#waiting.push(isContent(record) ? record : encodeFrame(record));
    if (durable) this.#save();
    this.#timer ??= setTimeout(() => this.#flush(), this.#isBehind ? RETRY_MS : FLUSH_MS).unref();
  }

  /** Writes what waits, and lets others have the directory. */
  async close(): Promise<void> {
    await this.#storing;
    this.#flush();
    while (this.#storing !== undefined) await this.#storing;
    clearTimeout(this.#timer);
    this.#log.close();
    await this.#lock.release();
  }

  /** All of it is on disk when this returns. */
  #save(): void {
    try {
      if (this.#isBehind) this.#writeAnew();
      else {
        for (const item of this.#waiting) if (isContent(item)) this.#values.writeNow(item);
        this.#writeWaiting();
        this.#log.sync();
      }
    } catch (error) {
      throw unusable(this.path, error);
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#storing !== undefined) return; // It comes back here.
    try {
      const next = this.#writeWaiting();
      if (next !== undefined) return this.#store([next]);
      if (!this.#isBehind && !this.#hasGrown) return;
      const lacking = this.#lacking();
      if (lacking.length > 0) return this.#store(lacking);
      this.#writeAnew();
    } catch (error) {
      this.#fallBehind(error);
    }
  }

  /** Writes what waits, up to a value that is not on disk yet, which it returns. */
  #writeWaiting(): Content | undefined {
    const isLacking = (item: LogRecord): boolean => isContent(item) && !this.#isStored(item);
    const end = this.#waiting.findIndex(isLacking);
    const count = end < 0 ? this.#waiting.length : end;
    const frames = this.#waiting
      .slice(0, count)
      .map((item) => (isContent(item) ? encodeFrame(nameOf(item)) : item));
    if (frames.length > 0) this.#log.append(frames);
    this.#waiting = this.#waiting.slice(count);
    const [next] = this.#waiting;
    return next && isContent(next) ? next : undefined;
  }

  /** Writes values while the node goes on; then comes what waits for them. */
  #store(contents: readonly Content[]): void {
    const writing = async (): Promise<void> => {
      try {
        for (const content of contents) await this.#values.write(content);
        this.#storing = undefined;
      } catch (error) {
        this.#storing = undefined;
        return this.#fallBehind(error);
      }
      this.#flush();
    };
    this.#storing = writing();
  }

  #isStored({ reference }: Content): boolean {
    return this.#values.has(reference.hash);
  }

  /** Values that a log written anew would name, and that are not on disk. */
  #lacking(): Content[] {
    const lacking = new Set<Content>();
    for (const item of this.#snapshot?.() ?? []) {
      if (isContent(item) && !this.#isStored(item)) lacking.add(item);
    }
    return [...lacking];
  }

  get #hasGrown(): boolean {
    const { bytes } = this.#values;
    return (
      this.#log.bytes > Math.max(BYTES_MIN, this.#bytesWhole * GROWTH) ||
      bytes > VALUE_BYTES_MIN + this.#valueBytesWhole * VALUE_GROWTH
    );
  }

  #writeAnew(): void {
    if (this.#snapshot === undefined) {
      if (this.#isBehind) throw new Error('an earlier record is not written');
      return;
    }
    const records: Uint8Array[] = [];
    const named = new Set<string>();
    for (const item of this.#snapshot()) {
      if (!isContent(item)) records.push(item);
      else if (!named.has(item.reference.hash)) {
        this.#values.writeNow(item);
        named.add(item.reference.hash);
        records.push(nameOf(item));
      }
    }
    this.#log.replace(records);
    this.#values.keepOnly(named);
    this.#bytesWhole = this.#log.bytes;
    this.#valueBytesWhole = this.#values.bytes;
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

  /** Records with the values that they name, as far as these are here and sound. */
  #readValues(records: readonly Uint8Array[]): LogRecord[] {
    const read: LogRecord[] = records.filter((record) => hashIn(record) === undefined);
    for (const hash of hashesIn(records)) {
      const isThere = this.#values.has(hash);
      const content = this.#values.read(hash);
      if (content !== undefined) read.push(content);
      else this.#tellOfLoss(hash, isThere);
    }
    return read;
  }

  #tellOfLoss(hash: string, isDamaged: boolean): void {
    const what = isDamaged ? 'is damaged and was set aside' : 'is missing';
    this.#options.onDamage(
      `data directory ${this.path}: the large value values/${hash} ${what}; members that have it ` +
        'give it again; a key of this node’s own state is gone in a minute if none has it',
    );
  }

  /**
   * Never lost without a word: what cannot be read stays, under another name. A tail torn by a
   * kill is ordinary, so only the newest are kept.
   */
  #setAside(damaged: Uint8Array, soundCount: number): void {
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
        `were set aside as ${file}${removed}; the ${soundCount} records before them count`,
    );
  }
}

export interface DataDirSize {
  readonly logBytes: number;
  /** How many large values are in files of their own. */
  readonly values: number;
  readonly valueBytes: number;
}

/** A record of this file's own: a large value belongs here. */
function nameOf({ reference }: Content): Uint8Array {
  const to = new ByteWriter(1 + reference.hash.length);
  to.u8(VALUE_NAME);
  to.bytes(Buffer.from(reference.hash, 'hex'));
  return to.copy();
}

/** Of values that records name. */
function hashesIn(records: readonly Uint8Array[]): ReadonlySet<string> {
  return new Set(records.flatMap((record) => hashIn(record) ?? []));
}

/** Undefined: it is a record of the node's. */
function hashIn(record: Uint8Array): string | undefined {
  return record[0] === VALUE_NAME ? Buffer.from(record.subarray(1)).toString('hex') : undefined;
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
/** The same for values: room for one of the largest that is usual, and each once more. */
const VALUE_BYTES_MIN = 16 * 1024 * 1024;
const VALUE_GROWTH = 2;
/** The first byte of a record that names a value; those of nodes are below 32. */
const VALUE_NAME = 255;
/** Files with a torn tail each: enough to see whether a disk is ill. */
const DAMAGED_MAX = 10;
