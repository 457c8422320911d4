import { Option, type Command } from 'commander';
import {
  compare,
  deviation,
  REFERENCES,
  residueInTheory,
  roundsInTheory,
  RUMOR_MODES,
  runsFor,
  spreadRumors,
  STOP_RULES,
  textTable,
} from '../lab/index.ts';
import type {
  Comparison,
  Prediction,
  Row,
  RumorMode,
  RumorOptions,
  RumorSample,
  StopRuleName,
} from '../lab/index.ts';
import { integer, refuse } from './flags.ts';
import { Progress } from './progress.ts';
import { numberText, printJson } from './sim-output.ts';

interface RumorFlags {
  readonly mode: RumorMode;
  readonly fanout: number;
  readonly stop: StopRuleName;
  readonly k?: number;
  readonly nodes: number;
  readonly runs?: number;
  readonly seed: number;
  readonly references?: boolean;
  readonly json?: boolean;
}

/** Some 15 bytes a node: 150 MB. */
const NODES_MAX = 10_000_000;
const FANOUT_MAX = 1000;
const K_MAX = 1000;
const RUNS_MAX = 100_000;
/** A standard error of a tenth of a standard deviation. */
const RUNS_DEFAULT = 100;

const EXAMPLES = `
Synchronous rounds; contacts are drawn uniformly from all nodes, oneself included. Rounds are
counted until all know, or, with a stop rule, until nobody tells any more. Messages are
transmissions of the rumor itself; asking for it costs none.

Stop rules:
  none              everyone tells for ever
  infect-and-die    for one round
  blind-coin        after each round with a chance of 1/k
  blind-counter     after k rounds
  feedback-coin     with a chance of 1/k for each contact that knew already
  feedback-counter  after k rounds in a row in which all contacts knew already
  transmit-limited  after k transmissions, and what else its last round tells

Examples:
  hearsay sim rumor --mode push --nodes 100000 --runs 20
  hearsay sim rumor --fanout 3 --stop infect-and-die
  hearsay sim rumor --stop feedback-counter --k 2 --runs 1000 --json
  hearsay sim rumor --references             what theory and others say, beside what is measured`;

export function registerRumor(sim: Command): void {
  const command = sim
    .command('rumor')
    .description('how one rumor spreads: rounds, who is left out, what it costs')
    .addOption(new Option('--mode <mode>', 'who tells whom').choices(RUMOR_MODES).default('push'))
    .addOption(
      new Option('--fanout <k>', 'contacts of a node in each round')
        .argParser(integer(1, FANOUT_MAX))
        .default(1),
    )
    .addOption(new Option('--stop <rule>', 'when to stop').choices(STOP_RULES).default('none'))
    .addOption(new Option('--k <c>', 'of the stop rule').argParser(integer(1, K_MAX)))
    .addOption(new Option('--nodes <n>', 'how many').argParser(integer(1, NODES_MAX)).default(1000))
    .addOption(
      new Option('--runs <r>', `repeat with seeds s, s+1, … (default: ${RUNS_DEFAULT})`).argParser(
        integer(1, RUNS_MAX),
      ),
    )
    .addOption(
      new Option('--seed <s>', 'same seed, same run')
        .argParser(integer(0, Number.MAX_SAFE_INTEGER - RUNS_MAX))
        .default(1),
    )
    .option('--references', 'run what theory and others have values for, and say whether it agrees')
    .option('--json', 'print JSON: one object; with --references an array')
    .addHelpText('after', EXAMPLES)
    .action((flags: RumorFlags) => {
      if (flags.references === true) runReferences(flags);
      else runOne(command, flags);
    });
}

function runOne(command: Command, flags: RumorFlags): void {
  const { mode, fanout, stop, nodes, seed, runs = RUNS_DEFAULT } = flags;
  const hasK = stop !== 'none' && stop !== 'infect-and-die';
  if (hasK && flags.k === undefined) refuse(command, '--k', `${stop} needs one, such as --k 2`);
  if (!hasK && flags.k !== undefined) process.stderr.write(`--k: ${stop} has none; ignored\n`);
  const k = hasK ? flags.k : undefined;
  const progress = new Progress(runs, 'runs');
  const options: RumorOptions = { mode, fanout, stop, k, nodes, runs, seed };
  const sample = spreadRumors(options, () => progress.step());
  progress.end();
  if (flags.json === true) printJson([sample.result], true);
  else process.stdout.write(describe(sample, seed));
}

function describe({ result, values, known }: RumorSample, seed: number): string {
  const { mode, fanout, stop, k, nodes, runs } = result;
  const rule = k === null ? stop : `${stop} with k = ${k}`;
  const head = `${mode} with fanout ${fanout}, stop rule ${rule}, ${nodes} nodes, ${runs} runs`;
  const rounds = stop === 'none' ? roundsInTheory(mode, fanout, nodes) : undefined;
  const residue = residueInTheory(mode, fanout, stop, result.messagesPerNodeMean);
  const rows = [
    rowOf(stop === 'none' ? 'rounds until all know' : 'rounds', values.rounds, 2, rounds),
    rowOf('round of the last told', values.lastTold, 2),
    rowOf('residue: never told', values.residue, 5, residue),
    rowOf('messages/node', values.messagesPerNode, 3),
  ];
  const formulas = [
    rounds && `rounds: ${rounds.formula}, but for a constant`,
    residue && `residue: ${residue.formula}`,
  ].filter((line) => line !== undefined);
  const theory = formulas.map((line) => `In theory, ${line}.\n`).join('');
  const seeds = runs === 1 ? `seed ${seed}` : `seeds ${seed}–${seed + runs - 1}`;
  const curve = `Who knows, round by round: ${sparkline(known)}\n`;
  return `${head}\n\n${textTable(rows)}\n${theory}${curve}\n${seeds}\n`;
}

function rowOf(name: string, values: Float64Array, digits: number, theory?: Prediction): Row {
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    measure: name,
    mean: numberText(sum / values.length, digits),
    sd: numberText(deviation(values), digits),
    most: numberText(
      values.reduce((most, value) => Math.max(most, value)),
      digits,
    ),
    theory: theory === undefined ? null : numberText(theory.value, digits),
  };
}

const BARS = [...' ▁▂▃▄▅▆▇█'];

/** Shares as a row of bars; only all is a full one. */
function sparkline(shares: readonly number[]): string {
  return shares.map((share) => BARS[Math.floor(share * (BARS.length - 1) + 1e-9)]).join('');
}

function runReferences(flags: RumorFlags): void {
  const progress = new Progress(REFERENCES.length, 'settings');
  const comparisons = REFERENCES.flatMap((reference) => {
    const compared = compare(reference, flags.runs ?? runsFor(reference), flags.seed);
    progress.step();
    return compared;
  });
  progress.end();
  if (comparisons.some(({ agrees }) => !agrees)) process.exitCode = 1;
  if (flags.json === true) printJson(comparisons.map(flat), false);
  else process.stdout.write(textTable(comparisons.map((one) => comparisonRow(one))));
}

function flat({ reference, ...measured }: Comparison): object {
  const { source, mode, fanout, stop, k, nodes } = reference;
  return { source, mode, fanout, stop, k, nodes, ...measured };
}

function comparisonRow(comparison: Comparison): Row {
  const { reference, value, measured, standardError, runs, allowed, agrees } = comparison;
  const { source, mode, fanout, stop, k, nodes } = reference;
  const digits = value < 0.1 ? 4 : 3;
  return {
    mode,
    fanout,
    stop,
    k,
    nodes,
    measure: comparison.measure,
    reference: value,
    measured: measured.toFixed(digits),
    '± error': standardError.toFixed(digits),
    runs,
    allowed: allowed.toFixed(digits),
    agrees: agrees ? 'yes' : 'NO',
    source,
  };
}
