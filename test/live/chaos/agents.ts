/** Agents as operators run them: each a process with a data directory, all with one secret. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlClient } from '../../../src/agent/control-client.ts';
import type { Info } from '../../../src/agent/control.ts';

const main = join(process.cwd(), 'dist', 'cli', 'main.js');
const JOINED_MS_MAX = 60_000;

export class AgentProcesses {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hearsay-'));
  readonly #ports: readonly number[];
  readonly #running: (ChildProcess | undefined)[];
  readonly #secret = randomBytes(32).toString('base64');

  /** Starts `count` agents, the first three of which are all the others' seeds. */
  static async start(count: number): Promise<AgentProcesses> {
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    const agents = new AgentProcesses(ports);
    for (let agent = 0; agent < count; agent++) agents.restart(agent);
    return agents;
  }

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#running = ports.map(() => undefined);
  }

  get count(): number {
    return this.#ports.length;
  }

  /** A new process at the old address, with what the last one there saved. */
  restart(agent: number): void {
    this.kill(agent);
    const flags = ['--name', nameOf(agent), '--cluster', 'chaos', '--bind', this.#address(agent)];
    flags.push('--socket', this.#socket(agent), '--retry', '--log', 'error');
    flags.push('--data-dir', join(this.#folder, `${nameOf(agent)}.data`));
    const seeds = [0, 1, 2].filter((seed) => seed !== agent && seed < this.count);
    if (seeds.length > 0) flags.push('--join', ...seeds.map((seed) => this.#address(seed)));
    this.#running[agent] = spawn(process.execPath, [main, 'agent', ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HEARSAY_SECRET: this.#secret },
    });
  }

  kill(agent: number): void {
    this.#running[agent]?.kill('SIGKILL');
    this.#running[agent] = undefined;
  }

  stop(agent: number): void {
    this.#running[agent]?.kill('SIGSTOP');
  }

  resume(agent: number): void {
    this.#running[agent]?.kill('SIGCONT');
  }

  /** Agents that run, stopped ones too. */
  get alive(): number[] {
    return this.#running.flatMap((process, agent) => (process === undefined ? [] : [agent]));
  }

  async info(agent: number): Promise<Info> {
    return new ControlClient(this.#socket(agent)).info();
  }

  /** What is wrong in the views of those that run; empty: each lists exactly them. */
  async wrongs(): Promise<string[]> {
    const { alive } = this;
    const wanted = alive.map((agent) => `${nameOf(agent)} ${this.#address(agent)} alive`);
    const found = await Promise.all(alive.map(async (agent) => this.#wrongOf(agent, wanted)));
    return found.flat();
  }

  async #wrongOf(agent: number, wanted: readonly string[]): Promise<string[]> {
    try {
      const members = await new ControlClient(this.#socket(agent)).members();
      const seen = members.map(({ name, address, status }) => `${name} ${address} ${status}`);
      const say = (what: string) => (line: string) => `${nameOf(agent)} ${what} ${line}`;
      return [
        ...wanted.filter((line) => !seen.includes(line)).map(say('lacks')),
        ...seen.filter((line) => !wanted.includes(line)).map(say('has')),
      ];
    } catch (error) {
      return [`${nameOf(agent)}: ${(error as Error).message}`];
    }
  }

  /** Open descriptors of an agent; undefined where the system does not show them. */
  handles(agent: number): number | undefined {
    const pid = this.#running[agent]?.pid;
    try {
      return readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      return undefined;
    }
  }

  /** Resident memory of an agent, in bytes; undefined where the system does not show it. */
  rssBytes(agent: number): number | undefined {
    const pid = this.#running[agent]?.pid;
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(
        readFileSync(`/proc/${pid}/status`, 'utf8'),
      ) ?? [undefined, undefined];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    const ended = this.#running.map(async (process) => {
      if (process?.exitCode === null) await once(process, 'exit');
    });
    for (let agent = 0; agent < this.count; agent++) this.kill(agent);
    await Promise.all(ended);
    rmSync(this.#folder, { recursive: true });
  }

  /** Resolves when all views are right; the milliseconds it took, or what is still wrong. */
  async settled(timeoutMs = JOINED_MS_MAX): Promise<number | string[]> {
    const begun = performance.now();
    for (;;) {
      const wrongs = await this.wrongs();
      const took = performance.now() - begun;
      if (wrongs.length === 0) return took;
      if (took > timeoutMs) return wrongs;
      await pause(LOOK_MS);
    }
  }

  #address(agent: number): string {
    return `127.0.0.1:${this.#ports[agent]}`;
  }

  #socket(agent: number): string {
    return join(this.#folder, `${nameOf(agent)}.sock`);
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const LOOK_MS = 250;

function nameOf(agent: number): string {
  return `agent-${agent}`;
}

/** A port that was free just now, for UDP too in all likelihood. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
