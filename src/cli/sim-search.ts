import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import {
  Coverage,
  EXCEPTION,
  searchSeed,
  shrink,
  SUBJECT_NAMES,
  textTable,
  type Reached,
  type SeedResult,
  type Shrunk,
} from '../lab/index.ts';
import { recordReplay, type Violation } from '../sim/index.ts';
import { BUILD } from './build-name.ts';
import { ExitCode } from './exit-codes.ts';
import { integer, refuse } from './flags.ts';
import { Progress } from './progress.ts';
import { printJson } from './sim-output.ts';

interface SearchFlags {
  readonly seeds: number;
  readonly from: number;
  readonly nodes?: number;
  readonly design: string;
  readonly out: string;
  readonly shrinkRuns: number;
  readonly first?: boolean;
  readonly json?: boolean;
}

/** A promise that broke, in its smallest form. */
interface Found {
  readonly seed: number;
  readonly violation: Violation;
  readonly scenario: { readonly nodes: number; readonly faults: number; readonly untilMs: number };
  /** Scenarios tried to make it small. */
  readonly shrinkRuns: number;
  readonly file: string;
}

const SEEDS_DEFAULT = 200;
const SEEDS_MAX = 10_000_000;
/** Clusters larger than this take long, and have no bugs that those lack. */
const NODES_MAX = 1_000;

const EXAMPLES = `
Each seed is a cluster, a network and a few minutes of trouble: crashes, pauses, partitions, clocks,
two nodes of one name. When the trouble is over every promise must hold. What breaks is shrunk and
written to a file that "hearsay sim replay FILE" shows. Exits with 1 where a promise broke.

Examples:
  hearsay sim search --seeds 2000
  hearsay sim search --from 194 --seeds 1 --json
  hearsay sim search --design heartbeat --nodes 5`;

export function registerSearch(sim: Command): void {
  const command = sim
    .command('search')
    .description('look for bugs: random scenarios, checked, and shrunk where a promise breaks')
    .addOption(
      new Option('--seeds <n>', 'how many scenarios')
        .argParser(integer(1, SEEDS_MAX))
        .default(SEEDS_DEFAULT),
    )
    .addOption(
      new Option('--from <s>', 'the first seed')
        .argParser(integer(0, Number.MAX_SAFE_INTEGER - SEEDS_MAX))
        .default(1),
    )
    .addOption(
      new Option('--nodes <n>', 'cluster size; default: 2 to 40, drawn').argParser(
        integer(2, NODES_MAX),
      ),
    )
    .addOption(
      new Option('--design <name>', 'the design under test')
        .choices(SUBJECT_NAMES)
        .default('hearsay'),
    )
    .addOption(
      new Option('--shrink-runs <n>', 'scenarios tried to make one small that broke a promise')
        .argParser(integer(0, 1_000_000))
        .default(400),
    )
    .option('--first', 'stop at the first seed that breaks a promise')
    .option('--out <dir>', 'where files about broken promises go', '.')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((flags: SearchFlags) => {
      const { found, coverage, seconds } = search(command, flags);
      if (flags.json === true) {
        const { design, from, seeds } = flags;
        printJson([{ design, from, seeds, seconds, found, coverage }], true);
      } else {
        process.stdout.write(describe(flags, found, coverage, seconds));
      }
      if (found.length > 0) process.exitCode = ExitCode.Failed;
    });
}

function search(command: Command, flags: SearchFlags) {
  const { design, from, nodes, seeds } = flags;
  const begunMs = Date.now();
  const progress = new Progress(seeds, 'seeds');
  const coverage = new Coverage();
  const found: Found[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const result = searchSeed({
      seed,
      design,
      build: BUILD,
      ...(nodes !== undefined && { nodes }),
    });
    coverage.add(result);
    if (result.violation !== undefined) found.push(keep(command, flags, result, progress));
    if (flags.first === true && found.length > 0) break;
    progress.step(found.length > 0 ? `${found.length} broken` : '');
  }
  progress.end();
  return { found, coverage: coverage.list(), seconds: (Date.now() - begunMs) / 1000 };
}

/** Shrinks what broke, writes the file, and tells at once. */
function keep(command: Command, flags: SearchFlags, result: SeedResult, progress: Progress): Found {
  const { seed, scenario, violation } = result;
  const shrunk = shrink(scenario, violation!.checker, {
    runsMax: Math.max(1, flags.shrinkRuns), // To run it again is the first of them.
  });
  const found = foundOf(seed, shrunk, join(flags.out, `${flags.design}-${seed}.json`));
  const replay = recordReplay(shrunk.scenario, shrunk.outcome);
  try {
    mkdirSync(flags.out, { recursive: true });
    writeFileSync(found.file, `${JSON.stringify(replay, undefined, 2)}\n`);
  } catch (error) {
    refuse(command, '--out', error instanceof Error ? error.message : String(error));
  }
  progress.clear();
  if (flags.json !== true) process.stdout.write(`${storyOf(found)}\n`);
  return found;
}

function foundOf(seed: number, { scenario, violation, runs }: Shrunk, file: string): Found {
  const { nodes, faults, untilMs } = scenario;
  const size = typeof nodes === 'number' ? nodes : nodes.length;
  return {
    seed,
    violation,
    scenario: { nodes: size, faults: faults.length, untilMs },
    shrinkRuns: runs,
    file,
  };
}

/** What broke, for whoever runs clusters and never read the checkers. */
function storyOf({ seed, violation, scenario, file }: Found): string {
  const { atMs, checker, node, text } = violation;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return [
    `seed ${seed}: ${PROMISES[checker] ?? `the promise "${checker}" is broken`}`,
    `  after ${seconds(atMs)}${node === '' ? '' : `, at ${node}`}: ${text}`,
    `  smallest form: ${scenario.nodes} nodes, ${scenario.faults} faults, ` +
      seconds(scenario.untilMs),
    `  see it again: hearsay sim replay ${file}`,
  ].join('\n');
}

const PROMISES: Readonly<Record<string, string>> = {
  accuracy: 'a member that was well was declared dead',
  completeness: 'a member that is gone is still counted as living',
  'no-resurrection': 'a member that was gone has come back, though it has not',
  convergence: 'all is quiet, and members still disagree about who is there',
  departure: 'a member that said goodbye is taken for failed',
  invariants: 'the program found itself in a state that must not be',
  bounded: 'a node holds more than its bound',
  'one-life': 'a life that is over, or a second one of the same name, counts as living',
  'no-ghosts': 'a member is known that never was',
  'no-stuck-suspicion': 'a suspicion has not ended, one way or the other',
  [EXCEPTION]: 'the program failed',
};

function describe(
  { design, from, seeds }: SearchFlags,
  found: readonly Found[],
  coverage: readonly Reached[],
  seconds: number,
): string {
  const rows = coverage.map(({ kind, name, seeds: count }) => ({
    kind,
    reached: name,
    seeds: count,
  }));
  const rate = (seeds / seconds).toFixed(1);
  const verdict =
    found.length === 0 ? 'no promise was broken' : `${found.length} seeds broke a promise`;
  return (
    `${design}, seeds ${from}–${from + seeds - 1}: ${verdict}\n` +
    `${seconds.toFixed(1)} s, ${rate} scenarios a second\n\n${textTable(rows)}`
  );
}
