/** A bar on stderr for long work: what is done, how fast, how long still. Only on a terminal. */
export class Progress {
  readonly #total: number;
  readonly #unit: string;
  readonly #begunMs = Date.now();
  #done = 0;
  #shownMs = -Infinity;

  constructor(total: number, unit: string) {
    this.#total = total;
    this.#unit = unit;
  }

  /** One more is done. */
  step(note = ''): void {
    this.#done++;
    const nowMs = Date.now();
    if (!process.stderr.isTTY || nowMs - this.#shownMs < EVERY_MS) return;
    this.#shownMs = nowMs;
    const line = barOf(this.#done, this.#total, this.#unit, nowMs - this.#begunMs);
    const tail = note === '' ? '' : `, ${note}`;
    process.stderr.write(`\r${(line + tail).padEnd(COLUMNS)}`);
  }

  /** Makes room for another line. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(COLUMNS)}\r`);
  }

  end(): void {
    this.clear();
  }
}

/** `[####------] 800 of 2000 seeds, 42/s, 29 s left` */
export function barOf(done: number, total: number, unit: string, tookMs: number): string {
  const filled = Math.floor((done / total) * BAR_COLUMNS);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_COLUMNS - filled);
  const perSecond = done / Math.max(0.001, tookMs / 1000);
  const leftS = Math.ceil((total - done) / Math.max(perSecond, 1e-9));
  return `[${bar}] ${done} of ${total} ${unit}, ${perSecond.toFixed(0)}/s, ${leftS} s left`;
}

/** As fast as an eye can follow. */
const EVERY_MS = 200;
const BAR_COLUMNS = 20;
const COLUMNS = 78;
