import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { converge, csv, mean, textTable } from '../lab/index.ts';
import type { ConvergeOptions, ConvergeResult, Row } from '../lab/index.ts';
import { integer, refuse } from './flags.ts';
import { addCommonFlags, type CommonFlags } from './sim-flags.ts';
import { numberText, printJson, runAll, runLabel } from './sim-output.ts';

interface ConvergeFlags extends CommonFlags {
  readonly mode?: 'push' | 'push-pull';
  readonly fanout?: number;
  readonly csv?: string;
}

/** From a handful to what a push of the whole table still bears; fan-outs around the usual 3. */
const TEXTBOOK_NODES = [5, 10, 20, 50, 100];
const TEXTBOOK_FANOUTS = [2, 3, 5];
/** Seeds for each cell of it: some seconds in all. */
const TEXTBOOK_RUNS = 5;

const NODES_DEFAULT = 100;
const FANOUT_DEFAULT = 3;

const EXAMPLES = `
Without --nodes and --fanout: the textbook table, 5 to 100 nodes by fanout 2, 3 and 5.

Examples:
  hearsay sim converge --csv table.csv
  hearsay sim converge --nodes 100 --fanout 3 --mode push --runs 20
  hearsay sim converge --design hearsay --nodes 200 --loss 0.05 --json`;

export function registerConverge(sim: Command): void {
  const command = addCommonFlags(sim.command('converge'))
    .description('how fast every node knows every node, when all start knowing one seed')
    .addOption(
      new Option('--mode <mode>', 'of the heartbeat design').choices(['push', 'push-pull']),
    )
    .addOption(
      new Option('--fanout <k>', 'peers each round of gossip goes to').argParser(integer(1, 64)),
    )
    .option('--csv <file>', 'write one line for each run')
    .addHelpText('after', EXAMPLES)
    .action((flags: ConvergeFlags) => {
      const results = runAll(planOf(flags), converge);
      if (flags.csv !== undefined) writeCsv(command, flags.csv, results);
      if (flags.json === true) printJson(results, flags.runs === undefined && !isTable(flags));
      else process.stdout.write(describe(results));
    });
}

function isTable({ nodes, fanout }: ConvergeFlags): boolean {
  return nodes === undefined && fanout === undefined;
}

function planOf(flags: ConvergeFlags): ConvergeOptions[] {
  const { design, loss, seed } = flags;
  const mode = design === 'heartbeat' ? flags.mode : undefined;
  if (flags.mode !== mode) process.stderr.write(`--mode: ${design} has no modes; ignored\n`);
  const table = isTable(flags);
  const bothModes = table && design === 'heartbeat' && mode === undefined;
  const modes = bothModes ? (['push', 'push-pull'] as const) : [mode];
  const sizes = table ? TEXTBOOK_NODES : [flags.nodes ?? NODES_DEFAULT];
  const fanouts = table ? TEXTBOOK_FANOUTS : [flags.fanout ?? FANOUT_DEFAULT];
  const seeds = Array.from(
    { length: flags.runs ?? (table ? TEXTBOOK_RUNS : 1) },
    (_, run) => seed + run,
  );
  return modes.flatMap((mode) =>
    sizes.flatMap((nodes) =>
      fanouts.flatMap((fanout) =>
        seeds.map((seed) => ({ design, mode, nodes, fanout, loss, seed })),
      ),
    ),
  );
}

function writeCsv(command: Command, file: string, results: readonly ConvergeResult[]): void {
  try {
    writeFileSync(file, csv(results.map((result) => ({ ...result }))));
  } catch (error) {
    refuse(command, '--csv', error instanceof Error ? error.message : String(error));
  }
}

/** One line for each setting, over its seeds. */
function describe(results: readonly ConvergeResult[]): string {
  const cells = new Map<string, ConvergeResult[]>();
  for (const result of results) {
    const { mode, nodes, fanout } = result;
    const key = `${mode} ${nodes} ${fanout}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [result]);
    else cell.push(result);
  }
  const { design, loss } = results[0]!;
  const rows = [...cells.values()].map((cell) => rowOf(cell));
  const head = `${design}, loss ${loss}: until every view is complete\n\n`;
  return head + textTable(rows) + runLabel(results);
}

function rowOf(cell: readonly ConvergeResult[]): Row {
  const { mode, nodes, fanout } = cell[0]!;
  const done = cell.filter(({ converged }) => converged);
  const rounds = done.map((result) => result.rounds!);
  const times = done.map((result) => result.timeMs!);
  return {
    ...(mode !== null && { mode }),
    nodes,
    fanout,
    runs: cell.length,
    converged: done.length,
    rounds: numberText(mean(rounds), 1),
    'least–most': done.length === 0 ? null : `${Math.min(...rounds)}–${Math.max(...rounds)}`,
    'time ms': numberText(mean(times), 0),
    'messages/node': numberText(mean(cell.map((result) => result.messagesPerNode)), 1),
    'kB/node': numberText(mean(cell.map((result) => result.bytesPerNode)) / 1000, 1),
  };
}
