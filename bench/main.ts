/** `npm run bench`: everything that is claimed to be good, measured, beside its target. */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';
import { comparisonText } from './comparison-text.ts';
import { data } from './data.ts';
import { detection } from './detect.ts';
import { determinism } from './determinism.ts';
import { events } from './events.ts';
import { eventsHealed } from './events-healing.ts';
import { eventsLive } from './events-live.ts';
import { History } from './history.ts';
import { flaps, restarts } from './lives.ts';
import type { Bench, BenchOptions, Line } from './line.ts';
import { plantedBugs } from './planted.ts';
import { ports } from './ports.ts';
import { queries } from './queries.ts';
import { quietHours } from './quiet.ts';
import { speed } from './speed.ts';
import { starvation } from './starve.ts';
import { live } from './live.ts';
import { security } from './security.ts';
import { joinStorm } from './storm.ts';
import { sync } from './sync.ts';
import { testing } from './testing.ts';
import { textbook } from './textbook.ts';
import { values as largeValues } from './values.ts';

const GROUPS: Readonly<Record<string, Bench>> = {
  textbook,
  detect: detection,
  quiet: quietHours,
  ports,
  starve: starvation,
  storm: joinStorm,
  flapping: flaps,
  'mass-restart': restarts,
  sync,
  values: largeValues,
  queries,
  data,
  determinism,
  events,
  'events-healing': eventsHealed,
  'events-live': eventsLive,
  planted: plantedBugs,
  speed,
  testing,
  live,
  security,
  chaos,
};

/** A line, and how long it took. */
interface Measured extends Line {
  readonly group: string;
  readonly seconds: number;
}

const USAGE = `npm run bench -- [--only NAME[,NAME…]] [--record] [--quick] [--json]
npm run bench -- --history [--json]
names: ${Object.keys(GROUPS).join(', ')}
--record adds what is measured to bench/history.jsonl, which the documentation shows
--quick takes a tenth of the runs: its figures mean little
--history measures nothing: what was on record before nodes had data, events and queries, beside
  its latest record`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      history: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.flatMap((text) => text.split(',')) ?? Object.keys(GROUPS);
  const unknown = names.filter((name) => !Object.hasOwn(GROUPS, name));
  if (values.help || unknown.length > 0) {
    for (const name of unknown) process.stderr.write(`--only: there is no group ${name}\n`);
    (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  if (values.history) {
    const comparison = new History().comparison();
    const text = values.json
      ? JSON.stringify(comparison, undefined, 2)
      : comparisonText(comparison);
    process.stdout.write(`${text.trimEnd()}\n`);
    return;
  }
  const { quick, record } = values;
  if (quick && record) throw new Error('--record: not what --quick measures');
  const machine = machineText();
  const history = new History();
  if (!values.json) process.stdout.write(`${machine}${values.quick ? ', QUICK' : ''}\n`);
  const lines: Measured[] = [];
  for (const name of names) {
    const measured = await measure(name, { quick }, history, values.json);
    lines.push(...measured);
    if (record) {
      const records = measured.map(({ group: _group, seconds: _seconds, ...line }) => line);
      history.record(name, machine, records, secondsOf(measured));
    }
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ machine, quick, lines }, undefined, 2)}\n`);
    return;
  }
  const judged = lines.filter(({ met }) => met !== undefined);
  const missed = judged.filter(({ met }) => met === false);
  process.stdout.write(`\n${judged.length - missed.length} of ${judged.length} targets met\n`);
}

/** What one group measures; printed as it comes unless all is to be JSON. */
async function measure(
  group: string,
  options: BenchOptions,
  history: History,
  isJson: boolean,
): Promise<Measured[]> {
  if (isJson) process.stderr.write(`${group} …\n`);
  else process.stdout.write(`\n${group}\n  ${'measured'.padEnd(MEASURED_COLUMNS)} │ target\n`);
  const lines: Measured[] = [];
  let begun = performance.now();
  for await (const line of GROUPS[group]!(options)) {
    const now = performance.now();
    lines.push({ group, ...line, seconds: (now - begun) / 1000 });
    if (!isJson) process.stdout.write(lineText(line, history.before(group, line)));
    begun = now;
  }
  if (!isJson) process.stdout.write(`  (took ${secondsOf(lines)} s)\n`);
  return lines;
}

function secondsOf(lines: readonly Measured[]): number {
  return Math.round(lines.reduce((sum, { seconds }) => sum + seconds, 0));
}

function lineText({ what, on, measured, target, met }: Line, before: string | undefined): string {
  const mark = met === undefined ? ' ' : met ? '✓' : '✗';
  const cells = [measured.padEnd(MEASURED_COLUMNS), target.padEnd(TARGET_COLUMNS), what];
  const was = before === undefined || before === measured ? '' : `, before: ${before}`;
  return `${mark} ${cells.join(' │ ')} [${on}${was}]\n`;
}

/** Wide enough for nearly all of them. */
const MEASURED_COLUMNS = 32;
const TARGET_COLUMNS = 22;

/** Figures of live sockets and of speed mean nothing without it. */
function machineText(): string {
  const [cpu] = cpus();
  const processors = `${cpus().length} × ${cpu?.model ?? 'unknown'}`;
  const load = loadavg().map((value) => value.toFixed(1));
  return `Node.js ${process.version}, ${processors}, load ${load.join(' ')}`;
}

await main();
