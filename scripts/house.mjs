// What the other scripts share: is this checkout installed and built? Plain Node, no dependencies,
// since it runs before anything is installed. Progress goes to stderr: stdout is the command's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const say = (line) => process.stderr.write(`hearsay: ${line}\n`);

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`this needs Node.js 20.19 or newer; here is ${process.versions.node}.`);
  process.exit(1);
}

/** The path of a tool's script below node_modules: started by node itself, not through a shell. */
export const tool = (path) => at('node_modules', path);

/** Runs to the end, the terminal shared, and gives the exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const ignore = () => {}; // Ctrl-C reaches the child too; let it end first.
    process.on('SIGINT', ignore);
    child.on('error', (error) => {
      say(error.message);
      resolve(127);
    });
    child.on('exit', (code) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 1);
    });
  });
}

export function ensureInstalled() {
  if (isInstalled()) return;
  alone(() => {
    if (isInstalled()) return;
    say('installing (npm ci) …');
    const npm = process.env.npm_execpath; // Set by npm itself: its own script.
    const [command, prefix] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    const args = [...prefix, 'ci', '--no-progress', '--loglevel=error'];
    const shell = command === 'npm' && process.platform === 'win32';
    const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell });
    if (done.status !== 0) fail('npm ci', done);
  });
}

/** Whether npm's own note of what it installed agrees with the lockfile. */
function isInstalled() {
  const note = readIfAny(at('node_modules', '.package-lock.json'));
  if (note === undefined) return false;
  const found = JSON.parse(note).packages;
  const wanted = JSON.parse(readIfAny(at('package-lock.json'))).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || found[path]?.version === version,
  );
}

export function ensureBuilt() {
  const stamp = at('dist', '.stamp');
  const stale = () => readIfAny(stamp) !== fingerprint();
  if (!stale()) return;
  alone(() => {
    if (!stale()) return;
    say('building …');
    const before = fingerprint(); // What is edited meanwhile must count as stale.
    const done = spawnSync(
      process.execPath,
      [tool('typescript/bin/tsc'), '-b', 'tsconfig.build.json'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    if (done.status !== 0) fail('tsc -b', done);
    dropOrphans(at('dist'), at('src'));
    mkdirSync(at('dist'), { recursive: true });
    writeFileSync(stamp, before);
  });
}

/** Name, size and time of everything the build reads: a millisecond per hundred files. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'tsconfig.build.json', 'tsconfig.base.json'].map((name) =>
    at(name),
  );
  for (const entry of readdirSync(at('src'), { recursive: true }).toSorted((a, b) =>
    a < b ? -1 : 1,
  )) {
    if (/(?<!\.test)\.ts$|tsconfig\.json$/.test(entry)) files.push(at('src', entry));
  }
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Removes output whose source is gone: tsc leaves it, and an import of it would go on working. */
function dropOrphans(dist, src) {
  for (const entry of readdirSync(dist, { recursive: true })) {
    const source = entry.match(/^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/)?.[1];
    if (source !== undefined && !existsSync(join(src, `${source}.ts`))) rmSync(join(dist, entry));
  }
}

/** One process at a time installs or builds; the lock of a dead one is taken over. */
function alone(work) {
  mkdirSync(at('.cache'), { recursive: true });
  const lock = at('.cache', 'lock');
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readIfAny(lock));
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    else if (!waited) say(`waiting for process ${owner}, which is installing or building …`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  const release = () => unlinkSync(lock);
  process.once('exit', release);
  work();
  process.off('exit', release);
  release();
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readIfAny(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function fail(what, { status, error, stdout, stderr }) {
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  say(`${what} failed (${error?.message ?? `exit code ${status}`}).`);
  process.exit(1);
}
