import type { Command } from 'commander';
import type { QueryNotice } from '../agent/control.ts';
import type { Json } from '../api/index.ts';
import { addControlOptions, withAgent, type ControlFlags } from './control-options.ts';
import { contentOf } from './entry-text.ts';
import { ExitCode } from './exit-codes.ts';
import { integer, seconds, tagsOf } from './flags.ts';
import { padEnd, widthOf } from './paint.ts';
import { printable } from './printable.ts';

interface QueryFlags extends ControlFlags {
  readonly tag: readonly string[];
  readonly node: readonly string[];
  readonly timeout: number;
  readonly limit?: number;
}

type Answer = Extract<QueryNotice, { readonly type: 'answer' }>;
type Summary = Extract<QueryNotice, { readonly type: 'summary' }>;

export function registerQuery(program: Command): void {
  addControlOptions(program.command('query'))
    .description('ask all members, or some, and print their answers as they come')
    .argument('<query>', 'its name: `info`, or what members answer with --on or in their program')
    .argument('[payload]', 'what they are told besides, at most 1 kB: JSON, or else text')
    .option('--tag <key=value...>', 'only members that have all these tags', [])
    .option('--node <member...>', 'only these members', [])
    .option('--timeout <seconds>', 'listen for so long', seconds, 5)
    .option('--limit <answers>', 'so many answers are enough', integer(1, 1_000_000))
    .addHelpText(
      'after',
      `
It ends when all have said something. Exit code 0: all who have the query answered it, but for those
that have no handler of that name; 11: nobody did; 12: somebody failed, or said nothing in time.

Examples:
  hearsay query info
  hearsay query disk --tag role=db --timeout 10
  hearsay query info --json | jq -r 'select(.type == "answer") | .value.version'`,
    )
    .action(async (name: string, payload: string | undefined, flags: QueryFlags) => {
      await withAgent(flags, async (client) => {
        const width = Math.max(...(await client.members()).map((one) => widthOf(one.name)));
        const request = {
          name,
          ...(payload !== undefined && { payload: contentOf(payload) as Json }),
          ...(flags.tag.length > 0 && { tags: tagsOf(flags.tag) }),
          ...(flags.node.length > 0 && { names: [...flags.node] }),
          timeoutMs: flags.timeout * 1000,
          ...(flags.limit !== undefined && { limit: flags.limit }),
        };
        const begun = performance.now();
        for await (const notice of client.query(request)) {
          if (notice.type === 'summary') process.exitCode = exitCodeOf(notice);
          process.stdout.write(
            flags.json === true
              ? `${JSON.stringify(notice)}\n`
              : notice.type === 'answer'
                ? answerText(notice, width)
                : `${summaryText(notice, performance.now() - begun)}\n`,
          );
        }
      });
    });
}

/** The name beside the first line. */
function answerText(answer: Answer, width: number): string {
  const lines = textOf(answer).split('\n').map(printable);
  return lines
    .map((line, i) => `${padEnd(i === 0 ? printable(answer.from) : '', width)}  ${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

function textOf({ value, base64, error }: Answer): string {
  if (error !== undefined) {
    const { why, text } = error;
    return `(no answer: ${WHY[why]}${text === '' ? '' : `: ${text}`})`;
  }
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString();
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const WHY = { failed: 'it failed', busy: 'too many queries there', 'too-large': 'too large' };

/** For all to read; what is zero is left out. */
function summaryText({ asked, answered, acknowledged, refused, why }: Summary, ms: number): string {
  const open = acknowledged - answered - sum(Object.values(refused));
  const parts = [
    `${answered} of ${asked} answered in ${(ms / 1000).toFixed(2)} s`,
    ...(refused['no-handler'] > 0 ? [`${refused['no-handler']} without a handler`] : []),
    ...(failedOf(refused) > 0 ? [`${failedOf(refused)} failed`] : []),
    ...(open > 0 && why === 'deadline' ? [`${open} said nothing in time`] : []),
    ...(asked > acknowledged && why === 'deadline' ? [`${asked - acknowledged} unreached`] : []),
  ];
  return parts.join(', ');
}

function exitCodeOf({ acknowledged, answered, refused, why }: Summary): number {
  if (answered === 0) return ExitCode.Unanswered;
  const isWhole = why === 'enough' || acknowledged === answered + refused['no-handler'];
  return isWhole ? ExitCode.Ok : ExitCode.HalfAnswered;
}

function failedOf({ failed, busy, 'too-large': tooLarge }: Summary['refused']): number {
  return failed + busy + tooLarge;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0);
}
