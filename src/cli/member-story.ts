/** One member: what it is, why it was suspected, what has happened to it. */
import type { MemberStory } from '../agent/control.ts';
import type { HistoryEntry } from '../agent/history.ts';
import type { Accusation, ProbePath, ProbeRecord } from '../designs/hearsay/index.ts';
import { ago, milliseconds } from './member-table.ts';
import { span, wrap, type Line } from './paint.ts';
import { printable } from './printable.ts';

/** @param columns that a line may take */
export function memberStory(story: MemberStory, now: number, columns: number): Line[] {
  const { member, history, why } = story;
  const fields: [string, string][] = [
    ['name', member.name],
    ['status', `${member.status}${member.since === null ? '' : ` for ${ago(now - member.since)}`}`],
    ['address', member.address],
    ['life', `${member.nodeId}, since ${new Date(member.start).toISOString()}`],
    ['streams', member.streams],
    ['tags', tagsOf(member.tags)],
    ['last probe', probeOf(member.probe, now)],
  ];
  const lines: Line[] = fields.map(([name, text]) => [
    span(name.padEnd(FIELD_COLUMNS), 'faint'),
    span(printable(text)),
  ]);
  lines.push([], [span('Why', 'strong')], ...why.flatMap((text) => block('  ', text, columns)));
  lines.push([], [span('What has happened', 'strong')]);
  if (history.length === 0) lines.push([span('  Nothing that this agent was told of.')]);
  for (const entry of history) {
    const time = `  ${new Date(entry.at).toISOString()}  `;
    lines.push(...block(time, `${happening(entry)} (life ${entry.life.slice(0, 8)})`, columns));
  }
  return lines;
}

/** A paragraph whose later lines stand below its first word. */
function block(lead: string, text: string, columns: number): Line[] {
  const width = Math.max(20, columns - lead.length);
  return wrap(printable(text), width).map((part, i) => [
    span(i === 0 ? lead : ' '.repeat(lead.length), 'faint'),
    span(part),
  ]);
}

function tagsOf(tags: Readonly<Record<string, string>>): string {
  const all = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return all.length === 0 ? '-' : all.join(' ');
}

function probeOf(probe: ProbeRecord | undefined, now: number): string {
  if (probe === undefined) return 'none yet';
  const { path, via, tookMs, rttMs } = probe;
  const took = milliseconds(tookMs);
  const usual = rttMs === undefined ? '' : `; usually ${milliseconds(rttMs)}`;
  const how = {
    direct: `answered in ${took}`,
    indirect: `answered through ${via ?? 'a helper'} after ${took}`,
    stream: `answered by stream after ${took}`,
    silence: `silence for ${took}`,
    refused: `refused after ${took}`,
    gone: `another life answered after ${took}`,
  };
  return `${ago(now - probe.at)} ago: ${how[path]}${usual}`;
}

function happening(entry: HistoryEntry): string {
  switch (entry.type) {
    case 'joined':
      return `joined at ${entry.address}`;
    case 'rejoined':
      return `${entry.why} at ${entry.address}, after it was ${entry.before.status}`;
    case 'suspected':
      return entry.again
        ? `${entry.accuser} accuses it too: ${met(entry.accusers)}`
        : `suspected by ${entry.accuser}: ${met(entry.accusers)}${pathOf(entry.path)}`;
    case 'refuted':
      return `answered after ${(entry.afterMs / 1000).toFixed(1)} s: it lives`;
    case 'failed':
      return `${entry.own ? 'declared dead' : 'heard to be dead'}: ${met(entry.accusers)}`;
    case 'left':
      return 'left';
    case 'evicted':
      return 'evicted by an operator';
    case 'updated':
      return `changed its ${entry.changed.join(', ')}; it is at ${entry.address}`;
    case 'slept':
      return `was asleep for ${ago(entry.forMs)}`;
    case 'accused':
      return `said to be ${entry.status}: ${met(entry.accusers)}; own health ${entry.health}`;
  }
}

function met(accusers: readonly Accusation[]): string {
  return accusers.map(({ by, met: what }) => `${by} met ${what}`).join(', ');
}

function pathOf(path: ProbePath | undefined): string {
  if (path === undefined) return '';
  const helpers = path.helpers.map(({ name, met: what, tookMs }) =>
    what === undefined
      ? `${name} silent`
      : `${name} ${what}${tookMs === undefined ? '' : ` (answered in ${Math.round(tookMs)} ms)`}`,
  );
  const parts = [`ping ${Math.round(path.tookMs)} ms`, `stream ${path.stream}`, ...helpers];
  return `; ${parts.join(', ')}; own health ${path.health}`;
}

const FIELD_COLUMNS = 12;
