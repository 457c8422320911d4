// What a terminal shows: real commands, real processes, their output as it came. Only the folder of
// the control sockets is given the name it has elsewhere.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../house.mjs';
import { read } from './files.mjs';
import { terminal } from './table.mjs';

export const main = join(root, 'dist', 'cli', 'main.js');
const guide = 'docs/guides/first-cluster.md';

/** A command that prints the same on every machine, and what it prints. */
export function command(line) {
  const { stdout, stderr, status } = run([main, ...line.split(' ')], process.env);
  if (status !== 0) throw new Error(`hearsay ${line}: ${stderr}`);
  return terminal(`$ hearsay ${line}\n${stdout}`);
}

export function demo() {
  const { stdout, stderr, status } = run([main, 'demo', '--once'], process.env);
  if (status !== 0) throw new Error(`hearsay demo --once: ${stderr}`);
  return terminal(`$ npm start -- --once\n${stdout}`);
}

/**
 * Runs a program that a page shows, as it shows it, and gives what it prints: the one that begins
 * with its file's name, or else the first.
 */
export function runPage(page, name) {
  const { stdout, stderr, status } = run([programOf(page, name)], process.env);
  if (status !== 0) throw new Error(`${page}: ${stderr}`);
  return `$ node ${name}\n${stdout}`;
}

/** The file that such a program is put into. */
function programOf(page, name) {
  const programs = [...read(page).matchAll(/```[jt]s\n([\s\S]*?)```/g)].map(([, code]) => code);
  return placeBeside(name, programs.find((code) => code.startsWith(`// ${name}\n`)) ?? programs[0]);
}

/** Writes a file inside the package, so that a program in it finds the package; gives its path. */
export function placeBeside(name, text) {
  const folder = join(root, '.cache', 'docs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

export function run(args, env) {
  return spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd: root });
}

/** The three terminals of the guide, played once; each part is a scene of it. */
let scenes;

export async function scene(name) {
  scenes ??= await play();
  return terminal(scenes[name]);
}

async function play() {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-docs-'));
  const stage = new Stage(folder);
  try {
    return await stage.play();
  } finally {
    stage.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Stage {
  #env;
  #folder;
  #processes = [];

  constructor(folder) {
    this.#folder = folder;
    this.#env = { ...process.env, XDG_RUNTIME_DIR: folder };
  }

  async play() {
    const made = {};
    const a = this.#agent('--name a --log debug');
    await a.says(/is up at/);
    const commandOfB = '--name b --bind 127.0.0.1:7947 --join 127.0.0.1:7946 --tag role=worker';
    const b = this.#agent(commandOfB);
    await b.says(/is up at/);
    const c = this.#agent('--name c --bind 127.0.0.1:7948 --join 127.0.0.1:7946');
    await c.says(/is up at/);
    await a.says(/c \(life \w+\) has joined/);
    made.second = b.text();
    made.third = c.text();
    made.first = a.text();
    made.members = this.#hearsay('members --name a');
    const program = this.#start('$ node first-cluster.mjs', [
      programOf(guide, 'first-cluster.mjs'),
    ]);
    await program.says(/(?:.*\n){4}/);
    await sleep(3000); // Long enough for everyone to have probed everyone.

    a.mark();
    const killed = new Date();
    b.kill();
    await a.says(/b \(life \w+\) has failed/);
    const seconds = (Date.parse(lastLine(a.text()).split(' ')[0]) - killed) / 1000;
    made.kill = [
      `$ kill -9 ${b.pid}                # at ${killed.toISOString()}\n`,
      `# the first terminal\n${a.text()}`,
      `# ${seconds.toFixed(1)} s after the kill`,
    ].join('\n');
    made.all = this.#hearsay('members --name a --all');

    a.mark();
    const b2 = this.#agent(commandOfB);
    await a.says(/b \(life \w+\) has restarted/);
    await b2.says(/is up at/);
    made.restart = `# the first terminal\n${a.text()}`;

    a.mark();
    const left = this.#hearsay('leave --name c');
    await a.says(/c \(life \w+\) has left/);
    made.leave = `${left}\n\n# the first terminal\n${a.text()}`;
    await program.says(/c has left/);
    made.program = program.text();
    return made;
  }

  /** Ends what is still running: these processes and no others. */
  end() {
    for (const one of this.#processes) one.kill();
  }

  #agent(args) {
    return this.#start(`$ hearsay agent ${args}`, [main, 'agent', ...args.split(' ')]);
  }

  #start(line, args) {
    const running = new Running(line, args, this.#env, (text) => this.#public(text));
    this.#processes.push(running);
    return running;
  }

  #hearsay(args) {
    const { stdout, stderr } = run([main, ...args.split(' ')], this.#env);
    return this.#public(`$ hearsay ${args}\n${stdout}${stderr}`).trimEnd();
  }

  #public(text) {
    return text.replaceAll(this.#folder, '/run/user/1000');
  }
}

function lastLine(text) {
  return text.slice(text.lastIndexOf('\n') + 1);
}

/** A process whose output is kept. */
export class Running {
  #child;
  #said;
  #from = 0;
  #clean;

  constructor(line, args, env, clean) {
    this.#said = `${line}\n`;
    this.#clean = clean;
    this.#child = spawn(process.execPath, args, { env, cwd: root });
    const add = (chunk) => {
      this.#said += chunk;
    };
    this.#child.stdout.on('data', add);
    this.#child.stderr.on('data', add);
  }

  get pid() {
    return this.#child.pid;
  }

  /** From now on `text` and `says` are about what comes after. */
  mark() {
    this.#from = this.#said.length;
  }

  text() {
    return this.#clean(this.#said.slice(this.#from)).trim();
  }

  async says(pattern) {
    for (let waitedMs = 0; !pattern.test(this.text()); waitedMs += 20) {
      if (waitedMs > 30_000) throw new Error(`${pattern} is not in:\n${this.text()}`);
      await sleep(20);
    }
  }

  kill(signal = 'SIGKILL') {
    this.#child.kill(signal);
  }
}
