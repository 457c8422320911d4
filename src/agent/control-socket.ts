import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Server } from 'node:net';
import { UsageError } from '../core/index.ts';
import { checkPathLength, makeFolder } from './socket-path.ts';

/**
 * Listens on a Unix socket that only this user may open. What a dead agent has left at the path is
 * replaced; a living one is not disturbed.
 *
 * @throws UsageError SOCKET_TAKEN or SOCKET_UNUSABLE; says what to do
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  checkPathLength(path);
  makeFolder(path);
  await clear(path);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const code = error.code === 'EADDRINUSE' ? 'SOCKET_TAKEN' : 'SOCKET_UNUSABLE';
      const text = `control socket ${path}: ${error.message}; choose another with --socket`;
      reject(new UsageError(code, text, { cause: error }));
    };
    server.once('error', fail);
    // The mode must be right from the first moment on, and listening binds before it returns.
    const before = process.umask(0o177);
    server.listen(path, () => {
      server.off('error', fail);
      resolve();
    });
    process.umask(before);
  });
}

/** Makes way for a new socket, if nobody listens at the old one. */
async function clear(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    const text = `${path} exists and is no socket: remove it, or choose another with --socket`;
    throw new UsageError('SOCKET_UNUSABLE', text);
  }
  const code = await knock(path);
  if (code === undefined) {
    const text = `an agent serves ${path} already: leave it first, or choose another with --socket`;
    throw new UsageError('SOCKET_TAKEN', text);
  }
  if (code !== 'ECONNREFUSED') {
    const text = `control socket ${path}: ${code}; choose another with --socket`;
    throw new UsageError('SOCKET_UNUSABLE', text);
  }
  unlinkSync(path);
}

/** Undefined where somebody answers, else the system's code: ECONNREFUSED from a dead socket. */
async function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
