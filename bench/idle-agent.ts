import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Info } from '../src/agent/control.ts';
import { ControlClient } from '../src/agent/control-client.ts';
import type { BenchOptions, Line } from './line.ts';
import { LiveAgents, pause } from './live-agents.ts';

const LIMIT_MB = 80;
const CPU_PERCENT = 1;

/** What a process has used so far; Linux counts it in hundredths of a second. */
function cpuMs(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

/** An agent as users start it, with its control socket and nine other members. */
export async function* idleAgent({ quick }: BenchOptions, secret?: string): AsyncIterable<Line> {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-'));
  const socket = join(folder, 'agent.sock');
  const others = new LiveAgents(secret);
  const seed = await others.open([]);
  for (let i = 0; i < 8; i++) await others.open([seed.address]);
  const flags = ['agent', '--name', 'idle', '--cluster', 'bench', '--bind', '127.0.0.1:0'];
  flags.push('--join', seed.address, '--socket', socket, '--json');
  const main = join(process.cwd(), 'dist', 'cli', 'main.js');
  const agent = spawn(process.execPath, [main, ...flags], {
    env: { ...process.env, ...(secret === undefined ? {} : { HEARSAY_SECRET: secret }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kind = secret === undefined ? '' : 'encrypted ';
  try {
    const lines = createInterface(agent.stdout);
    await lines[Symbol.asyncIterator]().next(); // It says that it is ready.
    const idleSeconds = quick ? 5 : 30;
    await pause(10_000); // Joining is over, code is compiled, and its garbage collected.
    const cpu = cpuMs(agent.pid);
    const begun = performance.now();
    await pause(idleSeconds * 1000);
    const busy = cpu === undefined ? undefined : cpuMs(agent.pid)! - cpu;
    const share = busy === undefined ? undefined : (100 * busy) / (performance.now() - begun);
    const { rssBytes, members }: Info = await new ControlClient(socket).info();
    const megabytes = rssBytes / 2 ** 20;
    yield {
      what: `memory (RSS) of one idle ${kind}agent process with its control socket`,
      on: `${members} members, after ${idleSeconds} s`,
      measured: `${megabytes.toFixed(1)} MB`,
      target: `< ${LIMIT_MB} MB`,
      met: megabytes < LIMIT_MB && members === 10,
    };
    yield {
      what: `processor time of one idle ${kind}agent process`,
      on: `${members} members, ${idleSeconds} s`,
      measured: share === undefined ? 'not known here' : `${share.toFixed(2)} % of a core`,
      target: `≤ ${CPU_PERCENT} %`,
      met: share === undefined ? undefined : share <= CPU_PERCENT,
    };
  } finally {
    agent.kill('SIGKILL');
    await others.close();
    rmSync(folder, { recursive: true });
  }
}
