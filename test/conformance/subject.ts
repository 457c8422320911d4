import type { Address, Design, Env, Membership, Protocol } from '../../src/core/index.ts';
import type { Telling } from '../../src/lab/adapters/belief.ts';

/** What the suite needs of a design beyond the contract. */
export interface Subject<C, M, E extends Telling, S, P extends Protocol<M, E> & Membership> {
  readonly design: Design<C, M, E, S, P>;
  /** Defaults, but for these. */
  config(name: string, seeds: readonly Address[]): C;
  leave(protocol: P, env: Env<M, E>): void;
}
