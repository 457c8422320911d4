/**
 * What rumors must do to be believed: values that others have measured or derived.
 *
 * Rounds until all know: means of thousands of runs of an independent program, and by how much they
 * exceed the formulas of {@link roundsInTheory}. Infect-and-die: derived. Rumor mongering: tables 1
 * and 2 of Demers et al. (1987), table 1 with more digits by another independent program.
 *
 * A measured mean agrees when it differs by at most three standard errors and half of the
 * reference's last digit. What the references' own standard errors were is not known: they are
 * taken as zero, which is the stricter side.
 */
import type { StopRuleName } from '../../blocks/rumors/index.ts';
import { deviation, mean } from '../statistics.ts';
import type { RumorMode } from './kernel.ts';
import { spreadRumors, type RumorMeasure } from './rumor.ts';
import { roundsInTheory } from './theory.ts';

/** A value and the place of its last digit. */
export interface ReferenceValue {
  readonly measure: RumorMeasure;
  readonly value: number;
  readonly lastDigit: number;
}

/** One setting and all that is known of it. */
export interface Reference {
  readonly source: string;
  readonly mode: RumorMode;
  readonly fanout: number;
  readonly stop: StopRuleName;
  readonly k: number | null;
  readonly nodes: number;
  readonly values: readonly ReferenceValue[];
  /** By how much the mean of rounds may exceed the formula. */
  readonly offset?: readonly [number, number];
}

/** A reference beside what was measured. */
export interface Comparison {
  readonly reference: Reference;
  readonly measure: RumorMeasure;
  readonly value: number;
  readonly runs: number;
  readonly measured: number;
  readonly standardError: number;
  /** The most by which they may differ. */
  readonly allowed: number;
  readonly agrees: boolean;
  /** Mean of rounds less the formula, where there is an offset. */
  readonly offset: number | null;
}

const SIZES = [100, 1000, 10_000, 100_000];

const ROUNDS: readonly (readonly [string, RumorMode, number, number[], [number, number]])[] = [
  ['Pittel 1987', 'push', 1, [12.41, 18.08, 23.62, 29.26], [1.1, 1.4]],
  ['Pittel 1987', 'push', 2, [7.42, 10.66, 13.93, 17.24], [0.9, 1.0]],
  ['Pittel 1987', 'push', 3, [5.71, 8.18, 10.59, 13.09], [0.85, 0.95]],
  ['pull', 'pull', 1, [9.92, 13.77, 17.5, 21.13], [0.75, 1.07]],
  ['Karp et al. 2000', 'push-pull', 1, [6.59, 9.15, 11.6, 13.99], [-0.1, 0.2]],
];

/** Residues for fanout 2…5; derived, so with all their digits but for what n leaves open. */
const INFECT_AND_DIE = [0.2032, 0.0595, 0.0198, 0.007];

type Mongering = readonly [residue: number, messages: number, lastTold: number];

/** For k = 1, 2, … */
const FEEDBACK_COUNTER_PUSH: readonly Mongering[] = [
  [0.174, 1.75, 16.8],
  [0.0368, 3.3, 17.0],
  [0.0107, 4.53, 17.3],
  [0.0036, 5.64, 17.6],
  [0.0012, 6.68, 17.7],
];

/** Table 2, with the digits that it has. */
const BLIND_COIN_PUSH: readonly Mongering[] = [
  [0.96, 0.04, 38],
  [0.2, 1.6, 33],
  [0.06, 2.8, 32],
  [0.021, 3.9, 32],
  [0.008, 4.9, 32],
];

export const REFERENCES: readonly Reference[] = [
  ...ROUNDS.flatMap(([source, mode, fanout, means, offset]) =>
    means.map((value, i): Reference => ({
      source,
      mode,
      fanout,
      stop: 'none',
      k: null,
      nodes: SIZES[i]!,
      offset,
      values: [{ measure: 'rounds', value, lastDigit: 0.01 }],
    })),
  ),
  ...INFECT_AND_DIE.map((residue, i): Reference => {
    const fanout = i + 2;
    const messages = Math.round(fanout * (1 - residue) * 1000) / 1000;
    return {
      source: 's = e^(−k(1−s))',
      mode: 'push',
      fanout,
      stop: 'infect-and-die',
      k: null,
      nodes: 100_000,
      values: [
        { measure: 'residue', value: residue, lastDigit: 0.0001 },
        { measure: 'messagesPerNode', value: messages, lastDigit: 0.001 },
      ],
    };
  }),
  ...FEEDBACK_COUNTER_PUSH.map((row, i) =>
    mongering('Demers et al. 1987, table 1', 'feedback-counter', i + 1, row, [
      i === 0 ? 0.001 : 0.0001,
      0.01,
      0.1,
    ]),
  ),
  ...BLIND_COIN_PUSH.map((row, i) =>
    mongering('Demers et al. 1987, table 2', 'blind-coin', i + 1, row, [
      i < 2 ? 0.01 : 0.001,
      i === 0 ? 0.01 : 0.1,
      1,
    ]),
  ),
];

function mongering(
  source: string,
  stop: StopRuleName,
  k: number,
  values: Mongering,
  lastDigits: Mongering,
): Reference {
  const measures = ['residue', 'messagesPerNode', 'lastTold'] as const;
  return {
    source,
    mode: 'push',
    fanout: 1,
    stop,
    k,
    nodes: 1000,
    values: measures.map((measure, i) => ({
      measure,
      value: values[i]!,
      lastDigit: lastDigits[i]!,
    })),
  };
}

/** Runs a setting and holds it against what is known. */
export function compare(reference: Reference, runs: number, seed: number): Comparison[] {
  const { mode, fanout, stop, k, nodes } = reference;
  const { values } = spreadRumors({ mode, fanout, stop, k: k ?? undefined, nodes, runs, seed });
  return reference.values.map(({ measure, value, lastDigit }) => {
    const measured = mean(values[measure]);
    const standardError = deviation(values[measure]) / Math.sqrt(runs);
    const allowed = 3 * standardError + lastDigit / 2;
    const formula = reference.offset && roundsInTheory(mode, fanout, nodes);
    return {
      reference,
      measure,
      value,
      runs,
      measured,
      standardError,
      allowed,
      agrees: Math.abs(measured - value) <= allowed,
      offset: formula === undefined ? null : measured - formula.value,
    };
  });
}

/** Enough runs that errors are small against what is told apart, and few enough to wait for. */
export function runsFor({ nodes }: Reference): number {
  if (nodes <= 1000) return 300;
  return nodes <= 10_000 ? 60 : 20;
}
