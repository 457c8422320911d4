import { milliseconds } from './statistics.ts';
import type { Trial } from './trial.ts';

/**
 * Follows one member that stops: when it is first suspected, first declared dead, and dead in
 * every view that counts. Times are ms from the stop; null: not yet.
 */
export class LastSeen {
  readonly node: number;
  readonly #trial: Trial;
  readonly #stoppedMs: number;
  readonly #viewers: ReadonlySet<number>;
  readonly #believers = new Set<number>();
  firstSuspectedMs: number | null = null;
  firstDeadMs: number | null = null;
  allDeadMs: number | null = null;

  /** Of a member that stops now; `viewers` are those whose views count. */
  constructor(trial: Trial, node: number, viewers: ReadonlySet<number>) {
    this.node = node;
    this.#trial = trial;
    this.#stoppedMs = trial.elapsedMs;
    this.#viewers = viewers;
    const name = trial.nameOf(node);
    trial.watch((viewer, belief) => {
      if (belief?.name === name) this.#hear(viewer, belief.verdict);
    });
  }

  #hear(viewer: number, verdict: string): void {
    const ms = milliseconds(this.#trial.elapsedMs - this.#stoppedMs);
    if (verdict === 'suspect') {
      this.firstSuspectedMs ??= ms;
    } else if (verdict === 'dead') {
      this.firstDeadMs ??= ms;
      if (this.#viewers.has(viewer)) this.#believers.add(viewer);
      if (this.#believers.size === this.#viewers.size) this.allDeadMs ??= ms;
    } else {
      this.#believers.delete(viewer);
    }
  }
}
