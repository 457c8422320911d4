import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ControlClient } from '../../agent/control-client.ts';
import type { Info, Notice } from '../../agent/control.ts';

export interface AgentProcessOptions {
  readonly name: string;
  readonly bind: string;
  readonly join: readonly string[];
  readonly socket: string;
}

/** How a process ended: by a signal, or with an exit code and its last words. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly words: string;
}

/**
 * `hearsay agent` as a process of its own.
 *
 * It leaves when its standard input ends, so it does not outlive this process however that ends.
 */
export class AgentProcess {
  /** Resolves when it has joined; rejects if it ends before. */
  readonly ready: Promise<Info>;
  readonly ended: Promise<Ending>;
  readonly client: ControlClient;
  readonly #child: ChildProcess;

  constructor({ name, bind, join, socket }: AgentProcessOptions) {
    const program = fileURLToPath(new URL('../main.js', import.meta.url));
    const flags = ['--name', name, '--bind', bind, '--socket', socket, '--json', '--with-parent'];
    const seeds = join.length > 0 ? ['--join', ...join] : [];
    // A process group of its own: Ctrl-C is meant for the demo.
    this.#child = spawn(process.execPath, [program, 'agent', ...flags, ...seeds], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.client = new ControlClient(socket);
    this.ended = ending(this.#child);
    this.ready = this.#ready();
    this.ready.catch(() => {}); // Whoever waits hears of it.
  }

  /** SIGKILL: no time to say anything. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Calls `hear` with all that the agent tells, until it ends. */
  async follow(hear: (notice: Notice) => void): Promise<void> {
    try {
      for await (const notice of this.client.events()) hear(notice);
    } catch {
      // It was killed while it spoke; `ended` tells.
    }
  }

  async #ready(): Promise<Info> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('standard output is a pipe');
    const line = new Promise<Info>((resolve) => {
      createInterface(stdout).once('line', (text) => resolve(JSON.parse(text) as Info));
    });
    const early = this.ended.then(({ code, signal, words }) => {
      throw new StartError(code, words || `an agent ended before it had joined: ${signal ?? code}`);
    });
    return Promise.race([line, early]);
  }
}

/** The process ended before it had joined. */
export class StartError extends Error {
  readonly code: number | null;

  constructor(code: number | null, words: string) {
    super(words);
    this.code = code;
  }
}

/** Enough for the last message of an agent. */
const WORDS_MAX = 2000;

async function ending(child: ChildProcess): Promise<Ending> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_MAX);
  });
  child.stdin?.on('error', () => {}); // Nothing is ever written to it.
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, words: error.message }));
    child.once('close', (code, signal) => resolve({ code, signal, words: words.trim() }));
  });
}
