/** The compiled program as users run it: to its end, or as agents that end with their test. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeAll } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt, root } from './built.ts';
import { temporaryFolder } from './temporary-folder.ts';

const main = join(root, 'dist', 'cli', 'main.js');

export class Program {
  /** A folder of its own, gone with the file; agents have their sockets in it. */
  readonly folder = temporaryFolder();
  readonly #agents: ChildProcess[] = [];

  /** To be made at the top of a test file: it sets up and clears away by vitest's hooks. */
  constructor() {
    beforeAll(ensureBuilt, BUILD_MS_MAX);
    afterEach(async () => {
      for (const agent of this.#agents.splice(0)) {
        agent.kill('SIGKILL');
        if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
      }
    });
  }

  run(args: readonly string[], { env = {}, input = '' }: RunOptions = {}) {
    const done = spawnSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      env: { ...this.#environment, ...env },
      input,
      timeout: RUN_MS_MAX,
    });
    return { code: done.status, out: done.stdout, error: done.stderr };
  }

  /** Resolves when the agent is up; `ended` with its exit code. */
  async agent(name: string, args: readonly string[] = [], options: RunOptions = {}) {
    const flags = ['agent', '--name', name, '--bind', '127.0.0.1:0', '--json', ...args];
    const child = this.spawn(flags, options);
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    const ready = JSON.parse(await firstLine(child)) as {
      address: string;
      socket: string;
      members: number;
    };
    return { name, child, ended, ...ready };
  }

  /** Its standard input stays open. */
  spawn(args: readonly string[], { env = {} }: RunOptions = {}) {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...this.#environment, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#agents.push(child);
    return child;
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, XDG_RUNTIME_DIR: this.folder };
  }
}

/** What runs longer, such as an agent that should have been refused, is killed; its code: null. */
const RUN_MS_MAX = 60_000;

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input. */
  readonly input?: string;
}

/** Of a process that has begun. */
export async function firstLine({ stdout }: { readonly stdout: Readable }): Promise<string> {
  const [line] = (await once(createInterface(stdout), 'line')) as [string];
  return line;
}
