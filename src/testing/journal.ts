import type { Logger } from '../api/index.ts';
import { hashText } from '../core/index.ts';

/** A line that a process has logged. */
export interface LogLine {
  /** Milliseconds since the world's start. */
  readonly atMs: number;
  /** The process. */
  readonly by: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Of all processes; the oldest go. Some 200 bytes each. */
const LINES_MAX = 20_000;

/** What all processes of a world have logged, in order. */
export class Journal {
  readonly #elapsedMs: () => number;
  #lines: LogLine[] = [];
  #hash = 0;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** 8 hexadecimal digits over every line ever written. */
  get hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  write(by: string, level: LogLine['level'], text: string): void {
    const line = { atMs: this.#elapsedMs(), by, level, text };
    this.#hash = hashText(lineText(line), this.#hash);
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines = this.#lines.slice(LINES_MAX / 2);
  }

  /** What a process logs, and to its own logger as well if it has one. */
  logger(by: string, own?: Logger): Logger {
    const at = (level: LogLine['level']) => (text: string) => {
      this.write(by, level, text);
      own?.[level](text);
    };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}

/** `12.345 s  a  info  joined, 3 members`. */
export function lineText({ atMs, by, level, text }: LogLine): string {
  return `${seconds(atMs)}  ${by}  ${level}  ${text}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
