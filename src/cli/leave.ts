import type { Command } from 'commander';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';

export function registerLeave(program: Command): void {
  addControlOptions(program.command('leave'))
    .description('let an agent leave its cluster and end')
    .addHelpText(
      'after',
      `
The others hear that it left on purpose, so nobody suspects it. SIGTERM does the same.

Example:
  hearsay leave --name web-2`,
    )
    .action(async (flags: ControlFlags) => {
      await withAgent(flags, async (client) => client.leave());
      print(flags, { left: true }, 'left\n');
    });
}
