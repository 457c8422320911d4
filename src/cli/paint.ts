/**
 * Text for terminals: colours, and how wide it is.
 *
 * Colours after Okabe and Ito (2008): blue, yellow and vermilion, told apart with any colour
 * vision; glyphs repeat what they say.
 */

export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'doubt' | 'bad';

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** Terminal codes for tones; which ones, the terminal decides. */
export type Palette = Readonly<Record<Tone, string>>;

const NONE: Palette = { plain: '', strong: '', faint: '', good: '', doubt: '', bad: '' };
const BASIC: Palette = { ...NONE, strong: '1', faint: '2', good: '36', doubt: '33', bad: '31' };
const RICH: Palette = {
  ...NONE,
  strong: '1',
  faint: '38;5;246',
  good: '38;5;74',
  doubt: '38;5;220',
  bad: '38;5;202',
};

/** @param depth bits of colour: 1, 4, 8 or 24 */
export function paletteOf(depth: number, environment: NodeJS.ProcessEnv): Palette {
  if ((environment['NO_COLOR'] ?? '') !== '' || depth < 4) return NONE;
  return depth < 8 ? BASIC : RICH;
}

/** A line as a terminal takes it, cut to `columns`. */
export function paint(line: Line, columns: number, palette: Palette): string {
  let left = columns;
  let painted = '';
  for (const { text, tone } of line) {
    const cut = fit(text, left);
    left -= widthOf(cut);
    const code = palette[tone];
    painted += code === '' || cut === '' ? cut : `\u001B[${code}m${cut}\u001B[0m`;
  }
  return painted;
}

/** Columns that a text takes: two for ideographs, kana, hangul and full-width forms. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/;

/** As much of the text as fits. */
export function fit(text: string, columns: number): string {
  let width = 0;
  let cut = '';
  for (const character of text) {
    width += columnsOf(character);
    if (width > columns) break;
    cut += character;
  }
  return cut;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** Breaks a text into lines: at spaces and around ideographs, but not before a closing mark. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(WORD)) {
    if (line !== '' && widthOf(line + word.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  lines.push(line.trimEnd());
  return lines;
}

const WORD = /\s+|(?:[^\s\u2E80-\uFFE6]+|[\u2E80-\uFFE6])[、。，：；）]*\s*/gu;
