/**
 * Live chaos: twenty agents, a third of them killed or stopped at any time by a seeded script, with
 * rests in which every view must become right.
 *
 * The first five are never struck. What they hold and how much memory they need is compared from
 * before the first blow to after the last rest.
 */
import { AgentProcesses, pause } from './agents.ts';
import { chaosScript } from './script.ts';

export interface ChaosOptions {
  readonly agents: number;
  readonly seed: number;
  readonly rounds: number;
  /** How long blows fall in a round. */
  readonly roundMs: number;
  /** Whether open descriptors are compared, which takes over two minutes more. */
  readonly handles: boolean;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly blows: number;
  /** Per round: milliseconds of quiet until every view was right, or what was still wrong. */
  readonly settled: readonly (number | readonly string[])[];
  /** Of each spared agent. */
  readonly handlesBefore: Handles;
  readonly handlesAfter: Handles;
  /**
   * Growth of memory of each spared agent during the blows, bytes in ten minutes, least first;
   * empty where the system does not show it.
   */
  readonly rssSlopes: readonly number[];
  /** Of the spared agents at the end, largest. */
  readonly rssBytesMax: number | undefined;
}

const SPARED = 5;
/** What every view is given in a rest. */
export const QUIET_MS_MAX = 30_000;
/** Idle streams close after a minute; then each agent holds what it held at first. */
const IDLE_STREAMS_MS = 70_000;
const SAMPLE_MS = 2000;

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { rounds, roundMs, seed, say = () => {} } = options;
  const agents = await AgentProcesses.start(options.agents);
  try {
    const first = await agents.settled();
    if (typeof first !== 'number') throw new Error(`they never met: ${first.join(', ')}`);
    say(`${agents.count} agents met after ${Math.round(first)} ms`);
    const spared = agents.alive.slice(0, SPARED);
    const handles = (): Handles => spared.map((agent) => agents.handles(agent));
    if (options.handles) await pause(IDLE_STREAMS_MS);
    const handlesBefore = handles();
    const samples: Sample[] = [];
    const settled: (number | readonly string[])[] = [];
    let blows = 0;
    for (let round = 0; round < rounds; round++) {
      const shape = { agents: agents.count, spared: SPARED, lengthMs: roundMs };
      const script = chaosScript(seed + round, shape);
      blows += script.length;
      const sampling = setInterval(() => {
        const atMs = performance.now();
        samples.push({ atMs, bytes: spared.map((agent) => agents.rssBytes(agent) ?? Number.NaN) });
      }, SAMPLE_MS);
      await Promise.all(
        script.map(async ({ agent, atMs, forMs, what }) => {
          await pause(atMs);
          agents[what](agent);
          await pause(forMs);
          if (what === 'kill') agents.restart(agent);
          else agents.resume(agent);
        }),
      );
      clearInterval(sampling);
      const took = await agents.settled(QUIET_MS_MAX);
      settled.push(took);
      say(`round ${round + 1}: ${script.length} blows, then ${text(took)}`);
    }
    const handlesAfter = options.handles ? await steady(handles, handlesBefore) : handles();
    const sizes = spared.map((agent) => agents.rssBytes(agent) ?? Number.NaN);
    const rssBytesMax = known(Math.max(...sizes));
    const rssSlopes = slopes(samples);
    return { blows, settled, handlesBefore, handlesAfter, rssSlopes, rssBytesMax };
  } finally {
    await agents.close();
  }
}

/** What is read once it is what is `wanted`, or when idle streams have closed. */
async function steady(read: () => Handles, wanted: Handles): Promise<Handles> {
  const endMs = performance.now() + IDLE_STREAMS_MS;
  for (;;) {
    const seen = read();
    if (String(seen) === String(wanted) || performance.now() > endMs) return seen;
    await pause(500);
  }
}

type Handles = readonly (number | undefined)[];

interface Sample {
  readonly atMs: number;
  readonly bytes: readonly number[];
}

const TEN_MINUTES_MS = 600_000;
/** While V8 compiles what it runs and histories fill, memory grows for good reason. */
const WARM_SHARE = 1 / 3;

/** Least squares through each agent's samples, the warming up left out. */
function slopes(all: readonly Sample[]): number[] {
  const samples = all.slice(Math.floor(all.length * WARM_SHARE));
  const meanAt = mean(samples.map(({ atMs }) => atMs));
  const each = (samples[0]?.bytes ?? []).map((_, agent) => {
    const meanBytes = mean(samples.map(({ bytes }) => bytes[agent]!));
    let product = 0;
    let square = 0;
    for (const { atMs, bytes } of samples) {
      product += (atMs - meanAt) * (bytes[agent]! - meanBytes);
      square += (atMs - meanAt) ** 2;
    }
    return (product / square) * TEN_MINUTES_MS;
  });
  return each.filter(Number.isFinite).sort((a, b) => a - b);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function text(settled: number | readonly string[]): string {
  return typeof settled === 'number'
    ? `all views right after ${Math.round(settled)} ms`
    : `still wrong: ${settled.join(', ')}`;
}
