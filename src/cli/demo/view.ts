/** The demo's screen: a headline, a table of who believes what of whom, what has happened. */
import type { Status } from '../../core/index.ts';
import type { Actor } from './cast.ts';
import { padEnd, padStart, span, widthOf, wrap, type Line, type Span } from '../paint.ts';
import type { Story } from './story.ts';
import type { Texts } from './texts.ts';

type Shown = 'alive' | 'suspect' | 'dead' | 'unknown';

const GLYPHS: Readonly<Record<Shown, Span>> = {
  alive: span('✓', 'good'),
  suspect: span('?', 'doubt'),
  dead: span('✗', 'bad'),
  unknown: span('.', 'faint'),
};

export function view(story: Story, texts: Texts, rows: number, columns: number): Line[] {
  const width = columns - 1; // A free last column keeps terminals from wrapping.
  const head = heading(story, texts, width);
  const foot = footer(story, texts, width);
  const room = rows - head.length - foot.length - FRAME_ROWS;
  const table = beliefTable(story, texts, Math.max(2, room - HISTORY_ROWS_MIN), width);
  const left = rows - head.length - table.length - foot.length - 2;
  const past = left < 2 ? [] : history(story, texts, left - 1, width);
  const body = [...head, ...table, [], ...past];
  while (body.length < rows - foot.length) body.push([]);
  return [...body.slice(0, rows - foot.length), ...foot];
}

/** Blank lines and the title of the history. */
const FRAME_ROWS = 3;
const HISTORY_ROWS_MIN = 3;

function heading(story: Story, texts: Texts, width: number): Line[] {
  const round = story.cycle === 0 ? '' : texts.cycle(story.cycle);
  const title = ` ${texts.title(story.cast.actors.length)}`;
  const gap = ' '.repeat(Math.max(2, width - widthOf(title) - widthOf(round)));
  const now = wrap(story.headline(), width - 1).map((text) => [span(` ${text}`, 'strong')]);
  const next = wrap(story.next(), width - 1).map((text) => [span(` ${text}`)]);
  return [[span(title, 'faint'), span(gap + round, 'faint')], [], ...now, ...next, []];
}

function footer(story: Story, texts: Texts, width: number): Line[] {
  const pid = story.cast.up.find((actor) => actor !== story.victim)?.pid;
  if (pid === undefined) return [[]];
  return wrap(texts.keys(pid), width - 1).map((text) => [span(` ${text}`, 'faint')]);
}

function beliefTable(story: Story, texts: Texts, rowsMax: number, width: number): Line[] {
  const { actors } = story.cast;
  const few = actors.length <= NAMED_MAX;
  const label = (actor: Actor, i: number): string => (few ? actor.name : `${i + 1} ${actor.name}`);
  const labels = actors.map((actor, i) => label(actor, i));
  const first = Math.max(widthOf(few ? texts.beliefs : ''), ...labels.map(widthOf)) + 2;
  const cell = few ? 6 : 3;
  const extras = first + cell * actors.length + EXTRA_COLUMNS <= width;
  const pids = first + cell * actors.length + 2 * EXTRA_COLUMNS <= width;
  const header: Span[] = [span(` ${padEnd(few ? texts.beliefs : '', first)}`, 'faint')];
  actors.forEach((actor, i) => {
    const text = padStart(few ? actor.name : String(i + 1), cell - 1);
    header.push(span(`${text} `, actor === story.victim ? 'bad' : 'faint'));
  });
  if (extras) header.push(span(padStart(texts.sent, EXTRA_COLUMNS), 'faint'));
  if (pids) header.push(span(padStart(texts.process, EXTRA_COLUMNS), 'faint'));
  const shown = shownActors(story, rowsMax - 2);
  const lines: Line[] = few ? [header] : [[span(` ${texts.beliefs} …`, 'faint')], header];
  for (const actor of shown) {
    const name = padEnd(labels[actors.indexOf(actor)] ?? '', first);
    const line: Span[] = [span(` ${name}`, actor.state === 'up' ? 'plain' : 'bad')];
    line.push(...cells(story, texts, actor, cell));
    if (extras) line.push(span(padStart(rate(actor), EXTRA_COLUMNS), 'faint'));
    if (pids && actor.state === 'up') {
      line.push(span(padStart(String(actor.pid), EXTRA_COLUMNS), 'faint'));
    }
    lines.push(line);
  }
  const hidden = actors.length - shown.length;
  const more = hidden > 0 ? [span(` ${texts.more(hidden)}`, 'faint')] : [];
  return [...lines, [...more, ...legend(texts)]];
}

/** Up to this many, columns bear names. */
const NAMED_MAX = 6;
const EXTRA_COLUMNS = 9;

/** The victim and, as far as there is room, the others. */
function shownActors(story: Story, rowsMax: number): readonly Actor[] {
  const { actors } = story.cast;
  if (actors.length <= rowsMax) return actors;
  const others = actors.filter((actor) => actor !== story.victim);
  const kept = new Set(others.slice(0, rowsMax - (story.victim === undefined ? 0 : 1)));
  return actors.filter((actor) => actor === story.victim || kept.has(actor));
}

function cells(story: Story, texts: Texts, observer: Actor, cell: number): Span[] {
  const { actors, beliefs } = story.cast;
  if (observer.state !== 'up') {
    const text = observer.state === 'starting' ? texts.starting : texts.gone;
    return [span(padEnd(`   ${text}`, cell * actors.length), 'faint')];
  }
  const before = ' '.repeat(cell - 2);
  return actors.flatMap((subject) => {
    if (subject === observer) return [span(`${before}- `, 'faint')];
    const belief = beliefs.of(observer.name, subject.name);
    const { text, tone } = GLYPHS[shownStatus(belief?.status)];
    return [span(before), span(`${text} `, tone)];
  });
}

function shownStatus(status: Status | undefined): Shown {
  if (status === 'alive' || status === 'suspect') return status;
  return status === undefined ? 'unknown' : 'dead';
}

function rate({ sent }: Actor): string {
  return sent === undefined ? '' : `${Math.round(sent)} B/s`;
}

function legend(texts: Texts): Span[] {
  const statuses = ['alive', 'suspect', 'dead', 'unknown'] as const;
  return statuses.flatMap((status) => {
    const { text, tone } = GLYPHS[status];
    return [span('  '), span(text, tone), span(` ${texts.legend[status]}`, 'faint')];
  });
}

/** The latest at the bottom. */
function history(story: Story, texts: Texts, rowsMax: number, width: number): Line[] {
  const lines: Line[] = [];
  for (const { atMs, text } of [...story.history].reverse()) {
    const parts = wrap(text, width - TIME_COLUMNS - 2);
    if (lines.length + parts.length > rowsMax) break;
    const time = padStart(texts.seconds(atMs), TIME_COLUMNS);
    const block = parts.map((part, i): Line => {
      return [span(i === 0 ? time : ' '.repeat(TIME_COLUMNS), 'faint'), span(`  ${part}`)];
    });
    lines.unshift(...block);
  }
  return [[span(` ${texts.history}`, 'faint')], ...lines];
}

const TIME_COLUMNS = 9;
