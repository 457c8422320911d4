import { RunError, type Fault } from '../sim/index.ts';
import { lineText, seconds, type LogLine } from './journal.ts';

/** A fault that has happened, or is to happen, so long after the world's start. */
export type TimedFault = { readonly atMs: number } & Fault;

/** Where a world stood. */
export interface Standing {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly trace: string;
  readonly faults: readonly TimedFault[];
  readonly log: readonly LogLine[];
}

/** As many lines as one reads. */
const LINES_SHOWN = 12;
const FAULTS_SHOWN = 30;

/** Something is wrong in a simulated world: what, when, and how to see it again. */
export class WorldError extends Error {
  override readonly name: string = 'WorldError';
  readonly seed: number;
  /** Milliseconds since the world's start. */
  readonly elapsedMs: number;

  constructor(what: string, standing: Standing, cause?: unknown) {
    const again = `To see it again: new World({ seed: ${standing.seed} }) and the same test.`;
    super(`${what}${reason(cause)}\n${describe(standing)}\n${again}`, { cause });
    this.seed = standing.seed;
    this.elapsedMs = standing.elapsedMs;
  }
}

/** The world in some lines: when, what had gone wrong, what was said last. */
export function describe({ seed, elapsedMs, trace, faults, log }: Standing): string {
  const shown = faults.slice(-FAULTS_SHOWN);
  const hidden = faults.length - shown.length;
  return [
    `  at ${seconds(elapsedMs)} with seed ${seed}, trace ${trace}`,
    ...(faults.length > 0 ? ['  faults:'] : []),
    ...(hidden > 0 ? [`    (${hidden} before)`] : []),
    ...shown.map((fault) => `    ${faultText(fault)}`),
    ...(log.length > 0 ? ['  last said:'] : []),
    ...log.slice(-LINES_SHOWN).map((line) => `    ${lineText(line)}`),
  ].join('\n');
}

/** A fault as JSON, which can be given to a world again. */
export function faultText({ atMs, ...fault }: TimedFault): string {
  return JSON.stringify({ atMs, ...fault });
}

function reason(cause: unknown): string {
  if (cause instanceof RunError || cause === undefined) return '';
  return `: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`;
}
