import type { Status } from '../../core/index.ts';
import type { Accusation } from './accusation.ts';
import type { Fact } from './fact.ts';

/**
 * What travels about one member: its own facts and what is observed of it.
 *
 * Immutable: one object is shared by all views that believe it and by all packets that carry it.
 */
export interface News {
  readonly fact: Fact;
  readonly status: Status;
  /** Of a suspicion or a death: who accused, at most K + 1. Else empty. */
  readonly accusers: readonly Accusation[];
  /** How long ago the member died or left, in ms, when this was written; 0 for the living. */
  readonly ageMs: number;
}

/** Of an age: some 35 years. Nobody remembers for so long, and it may still grow without harm. */
export const AGE_MS_MAX = 2 ** 40;

export const NO_ACCUSERS: readonly Accusation[] = [];

/** News that a member itself spreads. */
export function aliveNews(fact: Fact): News {
  return { fact, status: 'alive', accusers: NO_ACCUSERS, ageMs: 0 };
}
