/**
 * Which symbols a fact is in: place i with probability ρ(i) = 1/(1 + i/2), by one draw a step.
 *
 * The paper (see symbols.ts) approximates the step; the exact one is as cheap. From place i, the
 * next is beyond i + g with probability Π (1 − ρ) = (i+1)(i+2) / ((i+g+1)(i+g+2)), and a square
 * root inverts that. The draws are a Weyl sequence with a start and a step of the fact's own, both
 * from its salted digest, scrambled by murmur3's finaliser.
 */
import { mix32 } from '../../core/index.ts';

/** Words of a symbol: the xor of salted digests (4) and of marks (2), and the signed count. */
export const SYMBOL_WORDS = 7;

/** Where the count is. */
export const COUNT = 6;

/** The share of facts that symbol `place` sums up. */
export function density(place: number): number {
  return 1 / (1 + place / 2);
}

/** The place after `place` that 32 random bits give; at most `PLACE_MAX`. */
export function nextPlace(place: number, bits: number): number {
  const share = (bits + 0.5) / 2 ** 32;
  const product = ((place + 1) * (place + 2)) / share;
  const next = Math.ceil((Math.sqrt(1 + 4 * product) - 1) / 2) - 1;
  return next > place ? Math.min(next, PLACE_MAX) : place + 1;
}

/** Farther than any symbol that is ever made. */
const PLACE_MAX = 2 ** 32 - 1;

/**
 * Adds a fact to its symbols from place `first` on (sign 1), or takes it out (−1), and tells its
 * first place from `to` on. `salted` holds the fact's eight words at `at`; the state of its draws
 * is one of them. `touched` gets each place.
 */
export function spread(
  salted: Int32Array,
  at: number,
  first: number,
  to: number,
  symbols: Int32Array,
  sign: number,
  touched?: number[],
): number {
  // Each of them by name: a loop over them would be most of a session's work.
  const w0 = salted[at]!;
  const w1 = salted[at + 1]!;
  const w2 = salted[at + 2]!;
  const w3 = salted[at + 3]!;
  const w4 = salted[at + 4]!;
  const w5 = salted[at + 5]!;
  const step = salted[at + STEP]! | 1; // An even one would repeat itself too soon.
  let state = salted[at + STATE]!;
  let place = first;
  while (place < to) {
    const symbol = place * SYMBOL_WORDS;
    symbols[symbol]! ^= w0;
    symbols[symbol + 1]! ^= w1;
    symbols[symbol + 2]! ^= w2;
    symbols[symbol + 3]! ^= w3;
    symbols[symbol + 4]! ^= w4;
    symbols[symbol + 5]! ^= w5;
    symbols[symbol + COUNT]! += sign;
    touched?.push(place);
    state = (state + step) | 0;
    place = nextPlace(place, mix32(state));
  }
  salted[at + STATE] = state;
  return place;
}

/** Where the two words are that a fact's draws come from. */
const STATE = 6;
const STEP = 7;
