import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../core/index.ts';
import { SCENARIO_DESIGNS } from '../lab/index.ts';
import {
  parseReplay,
  runReplay,
  type Replay,
  type ReplayResult,
  type Scenario,
} from '../sim/index.ts';
import { BUILD } from './build-name.ts';
import { ExitCode } from './exit-codes.ts';
import { faultWords } from './fault-words.ts';
import { refuse } from './flags.ts';
import { printable } from './printable.ts';
import { printJson } from './sim-output.ts';

const EXAMPLES = `
FILE is JSON: a scenario, the build that ran it, and the hash of its trace. Exits with 1 where the
trace differs.

Examples:
  hearsay sim replay violation.json
  hearsay sim replay violation.json --json`;

export function registerReplay(sim: Command): void {
  const command = sim
    .command('replay')
    .argument('<file>', 'what a checker or a test has written')
    .description('the very run that was recorded, again')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((file: string, flags: { readonly json?: boolean }) => {
      const replay = readReplay(command, file);
      const result = runReplay(replay, SCENARIO_DESIGNS, BUILD);
      if (flags.json === true) printJson([{ ...result }], true);
      else process.stdout.write(describe(replay, result));
      if (!result.isSame) process.exitCode = ExitCode.Failed;
    });
}

function readReplay(command: Command, file: string): Replay {
  try {
    return parseReplay(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(command, file, 'this is not JSON');
    const isTheirs = error instanceof Error && ('syscall' in error || error instanceof UsageError);
    if (!isTheirs) throw error;
    return refuse(command, file, error.message);
  }
}

/** In the order of time, each at its own; who claims another's name is part of it. */
function whatGoesWrong(nodes: Scenario['nodes'], faults: Scenario['faults']): string[] {
  const namesakes = (typeof nodes === 'number' ? [] : nodes).flatMap(({ atMs = 0, name, member }) =>
    member === undefined || member === name ? [] : [{ atMs, words: `${name} starts as ${member}` }],
  );
  const told = faults.map((fault) => ({ atMs: fault.atMs, words: faultWords(fault) }));
  return [...namesakes, ...told]
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, words }) => printable(`${Math.round(atMs)} ms: ${words}`));
}

function describe(
  { scenario, traceHash }: Replay,
  { isSame, builds, outcome }: ReplayResult,
): string {
  const { design, seed, untilMs, faults, nodes } = scenario;
  const size = typeof nodes === 'number' ? nodes : nodes.length;
  const lines = [
    `${design}, ${size} nodes, ${faults.length} faults, ${untilMs / 1000} s, seed ${seed}`,
    ...whatGoesWrong(nodes, faults),
    isSame
      ? `trace ${outcome.traceHash}, as recorded`
      : `trace ${outcome.traceHash}, recorded was ${traceHash}`,
  ];
  if (builds !== undefined) {
    lines.push(
      `recorded by ${builds.recorded}, this is ${builds.running}: ` +
        'another trace proves nothing',
    );
  }
  for (const { checker, atMs, node, text } of outcome.violations) {
    lines.push(`${Math.round(atMs)} ms: ${checker} is violated at ${node}: ${text}`);
  }
  if (outcome.violations.length === 0) lines.push('no promise was broken');
  if (outcome.failure !== undefined) lines.push(outcome.failure.text);
  return `${lines.join('\n')}\n`;
}
