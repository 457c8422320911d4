import type { Command } from 'commander';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';

export function registerJoin(program: Command): void {
  addControlOptions(program.command('join'))
    .description('let a running agent join the members at these addresses')
    .argument('<host:port...>', 'one that answers is enough')
    .addHelpText(
      'after',
      `
Examples:
  hearsay join 10.0.0.4:7946
  hearsay join --name web-2 10.0.0.4 10.0.0.5`,
    )
    .action(async (seeds: string[], flags: ControlFlags) => {
      const answer = await withAgent(flags, async (client) => client.join(seeds));
      print(flags, answer, `joined: ${answer.members} members\n`);
    });
}
