/**
 * What theory says of a rumor among n nodes in synchronous rounds with uniform choice.
 *
 * Rounds until all know: Pittel (1987) for push, its kin for pull, Karp et al. (2000) for
 * push-pull; all up to a constant. Residue: infect-and-die leaves s = e^(−k(1−s)), since who is
 * missed by all of the k(1−s)·n messages is so with that chance; by the same argument any push
 * leaves s = e^(−m) for m messages a node (Demers et al. 1987, section 1.4).
 */
import { exp, ln, log2 } from '../../core/index.ts';
import type { StopRuleName } from '../../blocks/rumors/index.ts';
import type { RumorMode } from './kernel.ts';

export interface Prediction {
  readonly value: number;
  readonly formula: string;
}

/** Rounds until all know, but for a constant; undefined: no formula. */
export function roundsInTheory(
  mode: RumorMode,
  fanout: number,
  nodes: number,
): Prediction | undefined {
  if (nodes < 3) return undefined; // ln ln n has no meaning.
  if (mode === 'push') {
    const value = ln(nodes) / ln(fanout + 1) + ln(nodes) / fanout;
    const share = fanout === 1 ? '' : ` / ${fanout}`;
    return { value, formula: `log${fanout + 1} n + ln n${share}` };
  }
  if (fanout !== 1) return undefined;
  if (mode === 'pull') {
    return { value: log2(nodes) + log2(ln(nodes)), formula: 'log2 n + log2 ln n' };
  }
  return { value: ln(nodes) / ln(3) + log2(ln(nodes)), formula: 'log3 n + log2 ln n' };
}

/**
 * The share of nodes that a push never reaches; undefined: no formula.
 *
 * @param messagesPerNode as measured
 */
export function residueInTheory(
  mode: RumorMode,
  fanout: number,
  stop: StopRuleName,
  messagesPerNode: number,
): Prediction | undefined {
  if (mode !== 'push' || stop === 'none') return undefined;
  if (stop === 'infect-and-die') {
    return { value: fixedPoint(fanout), formula: `s = e^(−${fanout}(1−s))` };
  }
  return { value: exp(-messagesPerNode), formula: 'e^(−messages/node)' };
}

/** Messages a node under infect-and-die: whoever is told tells k. */
export function infectAndDieMessages(fanout: number): number {
  return fanout * (1 - fixedPoint(fanout));
}

/** The smallest s with s = e^(−factor·(1−s)), by iteration from 0, which rises to it. */
export function fixedPoint(factor: number): number {
  if (factor <= 1) return 1;
  let s = 0;
  for (let next = exp(-factor); next > s; next = exp(-factor * (1 - s))) s = next;
  return s;
}
