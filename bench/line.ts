/** One line of the benchmark: what was measured on what, beside its target. */
export interface Line {
  readonly what: string;
  /** The load: how many nodes, runs, seeds. */
  readonly on: string;
  readonly measured: string;
  readonly target: string;
  /** Undefined where there is nothing to reach. */
  readonly met?: boolean | undefined;
}

export interface BenchOptions {
  /** A tenth of the runs, to see that it works; its figures mean little. */
  readonly quick: boolean;
}

/** A group of lines, given as they are measured. */
export type Bench = (options: BenchOptions) => Iterable<Line> | AsyncIterable<Line>;

/** Seeds 1 … count; with `quick` a tenth, at least two. */
export function seeds(count: number, { quick }: BenchOptions): number[] {
  return Array.from({ length: quick ? Math.max(2, count / 10) : count }, (_, i) => i + 1);
}

export function seconds(ms: number, digits = 2): string {
  return `${(ms / 1000).toFixed(digits)} s`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
