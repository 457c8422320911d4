/**
 * How well this node itself seems to be: Lifeguard's local health multiplier (Dadgar, Phillips and
 * Currey 2017, section IV-A).
 *
 * The score rises when this node's probes fail without its helpers' NACKs, or when others suspect
 * it, and falls with each probe that succeeds. Probe interval and timeout are multiplied by
 * score + 1, so that a node that is itself slow accuses others less.
 */
export class LocalHealth {
  readonly #scoreMax: number;
  #score = 0;

  /** @param scoreMax S of the paper, 8 there; 0 switches it off */
  constructor(scoreMax: number) {
    this.#scoreMax = scoreMax;
  }

  /** 0 (well) … scoreMax. */
  get score(): number {
    return this.#score;
  }

  /** 1 … scoreMax + 1. */
  get multiplier(): number {
    return this.#score + 1;
  }

  /** Worse by `points`, better by a negative number. */
  change(points: number): void {
    this.#score = Math.min(this.#scoreMax, Math.max(0, this.#score + points));
  }
}
