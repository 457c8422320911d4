import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Info } from '../src/agent/control.ts';
import { ControlClient } from '../src/agent/control-client.ts';
import type { BenchOptions, Line } from './line.ts';
import { LiveAgents, pause } from './live-agents.ts';

const LIMIT_MB = 80;

/** Memory of an agent as users start it, with its control socket and nine other members. */
export async function idleAgent({ quick }: BenchOptions): Promise<Line> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-'));
  const socket = join(folder, 'agent.sock');
  const others = new LiveAgents();
  const seed = await others.open([]);
  for (let i = 0; i < 8; i++) await others.open([seed.address]);
  const flags = ['agent', '--name', 'idle', '--cluster', 'bench', '--bind', '127.0.0.1:0'];
  flags.push('--join', seed.address, '--socket', socket, '--json');
  const main = join(process.cwd(), 'dist', 'cli', 'main.js');
  const agent = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = createInterface(agent.stdout);
    await lines[Symbol.asyncIterator]().next(); // It says that it is ready.
    const idleSeconds = quick ? 5 : 30;
    await pause(idleSeconds * 1000);
    const { rssBytes, members }: Info = await new ControlClient(socket).info();
    const megabytes = rssBytes / 2 ** 20;
    return {
      what: 'memory (RSS) of one idle agent process with its control socket',
      on: `${members} members, after ${idleSeconds} s`,
      measured: `${megabytes.toFixed(1)} MB`,
      target: `< ${LIMIT_MB} MB`,
      met: megabytes < LIMIT_MB && members === 10,
    };
  } finally {
    agent.kill('SIGKILL');
    await others.close();
    rmSync(folder, { recursive: true });
  }
}
