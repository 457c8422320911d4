import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { SOCKET_PATH_BYTES_MAX } from '../cluster/lock-socket.ts';
import { UsageError } from '../core/index.ts';

/** Where agents of this user keep their control sockets. */
export function socketFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && runtime !== '') return join(runtime, 'hearsay');
  return join(tmpdir(), `hearsay-${userInfo().uid}`);
}

/** Where the agent of this name keeps its control socket, unless told otherwise. */
export function socketPath(name: string, environment?: NodeJS.ProcessEnv): string {
  return join(socketFolder(environment), `${encodeURIComponent(name)}.sock`);
}

/** @throws UsageError SOCKET_UNUSABLE */
export function checkPathLength(path: string): void {
  if (path === '') {
    throw new UsageError(
      'SOCKET_UNUSABLE',
      'the control socket has no path: give one with --socket',
    );
  }
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return;
  throw new UsageError(
    'SOCKET_UNUSABLE',
    `the control socket's path has ${bytes} bytes, the system allows ${SOCKET_PATH_BYTES_MAX}: ` +
      `choose a shorter one with --socket (${path})`,
  );
}

/**
 * Makes the folder of a default path, for this user alone. In a shared temporary folder somebody
 * else may have been there first.
 *
 * @throws UsageError SOCKET_UNUSABLE
 */
export function makeFolder(path: string): void {
  const folder = dirname(path);
  if (folder !== socketFolder()) return; // The user's own choice: it must be there.
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const text = `${folder} cannot be made: choose another control socket with --socket`;
    throw new UsageError('SOCKET_UNUSABLE', text, { cause: error });
  }
  const found = lstatSync(folder);
  const mine = found.isDirectory() && found.uid === userInfo().uid && (found.mode & 0o077) === 0;
  if (mine) return;
  throw new UsageError(
    'SOCKET_UNUSABLE',
    `${folder} is not a folder of this user alone (mode 0700): put it right, or choose --socket`,
  );
}
