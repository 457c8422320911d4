import { Option, type Command } from 'commander';
import { LANGUAGES, languageOf, type Language } from './demo/texts.ts';
import { fraction, integer, refuse } from './flags.ts';

interface DemoFlags {
  readonly nodes: number;
  readonly loss: number;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly lang?: Language;
}

/** Each node is a process of some 50 MB. */
const NODES_MAX = 40;

export function registerDemo(program: Command): void {
  const command = program.command('demo');
  command
    .description(
      'watch processes find each other, miss a killed one and take it back, split and heal',
    )
    .addOption(
      new Option('--nodes <n>', 'how many processes').argParser(integer(3, NODES_MAX)).default(5),
    )
    .addOption(
      new Option('--loss <p>', 'share of packets lost on purpose').argParser(fraction).default(0),
    )
    .option('--once', 'one round, then a summary; exit code 1 if a step failed')
    .option('--json', 'with --once: print one JSON object')
    .addOption(
      new Option('--lang <language>', 'default: from LANG').choices(LANGUAGES).env('HEARSAY_LANG'),
    )
    .addHelpText(
      'after',
      `
Real processes, real UDP and TCP on 127.0.0.1, ports that are free. Ctrl-C ends it and them.

--json gives nodes, loss, falseSuspicions (of processes that ran and could be reached) and, in ms,
  convergedMs  from the first process's start until everyone knew everyone
  suspectedMs  from the kill until the first suspicion
  detectedMs   from the kill until all others knew of the death
  rejoinedMs   from the restart until everyone knew everyone again
  halvesMs     from a cut in two until each half suspected all of the other
  healedMs     from the end of the cut until everyone knew everyone again
null is what did not happen.

Examples:
  hearsay demo
  hearsay demo --nodes 20
  hearsay demo --loss 0.1
  hearsay demo --once --json`,
    )
    .action(async (flags: DemoFlags) => {
      const { nodes, loss, once = false, json = false } = flags;
      if (json && !once) refuse(command, "option '--json'", 'needs --once');
      const { runDemo } = await import('./demo/run.ts');
      const language = flags.lang ?? languageOf(process.env);
      await runDemo({ nodes, loss, once, json, language });
    });
}
