import type { Command } from 'commander';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { printable } from './printable.ts';

export function registerMembers(program: Command): void {
  addControlOptions(program.command('members'))
    .description('list the members that an agent knows')
    .option('--all', 'the failed, left and evicted too')
    .addHelpText(
      'after',
      `
Examples:
  hearsay members
  hearsay members --all --json | jq -r '.[] | select(.status != "alive") | .name'`,
    )
    .action(async (flags: ControlFlags & { readonly all?: boolean }) => {
      const { textTable } = await import('../lab/table.ts');
      const members = await withAgent(flags, async (client) => client.members(flags.all === true));
      members.sort((a, b) => (a.name < b.name ? -1 : 1));
      const rows = members.map(({ name, address, status, tags }) => ({
        name: printable(name),
        address,
        status,
        tags: Object.entries(tags)
          .map(([key, value]) => printable(`${key}=${value}`))
          .join(' '),
      }));
      print(flags, members, textTable(rows));
    });
}
