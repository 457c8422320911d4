import { chaos as run, QUIET_MS_MAX } from '../test/live/chaos/chaos.ts';
import { seconds, type BenchOptions, type Line } from './line.ts';

/** Real processes, killed and stopped. */
export async function* chaos({ quick }: BenchOptions): AsyncIterable<Line> {
  const [rounds, roundMs] = quick ? [2, 30_000] : [5, 180_000];
  const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const report = await run({ agents: 20, seed: 1, rounds, roundMs, handles: true, say });
  const on = `20 agents as processes, ${report.blows} blows in ${rounds} × ${seconds(roundMs, 0)}`;
  const wrong = report.settled.filter((took) => typeof took !== 'number');
  const worst = Math.max(...report.settled.map((took) => Number(took)));
  yield {
    what: 'killed, stopped and restarted at random: every view right after, worst round',
    on,
    measured: wrong.length > 0 ? `${wrong.length} rounds never` : seconds(worst),
    target: `≤ ${seconds(QUIET_MS_MAX, 0)}`,
    met: wrong.length === 0,
  };
  const { handlesBefore, handlesAfter, rssSlopes } = report;
  yield {
    what: 'open descriptors of the agents never struck, before and after',
    on,
    measured: `${handlesBefore.join(' ')} → ${handlesAfter.join(' ')}`,
    target: 'equal',
    met: String(handlesBefore) === String(handlesAfter),
  };
  const slope = rssSlopes[rssSlopes.length >> 1] ?? Number.NaN;
  yield {
    what: 'growth of their memory (RSS) in ten minutes: slope through all readings, median of them',
    on: `${on}, the first third left out`,
    measured: `${megabytes(slope)} MB (${rssSlopes.map(megabytes).join(', ')})`,
    target: '< 1 MB',
    met: quick ? undefined : slope < MEGABYTE,
  };
}

const MEGABYTE = 2 ** 20;

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(2);
}
