import { Option, type Command } from 'commander';
import type { ImpairmentSettings } from '../net/index.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { fraction, milliseconds, refuse } from './flags.ts';

interface ImpairFlags extends ControlFlags {
  readonly loss?: number;
  readonly delay?: number;
  readonly jitter?: number;
  readonly cut?: string[];
  readonly block?: ('udp' | 'tcp')[];
  readonly reject?: boolean;
  readonly direction?: 'in' | 'out' | 'both';
  readonly off?: boolean;
}

export function registerImpair(program: Command): void {
  const command = addControlOptions(program.command('impair'));
  command
    .description("make an agent's network bad on purpose, to see how the cluster stands it")
    .addOption(new Option('--loss <p>', 'share of packets lost').argParser(fraction))
    .addOption(new Option('--delay <time>', 'added to each packet').argParser(milliseconds))
    .addOption(new Option('--jitter <time>', 'up to so much more').argParser(milliseconds))
    .option('--cut <address...>', 'exchange nothing with ip:port, or with any port of an IP')
    .addOption(new Option('--block <protocol...>', 'let none of it pass').choices(['udp', 'tcp']))
    .option('--reject', 'refuse dials across a cut or block instead of dropping')
    .addOption(
      new Option('--direction <way>', 'what it sends, receives, or both (default: both)').choices([
        'in',
        'out',
        'both',
      ]),
    )
    .option('--off', 'end all impairments')
    .addHelpText(
      'after',
      `
What is given replaces all that was set before; without any, what is set is shown.
A stream across a cut breaks; loss only slows it down. A restarted agent is not impaired.

Examples:
  hearsay impair --name web-2 --loss 0.1 --delay 20ms
  hearsay impair --cut 10.0.0.4:7946 10.0.0.5
  hearsay impair --block tcp
  hearsay impair --off`,
    )
    .action(async (flags: ImpairFlags) => {
      const wanted = settingsOf(flags);
      if (flags.off === true && wanted !== undefined) {
        refuse(command, "option '--off'", 'ends all impairments: give no others');
      }
      const settings = await withAgent(flags, async (client) =>
        wanted === undefined && flags.off !== true
          ? client.impairments()
          : client.impair(wanted ?? {}),
      );
      print(flags, settings, `${describeImpairments(settings)}\n`);
    });
}

/** Undefined: nothing was asked for. */
function settingsOf(flags: ImpairFlags): ImpairmentSettings | undefined {
  const { block, cut, delay: delayMs, direction, jitter: jitterMs, loss } = flags;
  const mode = flags.reject === true ? 'reject' : undefined;
  const settings = { loss, delayMs, jitterMs, cut, block, mode, direction } as const;
  return Object.values(settings).some((value) => value !== undefined) ? settings : undefined;
}

/** One line for people. */
export function describeImpairments(settings: ImpairmentSettings): string {
  const { block, cut, delayMs, direction, jitterMs, loss, mode } = settings;
  const parts = [
    loss === undefined ? undefined : `loss ${loss}`,
    delayMs === undefined ? undefined : `delay ${delayMs} ms`,
    jitterMs === undefined ? undefined : `jitter ${jitterMs} ms`,
    cut === undefined ? undefined : `cut off from ${cut.join(', ')}`,
    block === undefined ? undefined : `no ${block.join(', ')}`,
    mode,
    direction === undefined || direction === 'both' ? undefined : `${direction} only`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'nothing is impaired' : parts.join(', ');
}
