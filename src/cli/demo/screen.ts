import { paint, paletteOf, type Line, type Palette } from '../paint.ts';

/** What is needed of a terminal. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  getColorDepth(): number;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/**
 * The whole terminal as a list of lines. Only lines that have changed are written. Uses the
 * alternate buffer, so what was there comes back at the end.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #palette: Palette;
  /** Draws for a size: lines and columns. */
  readonly #view: (rows: number, columns: number) => readonly Line[];
  #shown: string[] = [];
  #open = false;

  constructor(
    terminal: Terminal,
    environment: NodeJS.ProcessEnv,
    view: (rows: number, columns: number) => readonly Line[],
  ) {
    this.#terminal = terminal;
    this.#palette = paletteOf(terminal.getColorDepth(), environment);
    this.#view = view;
  }

  open(): void {
    this.#open = true;
    this.#terminal.write(`${ALTERNATE_ON}${CURSOR_OFF}`);
    this.#terminal.on('resize', this.#resized);
    this.#resized();
  }

  /** Gives the terminal back; once more does no harm. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#terminal.off('resize', this.#resized);
    this.#terminal.write(`${CURSOR_ON}${ALTERNATE_OFF}`);
  }

  draw(): void {
    if (!this.#open) return;
    const { rows, columns } = this.#terminal;
    const lines = this.#view(rows, columns).slice(0, rows);
    let output = '';
    for (let row = 0; row < rows; row++) {
      const text = paint(lines[row] ?? [], columns, this.#palette);
      if (this.#shown[row] === text) continue;
      this.#shown[row] = text;
      output += `\u001B[${row + 1};1H${CLEAR_LINE}${text}`;
    }
    if (output !== '') this.#terminal.write(output);
  }

  readonly #resized = (): void => {
    this.#shown = [];
    this.#terminal.write(CLEAR_ALL);
    this.draw();
  };
}

const ALTERNATE_ON = '\u001B[?1049h';
const ALTERNATE_OFF = '\u001B[?1049l';
const CURSOR_ON = '\u001B[?25h';
const CURSOR_OFF = '\u001B[?25l';
const CLEAR_ALL = '\u001B[2J';
/** Before the text: after one that fills the line it would take its last column. */
const CLEAR_LINE = '\u001B[2K';
