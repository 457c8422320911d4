import { Option, type Command } from 'commander';
import {
  cheapestFrom,
  mean,
  median,
  sorted,
  SYNC_STRATEGIES,
  sweepSync,
  SyncTrial,
  textTable,
} from '../lab/index.ts';
import type { Row, SyncMode, SyncResult, SyncStrategy } from '../lab/index.ts';
import { integer, refuse } from './flags.ts';
import { printJson } from './sim-output.ts';

interface SyncFlags {
  readonly strategy: SyncStrategy | 'all';
  readonly mode?: SyncMode;
  readonly facts: number;
  readonly differences: number;
  readonly owners: number;
  readonly freeTrips?: boolean;
  readonly seed: number;
  readonly runs?: number;
  readonly json?: boolean;
}

/** With the CPU time of both sides: digests are there, and the median has compiled code. */
interface Measured extends SyncResult {
  readonly cpuMs: number;
}

/** A million facts on each side take some 500 MB. */
const FACTS_MAX = 1_000_000;
const OWNERS_MAX = 100_000;
const RUNS_MAX = 10_000;

/** Sessions whose CPU time is measured: so many, but for no longer than this. */
const SESSIONS = 20;
const SESSIONS_MS_MAX = 2000;

/** With more, comparing all strategies by the number of differences takes minutes. */
const SWEEP_FACTS_MAX = 20_000;

/** What a node may choose from; the others are systems, set up for comparison. */
const OWN_STRATEGIES = ['rateless', 'three-way', 'digest', 'checksum', 'full'] as const;

const NOTES = `
Bytes are all that is sent, both ways, with 40 B of envelope for each packet or 64 kB of a stream,
but for the first copy of each fact that was lacked: these are the fact bytes. A fact takes 100 B.
memberlist is full state, chitchat is digest and three-way Cassandra's, each with the sizes of that
system; memberlist has one fact for each member. Digests cost by the owner, not by the fact.

Examples:
  hearsay sim sync                                   all strategies side by side
  hearsay sim sync --differences 1000 --owners 10000
  hearsay sim sync --strategy rateless --differences 1000 --free-trips --json`;

export function registerSync(sim: Command): void {
  const command = sim
    .command('sync')
    .description('what it costs two nodes to come to hold the same facts')
    .addOption(
      new Option('--strategy <name>', 'how').choices([...SYNC_STRATEGIES, 'all']).default('all'),
    )
    .addOption(
      new Option('--mode <mode>', 'who tells: push-pull unless said').choices([
        'push',
        'pull',
        'push-pull',
      ]),
    )
    .addOption(
      new Option('--facts <f>', 'that each side holds')
        .argParser(integer(0, FACTS_MAX))
        .default(10_000),
    )
    .addOption(
      new Option('--differences <d>', 'facts that one side lacks, half of them each')
        .argParser(integer(0, 2 * FACTS_MAX))
        .default(10),
    )
    .addOption(
      new Option('--owners <n>', 'whose facts they are')
        .argParser(integer(2, OWNERS_MAX))
        .default(100),
    )
    .option('--free-trips', 'rateless: one symbol at a time, as if round trips cost nothing')
    .addOption(
      new Option('--seed <s>', 'same seed, same facts')
        .argParser(integer(0, Number.MAX_SAFE_INTEGER - RUNS_MAX))
        .default(1),
    )
    .addOption(
      new Option('--runs <r>', 'repeat with seeds s, s+1, …').argParser(integer(1, RUNS_MAX)),
    )
    .option('--json', 'print JSON: one object, or an array with --runs or all strategies')
    .addHelpText('after', NOTES)
    .action((flags: SyncFlags) => {
      const { differences, facts } = flags;
      if (differences > 2 * facts) {
        refuse(command, '--differences', `at most ${2 * facts}, twice as many as facts`);
      }
      const results = runsOf(command, flags);
      const single = flags.runs === undefined && flags.strategy !== 'all';
      if (flags.json === true) printJson(results, single);
      else process.stdout.write(describe(flags, results));
    });
}

function runsOf(command: Command, flags: SyncFlags): Measured[] {
  const { strategy, mode, facts, differences, owners, freeTrips: isTripFree } = flags;
  const strategies = strategy === 'all' ? SYNC_STRATEGIES : [strategy];
  const results: Measured[] = [];
  for (let run = 0; run < (flags.runs ?? 1); run++) {
    const trial = new SyncTrial({ facts, differences, owners, seed: flags.seed + run });
    for (const one of strategies) {
      try {
        results.push(measure(trial, { strategy: one, mode, isTripFree }));
      } catch (error) {
        if (strategy === 'all' && mode !== undefined) continue; // It has no such mode.
        refuse(command, '--mode', error instanceof Error ? error.message : String(error));
      }
    }
  }
  return results;
}

function measure(trial: SyncTrial, way: Parameters<SyncTrial['run']>[0]): Measured {
  const times: number[] = [];
  const timed = (session: () => void): void => {
    const before = process.cpuUsage();
    session();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  };
  const begun = Date.now();
  const result = trial.run(way, timed);
  while (times.length < SESSIONS && Date.now() - begun < SESSIONS_MS_MAX) trial.run(way, timed);
  return { ...result, cpuMs: median(sorted(times)) };
}

function describe(flags: SyncFlags, results: readonly Measured[]): string {
  const { facts, differences, owners, seed, runs = 1 } = flags;
  const rows = SYNC_STRATEGIES.flatMap((strategy) => {
    const of = results.filter((result) => result.strategy === strategy);
    return of.length === 0 ? [] : [rowOf(of)];
  });
  const head = `${facts} facts of ${owners} owners on each side, ${differences} differences`;
  const seeds = runs === 1 ? `seed ${seed}` : `means of seeds ${seed}–${seed + runs - 1}`;
  return `${head}, ${seeds}\n\n${textTable(rows)}${advice(flags)}`;
}

function rowOf(results: readonly Measured[]): Row {
  const [first] = results;
  const meanOf = (field: 'bytes' | 'factBytes' | 'messages' | 'roundTrips' | 'symbols'): number =>
    mean(results.map((result) => result[field]));
  const isExact = results.length === 1;
  const text = (value: number): string => value.toFixed(isExact ? 0 : 1);
  return {
    strategy: first!.strategy,
    mode: first!.mode,
    bytes: meanOf('bytes').toFixed(0),
    'fact bytes': meanOf('factBytes').toFixed(0),
    messages: text(meanOf('messages')),
    'round trips': text(meanOf('roundTrips')),
    symbols: text(meanOf('symbols')),
    complete: results.every(({ complete }) => complete) ? 'yes' : 'no',
    'cpu ms': median(sorted(results.map(({ cpuMs }) => cpuMs))).toFixed(1),
  };
}

/** Where all were compared: which is the cheapest from which number of differences on. */
function advice({ strategy, mode, facts, owners, seed }: SyncFlags): string {
  if (strategy !== 'all' || mode !== undefined || facts > SWEEP_FACTS_MAX) return '';
  const changes = cheapestFrom(sweepSync({ facts, owners, seed }, OWN_STRATEGIES));
  const parts = changes.map(({ differences, strategy }) => `from ${differences} on ${strategy}`);
  return `\nFewest bytes, by differences: ${parts.join(', ')}.\n`;
}
