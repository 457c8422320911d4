/** Many rumors of one kind, and what they have in common: `hearsay sim rumor`. */
import { stopRule, type StopRuleName } from '../../blocks/rumors/index.ts';
import { UsageError } from '../../core/index.ts';
import { deviation, mean } from '../statistics.ts';
import { RumorKernel, type RumorMode } from './kernel.ts';

export interface RumorOptions {
  readonly mode: RumorMode;
  /** Contacts of a node in each round. */
  readonly fanout: number;
  readonly stop: StopRuleName;
  /** Of the stop rule, where it has such a parameter. */
  readonly k?: number | undefined;
  readonly nodes: number;
  /** With seeds s, s + 1, … */
  readonly runs: number;
  readonly seed: number;
}

/** What did not happen is null. */
export interface RumorResult {
  readonly mode: RumorMode;
  readonly fanout: number;
  readonly stop: StopRuleName;
  readonly k: number | null;
  readonly nodes: number;
  readonly runs: number;
  /** Until all know where the stop rule is `none`, else until nobody is hot. */
  readonly roundsMean: number;
  readonly roundsSd: number | null;
  readonly roundsMax: number;
  /** The share of nodes that were never told. */
  readonly residueMean: number;
  /** Transmissions of the rumor. */
  readonly messagesPerNodeMean: number;
  /** The round in which the last node that ever knew was told. */
  readonly lastToldMean: number;
}

/** One number of each run. */
export type RumorMeasure = 'rounds' | 'lastTold' | 'residue' | 'messagesPerNode';

export interface RumorSample {
  readonly result: RumorResult;
  readonly values: Readonly<Record<RumorMeasure, Float64Array>>;
  /** The mean share of nodes that know, at the start and after each round. */
  readonly known: readonly number[];
}

/** @param onRun called after each run */
export function spreadRumors(options: RumorOptions, onRun?: () => void): RumorSample {
  const { mode, fanout, stop, nodes, runs, seed } = options;
  for (const [name, value] of Object.entries({ fanout, nodes, runs })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError('BAD_OPTION', `${name}: give a whole number from 1, not ${value}`);
    }
  }
  const rule = stopRule(stop, options.k);
  const kernel = new RumorKernel({ mode, fanout, rule, nodes });
  const values = {
    rounds: new Float64Array(runs),
    lastTold: new Float64Array(runs),
    residue: new Float64Array(runs),
    messagesPerNode: new Float64Array(runs),
  };
  /** How many are told in each round, in all runs together. */
  const told: number[] = [];
  for (let i = 0; i < runs; i++) {
    const run = kernel.run(seed + i);
    values.rounds[i] = run.rounds;
    values.lastTold[i] = run.lastTold;
    values.residue[i] = run.residue;
    values.messagesPerNode[i] = run.messages / nodes;
    for (const [round, known] of run.known.entries()) {
      told[round] = (told[round] ?? 0) + known - (run.known[round - 1] ?? 0);
    }
    onRun?.();
  }
  let sum = 0;
  const known = told.map((count) => (sum += count) / runs / nodes);
  const result: RumorResult = {
    mode,
    fanout,
    stop,
    k: rule.k,
    nodes,
    runs,
    roundsMean: mean(values.rounds),
    roundsSd: runs < 2 ? null : deviation(values.rounds),
    roundsMax: values.rounds.reduce((most, value) => Math.max(most, value), 0),
    residueMean: mean(values.residue),
    messagesPerNodeMean: mean(values.messagesPerNode),
    lastToldMean: mean(values.lastTold),
  };
  return { result, values, known };
}

/** `hearsay sim rumor`: the same options and seed, the same result. */
export function rumor(options: RumorOptions): RumorResult {
  return spreadRumors(options).result;
}
