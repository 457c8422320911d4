/**
 * Large values on disk, each in a file of its own that is named by the value's hash.
 *
 * A file is written under another name, brought to disk, and then renamed: whatever has the name of
 * a hash is whole. So it is written once, however often a log that names it is. A disk may fail all
 * the same: what does not hash to its name is set aside.
 */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { contentOf, type Content } from '../blocks/data/index.ts';
import { nodeCrypto } from '../net/index.ts';
import { syncFolder, writeAll } from './disk.ts';

export class ValueFiles {
  readonly #folder: string;
  /** What each file takes on disk, by hash. */
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #drafts = 0;

  /** Finds what is in a folder, which need not be there. Throws system errors. */
  constructor(folder: string) {
    this.#folder = folder;
    for (const name of this.#names()) {
      if (/^[0-9a-f]{64}$/.test(name)) this.#note(name, fs.statSync(join(folder, name)).size);
      else if (name.endsWith(DRAFT)) fs.rmSync(join(folder, name));
    }
  }

  get count(): number {
    return this.#sizes.size;
  }

  /** What all of them take on disk, about. */
  get bytes(): number {
    return this.#bytes;
  }

  has(hash: string): boolean {
    return this.#sizes.has(hash);
  }

  /** Undefined: there is none, or it is damaged, and has been set aside. */
  read(hash: string): Content | undefined {
    if (!this.has(hash)) return undefined;
    const path = join(this.#folder, hash);
    const content = contentOf(fs.readFileSync(path), nodeCrypto);
    if (content.reference.hash === hash) return content;
    this.#setAside(hash);
    return undefined;
  }

  /** Writes a value while the process goes on with other things; rejects with system errors. */
  async write(content: Content): Promise<void> {
    if (this.has(content.reference.hash)) return;
    const draft = this.#draft(content);
    try {
      await promisify(fs.fsync)(draft.fd);
      this.#publish(draft);
    } finally {
      this.#close(draft);
    }
  }

  /** The same, and all is on disk when this returns. */
  writeNow(content: Content): void {
    if (this.has(content.reference.hash)) return;
    const draft = this.#draft(content);
    try {
      fs.fsyncSync(draft.fd);
      this.#publish(draft);
    } finally {
      this.#close(draft);
    }
  }

  /** Removes all others, as far as the system lets it: what stays is tried again next time. */
  keepOnly(hashes: ReadonlySet<string>): void {
    for (const [hash, size] of this.#sizes) {
      if (hashes.has(hash) || !remove(join(this.#folder, hash))) continue;
      this.#sizes.delete(hash);
      this.#bytes -= size;
    }
  }

  /** All bytes of a value in a file that does not have its name yet, and may not be on disk. */
  #draft({ chunks, reference }: Content): Draft {
    if (!fs.existsSync(this.#folder)) {
      fs.mkdirSync(this.#folder, { mode: 0o700 });
      syncFolder(dirname(this.#folder));
    }
    const path = join(this.#folder, `${reference.hash}-${++this.#drafts}${DRAFT}`);
    const draft = { path, fd: fs.openSync(path, 'w', 0o600), reference };
    try {
      let position = 0;
      for (const chunk of chunks) {
        writeAll(draft.fd, chunk, position);
        position += chunk.length;
      }
      return draft;
    } catch (error) {
      this.#close(draft);
      throw error;
    }
  }

  /** A draft that is on disk takes its name. */
  #publish({ path, reference }: Draft): void {
    fs.renameSync(path, join(this.#folder, reference.hash));
    syncFolder(this.#folder);
    this.#note(reference.hash, reference.length);
  }

  /** What has not taken its name goes: a full disk has no room for it. */
  #close({ fd, path, reference }: Draft): void {
    fs.closeSync(fd);
    if (!this.has(reference.hash)) remove(path);
  }

  #setAside(hash: string): void {
    this.#bytes -= this.#sizes.get(hash) ?? 0;
    this.#sizes.delete(hash);
    const aside = this.#names().filter((name) => name.endsWith(DAMAGED));
    for (const name of aside.slice(DAMAGED_MAX - 1)) fs.rmSync(join(this.#folder, name));
    fs.renameSync(join(this.#folder, hash), join(this.#folder, `${hash}${DAMAGED}`));
  }

  #names(): string[] {
    return fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder) : [];
  }

  #note(hash: string, length: number): void {
    const size = Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
    this.#bytes += size - (this.#sizes.get(hash) ?? 0);
    this.#sizes.set(hash, size);
  }
}

interface Draft {
  readonly path: string;
  readonly fd: number;
  readonly reference: Content['reference'];
}

/** Whether it is gone. */
function remove(path: string): boolean {
  try {
    fs.rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

const DRAFT = '.new';
const DAMAGED = '.damaged';
/** Set aside at once: enough to see whether a disk is ill. */
const DAMAGED_MAX = 10;
/** The least that a file takes on common file systems. */
const BLOCK_BYTES = 4096;
