import { Option, type Command } from 'commander';
import { detect, mean, median, quantile, sorted, textTable } from '../lab/index.ts';
import type { DetectOptions, DetectResult, Row } from '../lab/index.ts';
import { integer, refuse } from './flags.ts';
import { addCommonFlags, type CommonFlags } from './sim-flags.ts';
import { numberText, printJson, runAll, runLabel } from './sim-output.ts';

interface DetectFlags extends CommonFlags {
  readonly crash: number;
  readonly powerOff?: boolean;
}

const NODES_DEFAULT = 100;
const CRASHES_MAX = 9999;

const EXAMPLES = `
The cluster starts converged; the crash comes at 30 s. Times are ms from it.

Examples:
  hearsay sim detect --design hearsay --runs 20
  hearsay sim detect --design heartbeat --nodes 50 --crash 3 --loss 0.05
  hearsay sim detect --design hearsay --power-off --json`;

export function registerDetect(sim: Command): void {
  const command = addCommonFlags(sim.command('detect'))
    .description('how fast a crash is known to all, at what cost, and who is wrongly accused')
    .addOption(
      new Option('--crash <c>', 'nodes that crash').argParser(integer(0, CRASHES_MAX)).default(1),
    )
    .option('--power-off', 'the machines are gone: silence; else their hosts refuse connections')
    .addHelpText('after', EXAMPLES)
    .action((flags: DetectFlags) => {
      const results = runAll(planOf(command, flags), detect);
      if (flags.json === true) printJson(results, flags.runs === undefined);
      else process.stdout.write(describe(results, flags));
    });
}

function planOf(command: Command, flags: DetectFlags): DetectOptions[] {
  const { design, nodes = NODES_DEFAULT, loss, seed, crash, powerOff = false, runs = 1 } = flags;
  if (crash >= nodes) {
    refuse(command, '--crash', `give 0 to ${nodes - 1}: of ${nodes} nodes one must survive`);
  }
  return Array.from({ length: runs }, (_, run) => ({
    design,
    nodes,
    crash,
    powerOff,
    loss,
    seed: seed + run,
  }));
}

function describe(results: readonly DetectResult[], flags: DetectFlags): string {
  const { design, nodes, crash, loss } = results[0]!;
  const what = flags.powerOff === true ? 'without power' : 'crashed';
  const head = `${design}, ${nodes} nodes, ${crash} ${what}, loss ${loss}\n\n`;
  const rows = MEASURES.map(([name, measure, digits]) => rowOf(name, results.map(measure), digits));
  return `${head}${textTable(results.length === 1 ? rows.map(only) : rows)}${runLabel(results)}`;
}

type Measure = readonly [name: string, of: (result: DetectResult) => number | null, digits: number];

const MEASURES: readonly Measure[] = [
  ['first suspected, ms', (result) => result.firstSuspectedMs, 0],
  ['first dead, ms', (result) => result.firstDeadMs, 0],
  ['dead in all views, ms', (result) => result.allDeadMs, 0],
  ['false suspicions', (result) => result.falseSuspicions, 2],
  ['… believed by views', (result) => result.falseSuspicionViews, 2],
  ['false deaths', (result) => result.falseDeaths, 2],
  ['… believed by views', (result) => result.falseDeathViews, 2],
  ['messages/node/s', (result) => result.messagesPerNodePerSecond, 1],
  ['bytes/node/s', (result) => result.bytesPerNodePerSecond, 0],
];

function rowOf(name: string, values: readonly (number | null)[], digits: number): Row {
  const found = sorted(values.filter((value) => value !== null));
  return {
    measure: name,
    mean: numberText(mean(found), digits),
    median: numberText(median(found), digits),
    p95: numberText(quantile(found, 0.95), digits),
    worst: numberText(found.at(-1) ?? Number.NaN, digits),
    'of runs': found.length,
  };
}

function only(row: Row): Row {
  return { measure: row['measure'] ?? null, value: row['mean'] ?? null };
}
