import { median, sorted } from '../src/lab/index.ts';
import { Busy } from './busy.ts';
import { count, seconds, type BenchOptions, type Line } from './line.ts';
import { idleAgent } from './idle-agent.ts';
import { LiveAgents, pause } from './live-agents.ts';

/** Real sockets on loopback: figures that hold for this machine and what else it does. */
export async function* live(options: BenchOptions): AsyncIterable<Line> {
  yield await together(200, 1, 5000, options);
  yield await together(50, 20, 3000, options);
  yield await closings(options);
  yield* idleAgent(options);
  yield await traffic(10, options);
  yield await traffic(100, options);
}

/** All join through one seed. */
async function together(
  agents: number,
  times: number,
  limitMs: number,
  { quick }: BenchOptions,
): Promise<Line> {
  const runs = quick ? Math.min(times, 3) : times;
  const taken: number[] = [];
  const busy = new Busy();
  for (let run = 0; run < runs; run++) {
    const cluster = new LiveAgents();
    taken.push(await cluster.joinAll(agents));
    await cluster.close();
  }
  const sortedTimes = sorted(taken);
  const worst = sortedTimes.at(-1)!;
  return {
    what: `${agents} agents join through one seed: all agree, median and worst`,
    on: `one process, ${runs} runs, ${busy.text}`,
    measured: `${seconds(median(sortedTimes))}, ${seconds(worst)}`,
    target: `≤ ${seconds(limitMs, 0)}`,
    met: worst <= limitMs,
  };
}

async function closings({ quick }: BenchOptions): Promise<Line> {
  const runs = quick ? 2 : 5;
  const cluster = new LiveAgents();
  await cluster.joinAll(100);
  const busy = new Busy();
  const taken: number[] = [];
  for (let run = 0; run < runs; run++) {
    await pause(3000);
    taken.push(await cluster.closeOne(1 + run));
  }
  await cluster.close();
  const times = sorted(taken);
  return {
    what: 'of 100 agents one closes without leaving: all others know, median and worst',
    on: `one process, ${runs} times, ${busy.text}`,
    measured: `${seconds(median(times))}, ${seconds(times.at(-1)!)}`,
    target: 'simulated ≤ 3.2 s, 5.2 s',
  };
}

/** Of an encrypted agent: memberlist sends 151, Serf 283. */
const TRAFFIC_MAX = 120;

/** After the joining has died down. */
export async function traffic(
  agents: number,
  { quick }: BenchOptions,
  secret?: string,
): Promise<Line> {
  const cluster = new LiveAgents(secret);
  await cluster.joinAll(agents);
  await pause(quick ? 5000 : 15_000);
  const before = cluster.packetBytes;
  const busy = new Busy();
  const begun = performance.now();
  await pause(quick ? 5000 : 30_000);
  const bytes = cluster.packetBytes - before;
  const perSecond = bytes / agents / ((performance.now() - begun) / 1000);
  await cluster.close();
  const kind = secret === undefined ? '' : 'encrypted ';
  return {
    what: `UDP payload sent by each of ${agents} ${kind}agents, per second`,
    on: `one process, quiet for ${quick ? 5 : 30} s, ${busy.text}`,
    measured: `${count(perSecond)} B/s`,
    target: secret === undefined ? '–' : `≤ ${TRAFFIC_MAX} B/s`,
    met: secret === undefined ? undefined : perSecond <= TRAFFIC_MAX,
  };
}
