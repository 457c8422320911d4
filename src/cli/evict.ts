import type { Command } from 'commander';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { ExitCode } from './exit-codes.ts';

export function registerEvict(program: Command): void {
  addControlOptions(program.command('evict'))
    .description('remove a member for good')
    .argument('<member>', 'its name')
    .addHelpText(
      'after',
      `
The member's process stops when it hears of it (exit code 4). Started again, it may return.

Example:
  hearsay evict web-7`,
    )
    .action(async (member: string, flags: ControlFlags) => {
      const evicted = await withAgent(flags, async (client) => client.evict(member));
      print(flags, { evicted }, evicted ? `evicted ${member}\n` : '');
      if (evicted) return;
      process.stderr.write(`hearsay: there is no member ${member}; \`hearsay members --all\`\n`);
      process.exitCode = ExitCode.Failed;
    });
}
