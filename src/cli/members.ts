import type { Command } from 'commander';
import type { ControlClient } from '../agent/control-client.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { memberStory } from './member-story.ts';
import { memberTable } from './member-table.ts';
import { paint, paletteOf, type Line } from './paint.ts';

interface MembersFlags extends ControlFlags {
  readonly all?: boolean;
}

export function registerMembers(program: Command): void {
  addControlOptions(program.command('members'))
    .description('list the members that an agent knows; or one: what happened to it, and why')
    .argument('[member]', 'name of one member')
    .option('--all', 'the failed, left and evicted too')
    .addHelpText(
      'after',
      `
rtt is the usual round trip of the agent's own pings, since says for how long the status holds.
Of one member: why it was last suspected, by whom and on which path, and what to look at.

Examples:
  hearsay members
  hearsay members web-2
  hearsay members --all --json | jq -r '.[] | select(.status != "alive") | .name'`,
    )
    .action(async (member: string | undefined, flags: MembersFlags) => {
      await withAgent(flags, async (client) =>
        member === undefined ? listAll(client, flags) : tellOf(client, member, flags),
      );
    });
}

async function listAll(client: ControlClient, flags: MembersFlags): Promise<void> {
  const members = await client.members(flags.all === true);
  members.sort((a, b) => (a.name < b.name ? -1 : 1));
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity;
  print(flags, members, painted(memberTable(members, Date.now(), columns)));
}

async function tellOf(client: ControlClient, name: string, flags: MembersFlags): Promise<void> {
  const story = await client.member(name);
  const columns = process.stdout.isTTY ? process.stdout.columns : COLUMNS;
  print(flags, story, painted(memberStory(story, Date.now(), columns)));
}

/** For a terminal in its colours, else plain; lines are cut already. */
function painted(lines: readonly Line[]): string {
  const { stdout } = process;
  const palette = paletteOf(stdout.isTTY ? stdout.getColorDepth() : 1, process.env);
  return lines.map((line) => `${paint(line, Infinity, palette).trimEnd()}\n`).join('');
}

/** Where there is no terminal. */
const COLUMNS = 80;
