/** `event` publishes and listens; `trace` shows by which way an event reached everyone. */
import type { Command } from 'commander';
import { toJson } from '../agent/control-content.ts';
import type { TopicMessage } from '../agent/control.ts';
import { UsageError } from '../core/index.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { bytesOf, contentOf, valueText } from './entry-text.ts';
import { integer } from './flags.ts';
import { printable } from './printable.ts';
import { traceText } from './trace-text.ts';

interface EventFlags extends ControlFlags {
  readonly file?: string;
  readonly key?: string;
  readonly trace?: boolean;
  readonly follow?: boolean;
  readonly replay?: boolean;
}
interface TraceFlags extends ControlFlags {
  readonly list?: boolean;
}

export function registerEvent(program: Command): void {
  addControlOptions(program.command('event'))
    .description('publish an event to all members, or follow a topic')
    .argument('<topic>', '1 to 128 bytes')
    .argument('[value]', 'JSON; what is none is a text; at most 64,512 bytes')
    .option('--file <path>', 'the bytes of a file instead; -: of standard input')
    .option('--key <key>', 'a newer event of this key replaces those that are not sent yet')
    .option('--trace', 'record by which way it reaches each member: see `hearsay trace`')
    .option('--follow', 'print what is published on the topic, until the agent ends')
    .option('--replay', 'with --follow: what the cluster keeps of before comes first')
    .addHelpText('after', EVENT)
    .action(async (topic: string, value: string | undefined, flags: EventFlags) => {
      if (flags.follow === true) return follow(topic, value, flags);
      if (flags.replay === true) {
        throw new UsageError('BAD_OPTION', '--replay: goes with --follow');
      }
      const { file, key, trace } = flags;
      const content = file === undefined ? contentOf(value) : await bytesOf(file);
      await withAgent(flags, async (client) => {
        await client.publish(topic, { ...toJson(content), key, trace });
      });
      print(flags, { topic, ...toJson(content) }, '');
    });
  addControlOptions(program.command('trace'))
    .description('by which way an event that was published with --trace reached each member')
    .argument('[member]', 'who published it (default: the newest that came to the agent)')
    .argument('[number]', "its number among that member's events", integer(1, 2 ** 52))
    .option('--list', 'the traced events that the agent remembers')
    .addHelpText('after', TRACE)
    .action(async (origin: string | undefined, seq: number | undefined, flags: TraceFlags) => {
      await withAgent(flags, async (client) => {
        if (flags.list === true) {
          const traced = await client.traced();
          const lines = traced.map((one) => `${printable(one.origin)} ${one.seq} ${one.topic}\n`);
          print(flags, traced, lines.join(''));
          return;
        }
        const trace = await client.trace({ origin, seq });
        print(flags, trace, traceText(trace));
      });
    });
}

async function follow(topic: string, value: string | undefined, flags: EventFlags): Promise<void> {
  if (value !== undefined) throw new UsageError('BAD_OPTION', '--follow publishes nothing');
  await withAgent(flags, async (client) => {
    for await (const message of client.follow(topic, flags.replay === true)) {
      print(flags, message, messageLine(message, Date.now()));
    }
  });
}

function messageLine(message: TopicMessage, now: number): string {
  const time = new Date(now).toISOString().slice(11, 23);
  switch (message.type) {
    case 'overflow':
      return `${time}  … ${message.dropped} events were missed here\n`;
    case 'gap':
      return `${time}  … ${printable(message.origin)}: ${message.from} to ${message.to} are lost\n`;
    case 'event': {
      const again = message.replayed ? '  (before)' : '';
      const key = message.key === undefined ? '' : `  ${printable(message.key)}`;
      return `${time}  ${printable(message.origin)}${key}  ${valueText(message)}${again}\n`;
    }
  }
}

const EVENT = `
Every member gets the events of each publisher in order, each once, for as long as it is in reach;
what it missed it fetches, as far as the cluster keeps it: 4,096 events or 8 MB of each publisher.

Examples:
  hearsay event deploy '{"sha":"5f0c1a2b"}'
  hearsay event deploy --follow --replay
  hearsay event deploy done --trace && hearsay trace`;
const TRACE = `
Times are those of the members' own clocks: as right as these agree.

Examples:
  hearsay trace
  hearsay trace web-1 12 --json`;
