/**
 * A command of an operator's, run by the shell: what came from the cluster is on its standard input
 * and in its environment, never in its command line.
 *
 * It has a process group of its own, which is killed whole when it takes too long, says too much or
 * is no longer wanted.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

export interface CommandOptions {
  /** As for `sh -c`. */
  readonly command: string;
  readonly input: string | Uint8Array;
  /** Besides the agent's own, without its secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of standard output. */
  readonly outputBytesMax: number;
}

/** Why a command gave nothing. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** exit: it failed itself · hung, flooded, stopped: it was killed. */
  readonly why: 'exit' | 'hung' | 'flooded' | 'stopped';

  constructor(why: CommandError['why'], message: string) {
    super(message);
    this.why = why;
    this.stack = `${this.name}: ${message}`; // Where it was noticed says nothing to anyone.
  }
}

/** A command that runs. */
export class Command {
  /** What it has written to its standard output; rejects with a {@link CommandError}. */
  readonly output: Promise<Uint8Array>;
  readonly #options: CommandOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** The last of what it has written to its standard error. */
  #complaint = '';
  #killed: CommandError | undefined;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.#child = spawn(options.command, {
      shell: true,
      detached: process.platform !== 'win32', // There groups are not killed by a number.
      env: { ...ownEnvironment(), ...withoutZeros(options.environment) },
      stdio: 'pipe',
    });
    this.output = this.#run();
  }

  /** Nobody wants its output any more. */
  stop(): void {
    this.#kill('stopped', 'it was stopped');
  }

  async #run(): Promise<Uint8Array> {
    const { input, outputBytesMax, timeoutMs } = this.#options;
    const child = this.#child;
    const timer = setTimeout(() => {
      this.#kill('hung', `killed: it took longer than ${seconds(timeoutMs)}`);
    }, timeoutMs);
    child.stdout.on('data', (chunk: Uint8Array) => {
      this.#bytes += chunk.length;
      if (this.#bytes <= outputBytesMax) this.#chunks.push(chunk);
      else this.#kill('flooded', `killed: it wrote more than ${outputBytesMax} bytes`);
    });
    child.stderr.on('data', (chunk: Uint8Array) => {
      this.#complaint = (this.#complaint + String(chunk)).slice(-COMPLAINT_MAX);
    });
    // It need not read what it is given.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    try {
      return await new Promise((resolve, reject) => {
        child.on('error', (error) => reject(new CommandError('exit', error.message)));
        child.on('close', (code, signal) => {
          const failure = this.#killed ?? this.#failureOf(code, signal);
          if (failure === undefined) resolve(Buffer.concat(this.#chunks));
          else reject(failure);
        });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #failureOf(code: number | null, signal: string | null): CommandError | undefined {
    if (code === 0) return undefined;
    const what = signal === null ? `exit code ${code}` : `ended by ${signal}`;
    const line = this.#complaint.trimEnd().split('\n').at(-1) ?? '';
    return new CommandError('exit', line === '' ? what : `${what}: ${line}`);
  }

  #kill(why: CommandError['why'], message: string): void {
    if (this.#killed !== undefined) return;
    this.#killed = new CommandError(why, message);
    const { pid } = this.#child;
    try {
      if (pid !== undefined && process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch {
      // It has just ended.
    }
    // Whoever has left its group may hold them open.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}

/** The agent's, without what would let a command speak for the cluster. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { HEARSAY_SECRET: _secret, HEARSAY_SECRET_FILE: _file, ...others } = process.env;
  return others;
}

/** No system lets them through; names may hold them. */
function withoutZeros(environment: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(environment);
  return Object.fromEntries(entries.map(([key, value]) => [key, value.replaceAll('\0', '')]));
}

function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}

/** A line or two. */
const COMPLAINT_MAX = 400;
