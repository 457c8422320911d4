/**
 * Keeps a folder to one process at a time. Process ids lie in containers, and Node.js has no file
 * locks; but a Unix socket answers exactly as long as its process lives, through all namespaces of
 * a machine.
 *
 * Each process first listens at a name of its own in the folder, and only then knocks at all other
 * such sockets. Of any two the later to listen finds the other listening, so never do both go on;
 * that both give way is possible, so it is tried again. A socket that refuses is dead, or its
 * process does not listen yet and will find this one: it is removed.
 *
 * Not for folders that several machines share over a network. On Windows, where a folder cannot
 * hold a socket, a named pipe would have to stand in for it: not built.
 */
import fs from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** `sun_path` without its final zero: 108 bytes on Linux, 104 on macOS and the BSDs. */
export const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** How much longer than the folder's path those of its sockets are. */
export const LOCK_NAME_BYTES = '/lock-00000000'.length;

export class LockSocket {
  readonly #server: Server;

  /** Undefined: another process has the folder. Rejects with system errors. */
  static async hold(folder: string): Promise<LockSocket | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await wait(WAIT_MS * (1 + Math.random()) * tries);
      const name = `lock-${Math.floor(Math.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')}`;
      const lock = new LockSocket();
      await lock.#listen(join(folder, name));
      if (!(await othersLive(folder, name)) && fs.existsSync(join(folder, name))) return lock;
      await lock.release();
    }
    return undefined;
  }

  private constructor() {
    this.#server = createServer((socket) => socket.destroy()).unref();
  }

  /** Also removes the socket. */
  async release(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, () => {
        this.#server.off('error', reject).on('error', () => {}); // A caller that is gone again.
        resolve();
      });
    });
  }
}

/** Removes the sockets of the dead on its way. */
async function othersLive(folder: string, own: string): Promise<boolean> {
  const others = fs.readdirSync(folder).filter((name) => LOCK.test(name) && name !== own);
  const lives = await Promise.all(
    others.map(async (name) => {
      const lives = await answers(join(folder, name));
      if (!lives) fs.rmSync(join(folder, name), { force: true });
      return lives;
    }),
  );
  return lives.includes(true);
}

/** A process that stands still answers too: the system does so for it. */
async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'); // In doubt it lives.
    });
  });
}

async function wait(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}

const LOCK = /^lock-[0-9a-f]{8}$/;
const TRIES = 3;
/** Longer than two processes that start at once need to knock. */
const WAIT_MS = 50;
