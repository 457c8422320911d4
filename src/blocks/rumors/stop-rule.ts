/**
 * When a node stops telling a rumor: the rules of Demers et al., "Epidemic Algorithms for
 * Replicated Database Maintenance" (PODC 1987, section 1.4), infect-and-die, and the transmit
 * limit of SWIM's piggybacking.
 *
 * A node tells in rounds. After each round in which a rumor was told, its rule looks at the tally
 * of that round and at the weariness it left behind last time. Rules of feedback need an answer
 * from each node told: did it know the rumor when its round began? Blind rules need none.
 *
 * With one contact a round these are the rules of the paper. With more:
 * - a blind rule decides once a round, so k counts rounds;
 * - a useless contact each throws a coin of feedback; the counter rises once a round if none was
 *   useful, and a useful one sets it to zero (the paper's footnote on pulls);
 * - a round is told whole, so a transmit limit may be exceeded by what its last round tells.
 */
import { UsageError, type Random } from '../../core/index.ts';

export const STOP_RULES = [
  'none',
  'infect-and-die',
  'blind-coin',
  'blind-counter',
  'feedback-coin',
  'feedback-counter',
  'transmit-limited',
] as const;
export type StopRuleName = (typeof STOP_RULES)[number];

export interface StopRule {
  readonly name: StopRuleName;
  /** Null for a rule that has no such parameter. */
  readonly k: number | null;
  /** Whether it must hear from those it tells. */
  readonly needsFeedback: boolean;
  /**
   * How weary a node is of a rumor after a round in which it told it; {@link COOLED}: it is done.
   *
   * @param weariness what the round before left; 0 at first, never above {@link K_MAX}
   */
  afterRound(weariness: number, tally: Tally, random: Random): number;
}

/** What became of one rumor in one round of one node. */
export interface Tally {
  /** Contacts it was told to, at least one. */
  readonly sent: number;
  /** Of these, how many said that it was new to them… */
  readonly useful: number;
  /** …and how many that they knew it. Answers can be lost, so the sum may be below `sent`. */
  readonly useless: number;
}

/** The weariness of a node that tells a rumor no more. */
export const COOLED = -1;

/** Far above any use: with k = 5 one node in a thousand is left out (Demers et al., table 1). */
export const K_MAX = 1000;

/**
 * @param k what the rule counts to, or one over the coin's chance; 1 … 1000
 * @throws UsageError BAD_OPTION
 */
export function stopRule(name: StopRuleName, k?: number): StopRule {
  const needsFeedback = name === 'feedback-coin' || name === 'feedback-counter';
  if (name === 'none') return { name, k: null, needsFeedback, afterRound: () => 0 };
  if (name === 'infect-and-die') {
    return { name, k: null, needsFeedback, afterRound: () => COOLED };
  }
  if (k === undefined || !Number.isInteger(k) || k < 1 || k > K_MAX) {
    throw new UsageError('BAD_OPTION', `k: give ${name} a whole number from 1 to ${K_MAX}`);
  }
  return { name, k, needsFeedback, afterRound: JUDGES[name](k) };
}

type Judge = StopRule['afterRound'];

const JUDGES: Readonly<
  Record<Exclude<StopRuleName, 'none' | 'infect-and-die'>, (k: number) => Judge>
> = {
  'blind-coin': (k) => (weariness, _tally, random) => (random.below(k) === 0 ? COOLED : weariness),

  'blind-counter': (k) => (weariness) => upTo(k, weariness + 1),

  'feedback-coin':
    (k) =>
    (weariness, { useless }, random) => {
      for (let i = 0; i < useless; i++) if (random.below(k) === 0) return COOLED;
      return weariness;
    },

  'feedback-counter':
    (k) =>
    (weariness, { useful, useless }) => {
      if (useful > 0) return 0;
      return useless > 0 ? upTo(k, weariness + 1) : weariness;
    },

  'transmit-limited':
    (k) =>
    (weariness, { sent }) =>
      upTo(k, weariness + sent),
};

function upTo(k: number, count: number): number {
  return count >= k ? COOLED : count;
}
