import { ln, log10 } from '../../core/logarithm.ts';
import { isHard, type Accusation } from '../membership/index.ts';

/**
 * How long a suspicion lasts before it becomes a death.
 *
 * Lifeguard (2017, section IV-B): between Max and Min, shrinking with the logarithm of independent
 * confirmations: max(Min, Max − (Max − Min) · log(C + 1) / log(K + 1)).
 *
 * Beyond it: when enough accusers met more than silence (the member's own host refused, or another
 * life answered there), an eighth of Min, since then only a closed port can make it false, and
 * that the accused refutes at once.
 */
export interface SuspicionOptions {
  readonly intervalMs: number;
  /** α of Min = α · max(1, log10 live) · interval. */
  readonly alpha: number;
  /** β of Max = β · Min; 1 makes it fixed. */
  readonly beta: number;
  /** K: confirmations that bring Max down to Min. */
  readonly confirmations: number;
  /** Whether refusals shorten it. */
  readonly refusal: boolean;
}

/** Min in ms for a view of `live` members. */
export function suspicionMinMs(options: SuspicionOptions, live: number): number {
  return options.alpha * Math.max(1, log10(Math.max(1, live))) * options.intervalMs;
}

/** The whole length in ms of a suspicion with these accusers in a view of `live` members. */
export function suspicionMs(
  options: SuspicionOptions,
  live: number,
  accusers: readonly Accusation[],
): number {
  const minMs = suspicionMinMs(options, live);
  if (options.refusal && isHardlyAccused(accusers, live)) return minMs / HARD_DIVISOR;
  const others = live - 1; // All but the accused.
  // Where too few others live to confirm, nobody need wait for them (as memberlist does).
  const expected = options.confirmations > others - 1 ? 0 : options.confirmations;
  if (expected === 0) return minMs;
  const maxMs = options.beta * minMs;
  const confirmed = Math.max(0, accusers.length - 1);
  const shrunkMs = maxMs - ((maxMs - minMs) * ln(confirmed + 1)) / ln(expected + 1);
  return Math.max(minMs, shrunkMs);
}

/** Whether enough accusers met more than silence: three, or all others if fewer live. */
export function isHardlyAccused(accusers: readonly Accusation[], live: number): boolean {
  // At least one: a node that is leaving counts itself no more.
  return countHard(accusers) >= Math.max(1, Math.min(HARD_ACCUSERS, live - 1));
}

function countHard(accusers: readonly Accusation[]): number {
  let hard = 0;
  for (const { met } of accusers) if (isHard(met)) hard++;
  return hard;
}

/** Three accusers, so that one or two broken paths prove nothing. */
const HARD_ACCUSERS = 3;
/** Measured at N = 100: everyone knows of a crashed process about 3 s after it. */
const HARD_DIVISOR = 8;
