import type { Command } from 'commander';
import { UsageError } from '../core/index.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { ExitCode } from './exit-codes.ts';
import { tagsOf } from './flags.ts';
import { printable } from './printable.ts';

interface TagsFlags extends ControlFlags {
  readonly remove?: readonly string[];
}

export function registerTags(program: Command): void {
  addControlOptions(program.command('tags'))
    .description('what all members see of an agent: show it, set some, remove some')
    .argument('[key=value...]', 'tags to set; all others stay; none: they are shown')
    .option('--remove <key>', 'a tag to remove; may be given again', more)
    .addHelpText(
      'after',
      `
Prints the tags as they are then. Others know within a second or so. It lasts until the agent ends:
what it starts with, \`hearsay agent --tag\` says. Exit code 1: there was no such tag to remove.

Examples:
  hearsay tags
  hearsay tags role=db zone=b
  hearsay tags draining=yes --remove role --name web-2`,
    )
    .action(async (texts: string[], { remove = [], ...flags }: TagsFlags) => {
      const set = tagsOf(texts);
      const twice = remove.find((key) => Object.hasOwn(set, key));
      if (twice !== undefined) {
        throw new UsageError('BAD_OPTION', `--remove: set ${twice} or remove it, not both`);
      }
      const isChange = texts.length + remove.length > 0;
      const { tags, missing } = await withAgent(flags, async (client) =>
        isChange ? client.changeTags(set, remove) : { tags: await client.tags(), missing: [] },
      );
      const lines = Object.entries(tags).map(([key, value]) => printable(`${key}=${value}`));
      print(
        flags,
        tags,
        lines
          .sort()
          .map((line) => `${line}\n`)
          .join(''),
      );
      if (missing.length === 0) return;
      const keys = missing.map(printable).join(', ');
      process.stderr.write(`hearsay: the agent had no tag ${keys}\n`);
      process.exitCode = ExitCode.Failed;
    });
}

function more(key: string, keys: readonly string[] = []): string[] {
  return [...keys, key];
}
