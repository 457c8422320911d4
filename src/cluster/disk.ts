/** What files need so that a kill, or a power failure, leaves them whole. Throws system errors. */
import fs from 'node:fs';
import { dirname } from 'node:path';

/** A file that nothing else may have the name of, on disk when this returns. */
export function writeNew(path: string, data: Uint8Array): void {
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    writeAll(fd, data, 0);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  syncFolder(dirname(path));
}

/** The system may take less than it is given. */
export function writeAll(fd: number, data: Uint8Array, position: number): void {
  for (let done = 0; done < data.length;) {
    done += fs.writeSync(fd, data, done, data.length - done, position + done);
  }
}

/** Names are on disk only when their folder is. */
export function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    // Some file systems cannot, and need not.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    fs.closeSync(fd);
  }
}
