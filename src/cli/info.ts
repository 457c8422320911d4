import type { Command } from 'commander';
import type { Info } from '../agent/control.ts';
import type { HostCounters, MessageCounts } from '../core/index.ts';
import type { Asked, HearsayCounts } from '../designs/hearsay/index.ts';
import type { Row } from '../lab/table.ts';
import { addControlOptions, print, withAgent, type ControlFlags } from './control-options.ts';
import { describeImpairments } from './impair.ts';
import { ago } from './member-table.ts';

export function registerInfo(program: Command): void {
  addControlOptions(program.command('info'))
    .description('what an agent says of itself: phase, health, counters')
    .addHelpText(
      'after',
      `
Counters are of this life of the node. Late timers mean that the process was paused or starved.

Examples:
  hearsay info
  hearsay info --json | jq .counters.rejected`,
    )
    .action(async (flags: ControlFlags) => {
      const { textTable } = await import('../lab/table.ts');
      const info = await withAgent(flags, async (client) => client.info());
      const { messagesIn, messagesOut } = info.counters;
      const messages = textTable(messageRows(messagesIn, messagesOut));
      print(flags, info, `${describe(info)}\n${messages}`);
    });
}

function describe(info: Info): string {
  const { dataDir } = info;
  const commands = counted(info.handlers);
  const rows: readonly (readonly [string, string])[] = [
    ['name', info.name],
    ['cluster', info.cluster],
    ['phase', `${info.phase}, for ${ago(info.uptimeMs)}`],
    ['address', info.address ?? '-'],
    ['life', lifeOf(info)],
    ['members', `${info.members}, checksum ${info.checksum.toString(16).padStart(8, '0')}`],
    ['health', `${info.health} of 8${info.health === 0 ? ' (well)' : ' (slow or cut off itself)'}`],
    ['process', `${info.pid}, ${Math.round(info.rssBytes / 2 ** 20)} MB, ${info.version}`],
    ...(dataDir === null ? [] : [['data', describeDataDir(dataDir)] as const]),
    ...(info.impairments === null
      ? []
      : [['impaired', describeImpairments(info.impairments)] as const]),
    ...(commands === NONE ? [] : [['commands', commands] as const]),
    ...(info.load === null ? [] : [['holds', holds(info.load)] as const]),
    ...(info.protocol === null ? [] : protocolRows(info.protocol)),
    ...hostRows(info.counters),
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${key.padEnd(width)}  ${value}\n`).join('');
}

function describeDataDir(dataDir: NonNullable<Info['dataDir']>): string {
  const { blocked, logBytes, path, valueBytes, values } = dataDir;
  const large = values === 0 ? '' : `, large values of ${valueBytes} B`;
  return `${path}, log of ${logBytes} B${large}${blocked ? ', CANNOT BE WRITTEN' : ''}`;
}

function lifeOf({ nodeId, start }: Info): string {
  return nodeId === null || start === null
    ? '-'
    : `${nodeId}, since ${new Date(start).toISOString()}`;
}

function holds({ turnedAway, parts, ...load }: NonNullable<Info['load']>): string {
  return `${counted({ ...load, ...parts })}${turnedAwayText(turnedAway)}`;
}

function turnedAwayText(turnedAway: Readonly<Record<string, number>>): string {
  const text = counted(turnedAway);
  return text === NONE ? '' : `; turned away: ${text}`;
}

function protocolRows(counts: HearsayCounts): (readonly [string, string])[] {
  const { probes, relays, suspicions, deaths, held, refutations, exchanges } = counts;
  const { direct, indirect, stream, failed } = probes;
  return [
    ['probes', `${asked(direct)}; by helpers ${asked(indirect)}; by stream ${asked(stream)}`],
    ['unanswered', counted(failed)],
    ['helped', asked(relays)],
    ['suspicions', counted(suspicions)],
    ['deaths', counted(deaths)],
    ['held back', counted(held)],
    ['accused', refutations === 0 ? 'never' : `${refutations} times itself, and answered`],
    ['exchanges', counted(exchanges)],
  ];
}

function hostRows(counters: HostCounters): (readonly [string, string])[] {
  const { packetBytesIn, packetBytesOut, streamBytesIn, streamBytesOut } = counters;
  const { dials, dialsOpened, dialsFailed, accepts, failures, rejected } = counters;
  const { packetsDropped, heldDropped, unroutable, misdirected, timersLate } = counters;
  return [
    ['UDP', `${packetBytesIn} B in, ${packetBytesOut} B out`],
    ['TCP', `${streamBytesIn} B in, ${streamBytesOut} B out`],
    ['streams', `${dials} dialled, ${dialsOpened} opened, ${accepts} accepted`],
    ['not opened', counted(dialsFailed)],
    ['failed sends', counted(failures)],
    ['rejected', counted(rejected)],
    ['dropped', counted({ packetsDropped, heldDropped, unroutable, misdirected })],
    ['late timers', String(timersLate)],
  ];
}

function asked({ sent, answered }: Asked): string {
  return `${sent} sent, ${answered} answered`;
}

/** Those that are not zero. */
function counted(counts: object): string {
  const told = Object.entries(counts).filter(([, count]) => count !== 0);
  return told.length === 0
    ? NONE
    : told.map(([name, count]) => `${count} ${wordsOf(name)}`).join(', ');
}

/** `packetsDropped` is `packets dropped` to people. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Each kind of message: how many, and how many bytes of bodies, by packet and stream together. */
function messageRows(
  messagesIn: HostCounters['messagesIn'],
  messagesOut: HostCounters['messagesOut'],
): Row[] {
  const kinds = [...new Set([...Object.keys(messagesIn), ...Object.keys(messagesOut)])].sort();
  const sums = (counts: MessageCounts | undefined): [number, number] =>
    counts === undefined
      ? [0, 0]
      : [counts.packets + counts.streamed, counts.packetBytes + counts.streamedBytes];
  return kinds.map((kind) => {
    const [received, bytesIn] = sums(messagesIn[kind]);
    const [sent, bytesOut] = sums(messagesOut[kind]);
    return { message: kind, in: received, 'B in': bytesIn, out: sent, 'B out': bytesOut };
  });
}

const NONE = 'none';
