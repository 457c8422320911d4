import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { listenOn } from './control-socket.ts';
import { socketFolder, socketPath } from './socket-path.ts';

const folder = temporaryFolder();
const servers: Server[] = [];

function server(): Server {
  const made = createServer();
  servers.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (one) => new Promise((resolve) => one.close(resolve))),
  );
});

test('the socket is for its user alone, from the start', async () => {
  const path = join(mkdtempSync(join(folder, 'x')), 'a.sock');
  await listenOn(server(), path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a living socket is not disturbed', async () => {
  const path = join(mkdtempSync(join(folder, 'x')), 'a.sock');
  await listenOn(server(), path);
  const second = listenOn(server(), path);
  await expect(second).rejects.toMatchObject({ code: 'SOCKET_TAKEN' });
  await expect(second).rejects.toThrow(path);
});

test('what a dead agent left is replaced', async () => {
  const path = join(mkdtempSync(join(folder, 'x')), 'a.sock');
  const dead = createServer();
  await listenOn(dead, path);
  // Node.js removes the file when a server closes; a killed process does not.
  const { link, unlink } = await import('node:fs/promises');
  await link(path, `${path}.kept`);
  await new Promise((resolve) => dead.close(resolve));
  await link(`${path}.kept`, path);
  await unlink(`${path}.kept`);
  expect(statSync(path).isSocket()).toBe(true);
  await listenOn(server(), path);
});

test('a file that is no socket is left alone', async () => {
  const path = join(mkdtempSync(join(folder, 'x')), 'notes.txt');
  writeFileSync(path, 'mine');
  await expect(listenOn(server(), path)).rejects.toMatchObject({ code: 'SOCKET_UNUSABLE' });
  expect(statSync(path).size).toBe(4);
});

test('a path that the system cannot take is refused', async () => {
  const path = join(folder, 'x'.repeat(120));
  await expect(listenOn(server(), path)).rejects.toThrow(/bytes.*--socket/);
  const gone = join(folder, 'no', 'such', 'folder', 'a.sock');
  await expect(listenOn(server(), gone)).rejects.toMatchObject({ code: 'SOCKET_UNUSABLE' });
});

test('the default path follows the name, in the folder of the user', () => {
  expect(socketPath('a', { XDG_RUNTIME_DIR: '/run/user/7' })).toBe('/run/user/7/hearsay/a.sock');
  expect(socketPath('../a', { XDG_RUNTIME_DIR: '/r' })).toBe('/r/hearsay/..%2Fa.sock');
  expect(socketFolder({})).toMatch(/hearsay-\d+$/);
});
