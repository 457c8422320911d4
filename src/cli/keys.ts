import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('the keys of one agent: list, add, use, remove');
  keys.addHelpText(
    'after',
    `
To change the key of a running cluster, on every agent: \`keys add\`; when all have it, on every
agent: \`keys use\`; then on every agent: \`keys remove\` the old one. Change what the agents are
started with as well: what these commands do lasts until an agent ends.

Keys are named by fingerprints, which tell nothing about them.

Examples:
  hearsay keygen > new.key
  hearsay keys add < new.key
  hearsay keys use 5f0c1a2b
  hearsay keys remove 90d3e671`,
  );
  addControlOptions(keys.command('list'))
    .description('the fingerprints of the keys that an agent has')
    .action(async (flags: ControlFlags) => {
      const all = await withAgent(flags, async (client) => client.keys());
      const lines = all.map(({ fingerprint, used }) => `${fingerprint}${used ? '  in use' : ''}\n`);
      print(flags, all, lines.join(''));
    });
  addControlOptions(keys.command('add'))
    .description('let an agent read what is encrypted with one more key')
    .argument('[secret]', 'as `hearsay keygen` prints it; default: from standard input')
    .action(async (given: string | undefined, flags: ControlFlags) => {
      const secret = given ?? (await text(process.stdin)).trim();
      const fingerprint = await withAgent(flags, async (client) => client.addKey(secret));
      print(flags, { fingerprint }, `added ${fingerprint}\n`);
    });
  addControlOptions(keys.command('use'))
    .description('let an agent encrypt with this key')
    .argument('<fingerprint>', 'of a key that it has')
    .action(async (fingerprint: string, flags: ControlFlags) => {
      await withAgent(flags, async (client) => client.useKey(fingerprint));
      print(flags, { used: fingerprint }, `${fingerprint} is in use\n`);
    });
  addControlOptions(keys.command('remove'))
    .description('let an agent refuse what is encrypted with this key')
    .argument('<fingerprint>', 'of a key that it has and does not use')
    .action(async (fingerprint: string, flags: ControlFlags) => {
      await withAgent(flags, async (client) => client.removeKey(fingerprint));
      print(flags, { removed: fingerprint }, `removed ${fingerprint}\n`);
    });
}
