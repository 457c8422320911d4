/** The members as a table: as wide as the terminal, the tags giving way first. */
import type { ListedMember } from '../agent/control.ts';
import type { Status } from '../core/index.ts';
import { fit, padEnd, span, widthOf, type Line, type Tone } from './paint.ts';
import { printable } from './printable.ts';

/** Glyphs repeat what the colours say. */
const SHOWN: Readonly<Record<Status, { readonly glyph: string; readonly tone: Tone }>> = {
  alive: { glyph: '✓', tone: 'good' },
  suspect: { glyph: '?', tone: 'doubt' },
  dead: { glyph: '✗', tone: 'bad' },
  left: { glyph: '-', tone: 'faint' },
  evicted: { glyph: '-', tone: 'faint' },
};

/** @param columns of the terminal; Infinity where nothing need be cut */
export function memberTable(
  members: readonly ListedMember[],
  now: number,
  columns = Infinity,
): Line[] {
  const head = ['', 'name', 'status', 'address', 'rtt', 'since', 'tags'];
  const rows = members.map(cellsOf(now));
  const widths = head.map((title, i) =>
    Math.max(...[title, ...rows.map(({ cells }) => cells[i] ?? '')].map(widthOf)),
  );
  const lineOf = (cells: readonly string[], tones: (column: number) => Tone): Line => {
    const line = cells.map((cell, i) => {
      const isLast = i === cells.length - 1;
      return span(isLast ? cell : `${padEnd(cell, widths[i] ?? 0)}  `, tones(i));
    });
    return cut(line, columns);
  };
  return [
    lineOf(head, () => 'faint'),
    ...rows.map(({ cells, tone }) => lineOf(cells, (column) => (column < 3 ? tone : 'plain'))),
  ];
}

function cellsOf(now: number) {
  return (member: ListedMember): { readonly cells: readonly string[]; readonly tone: Tone } => {
    const { name, status, address, rttMs, since, tags } = member;
    const { glyph, tone } = SHOWN[status];
    const tagged = Object.entries(tags).map(([key, value]) => printable(`${key}=${value}`));
    const cells = [
      glyph,
      printable(name),
      status,
      address,
      rttMs === undefined ? '-' : milliseconds(rttMs),
      since === null ? '-' : ago(now - since),
      tagged.join(' '),
    ];
    return { cells, tone };
  };
}

/** Ends in `…` where there was more. */
function cut(line: Line, columns: number): Line {
  if (
    widthOf(
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    ) <= columns
  )
    return line;
  let left = columns - 1;
  const kept = line.map(({ text, tone }) => {
    const part = fit(text, left);
    left -= widthOf(part);
    return span(part, tone);
  });
  return [...kept, span('…', 'faint')];
}

/** Three digits or so. */
export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}

/** How long, in the largest unit of which there are two. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
