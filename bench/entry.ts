import type { Line } from './line.ts';

/** A record of one group: a line of `bench/history.jsonl`. */
export interface Entry {
  readonly group: string;
  /** The commit that was measured; `+` behind it: with changes that were not committed. */
  readonly commit: string;
  /** Day. */
  readonly date: string;
  /** The machine and its load before. */
  readonly machine: string;
  /** How long it took; not known of the oldest records. */
  readonly seconds?: number;
  readonly lines: readonly Line[];
}
