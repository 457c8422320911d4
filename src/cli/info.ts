import type { Command } from 'commander';
import type { Info } from '../agent/control.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { describeImpairments } from './impair.ts';

export function registerInfo(program: Command): void {
  addControlOptions(program.command('info'))
    .description('what an agent says of itself')
    .addHelpText(
      'after',
      `
Examples:
  hearsay info
  hearsay info --json | jq .counters`,
    )
    .action(async (flags: ControlFlags) => {
      const info = await withAgent(flags, async (client) => client.info());
      print(flags, info, describe(info));
    });
}

function describe(info: Info): string {
  const rows: readonly (readonly [string, string])[] = [
    ['name', info.name],
    ['cluster', info.cluster],
    ['state', info.state],
    ['address', info.address ?? '-'],
    ['node id', info.nodeId ?? '-'],
    ['start', info.start === null ? '-' : new Date(info.start).toISOString()],
    ['members', String(info.members)],
    ['health', `${info.health} (0 is well, 8 the worst)`],
    ['checksum', info.checksum.toString(16).padStart(8, '0')],
    ['uptime', `${Math.floor(info.uptimeMs / 1000)} s`],
    ['memory', `${Math.round(info.rssBytes / 2 ** 20)} MB`],
    ['load', info.load === null ? '-' : textOf(info.load)],
    ['process', String(info.pid)],
    ['version', info.version],
    ['impairments', describeImpairments(info.impairments ?? {})],
    ...Object.entries(info.counters).map(([key, value]) => [key, textOf(value)] as const),
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${key.padEnd(width)}  ${value}\n`).join('');
}

function textOf(value: number | object): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
