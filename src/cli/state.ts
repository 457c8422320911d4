/** `get`, `set`, `delete`, `watch` and their twins under `map`: what agents know and tell. */
import type { Command } from 'commander';
import { toJson } from '../agent/control-content.ts';
import type { ControlClient, DataPlace } from '../agent/control-client.ts';
import type { ListedEntry } from '../agent/control.ts';
import { UsageError } from '../core/index.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { bytesOf, contentOf, entryLine, noticeLine, rawContent } from './entry-text.ts';
import { ExitCode } from './exit-codes.ts';
import { printable } from './printable.ts';

interface ReadFlags extends ControlFlags {
  readonly of?: string;
  readonly all?: boolean;
}
interface WriteFlags extends ControlFlags {
  readonly file?: string;
}
/** How flags say whose keys are meant. */
type Place = (flags: ReadFlags) => DataPlace;

export function registerState(program: Command): void {
  const of: Place = (flags) => (flags.of === undefined ? 'state' : { member: flags.of });
  const member = ['--of <member>', "of another member's state (default: the agent's own)"] as const;
  addGet(program, of, 'read the state of an agent, or of another member')
    .option(...member)
    .option('--all', 'of all live members')
    .addHelpText('after', READING);
  addSet(
    program,
    'state',
    'write a key of the state of an agent, for all members to read',
  ).addHelpText('after', WRITING);
  addDelete(program, 'state', 'delete a key of the state of an agent');
  addWatch(program, of, 'what a state holds, then what changes').option(...member);

  const map = program.command('map').description('the map that all members share');
  map.addHelpText('after', MAP);
  addGet(map, () => 'map', 'read it: one key, or all');
  addSet(map, 'map', 'write a key; the last writer wins');
  addDelete(map, 'map', 'delete a key');
  addWatch(map, () => 'map', 'what it holds, then what changes');
}

function addGet(to: Command, place: Place, description: string): Command {
  return addControlOptions(to.command('get'))
    .description(description)
    .argument('[key]', 'one key: its value alone is printed; none: all keys')
    .action(async (key: string | undefined, flags: ReadFlags) => {
      await withAgent(flags, async (client) => {
        if (flags.all === true) return printOfAll(client, key, flags);
        if (key === undefined) {
          const entries = await client.entries(place(flags));
          entries.sort((a, b) => (a.key < b.key ? -1 : 1));
          print(flags, entries, entries.map((entry) => entryLine(entry)).join(''));
          return;
        }
        const content = await client.get(place(flags), key);
        if (flags.json === true) print(flags, { key, ...toJson(content) }, '');
        else process.stdout.write(rawContent(content));
      });
    });
}

/** A line for each member that has something. */
async function printOfAll(
  client: ControlClient,
  key: string | undefined,
  flags: ReadFlags,
): Promise<void> {
  if (flags.of !== undefined) throw new UsageError('BAD_OPTION', '--all: goes without --of');
  const found: (ListedEntry & { readonly member: string })[] = [];
  for (const { name: member } of await client.members()) {
    const entries = await client.entries({ member }, key);
    const wanted = entries.filter((entry) => key === undefined || entry.key === key);
    for (const entry of wanted.sort((a, b) => (a.key < b.key ? -1 : 1))) {
      found.push({ member, ...entry });
    }
  }
  const lines = found.map(({ member, ...entry }) => `${printable(member)}  ${entryLine(entry)}`);
  print(flags, found, lines.join(''));
}

function addSet(to: Command, place: 'state' | 'map', description: string): Command {
  return addControlOptions(to.command('set'))
    .description(description)
    .argument('<key>', '1 to 256 bytes')
    .argument('[value]', 'JSON; what is none is a text')
    .option('--file <path>', 'the bytes of a file instead; -: of standard input')
    .action(async (key: string, value: string | undefined, flags: WriteFlags) => {
      if (flags.file !== undefined && value !== undefined) {
        throw new UsageError('BAD_OPTION', 'value: give one, or --file, not both');
      }
      const content = flags.file === undefined ? contentOf(value) : await bytesOf(flags.file);
      await withAgent(flags, async (client) => client.set(place, key, content));
      print(flags, { key, ...toJson(content) }, '');
    });
}

function addDelete(to: Command, place: 'state' | 'map', description: string): Command {
  return addControlOptions(to.command('delete'))
    .description(description)
    .argument('<key>', 'the key to delete')
    .action(async (key: string, flags: ControlFlags) => {
      const deleted = await withAgent(flags, async (client) => client.delete(place, key));
      print(flags, { key, deleted }, '');
      if (deleted) return;
      process.stderr.write(`hearsay: the agent knew of no key ${key}\n`);
      process.exitCode = ExitCode.Failed;
    });
}

function addWatch(to: Command, place: Place, description: string): Command {
  return addControlOptions(to.command('watch'))
    .description(description)
    .argument('[prefix]', 'only keys that begin with it')
    .action(async (prefix: string | undefined, flags: ReadFlags) => {
      await withAgent(flags, async (client) => {
        for await (const notice of client.watch(place(flags), prefix)) {
          print(flags, notice, noticeLine(notice, Date.now()));
        }
      });
    });
}

const READING = `
A text is printed as it is, other JSON as JSON, bytes as bytes. A member that is dead or has left is
remembered for a day, and its state with it.

Examples:
  hearsay get
  hearsay get --of web-2
  hearsay get --of web-2 load
  hearsay get --all load`;
const WRITING = `
Others know within a second or so. It lasts until the agent ends; with --data-dir it is there again
when the agent is.

Examples:
  hearsay set load 0.7
  hearsay set release '{"sha":"5f0c1a2b"}'
  hearsay set logo --file logo.png`;
const MAP = `
Every member reads and writes it. Of two writes to one key the later wins, by the writers' clocks,
the same everywhere; a clock more than five minutes ahead is refused.

Examples:
  hearsay map set flags/dark true
  hearsay map get flags/dark
  hearsay map watch flags/`;
