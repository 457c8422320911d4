import type { Belief } from './adapters/belief.ts';
import type { Trial } from './trial.ts';

/**
 * Counts what was wrongly said of members that are well.
 *
 * One false suspicion or death is one distinct (member, start, counter), declared by anyone while
 * that member was up and had no fault; a view is one healthy node's belief in it.
 */
export class FalseAlarms {
  readonly #trial: Trial;
  readonly #faulty: Uint8Array;
  readonly #suspicions = new Set<string>();
  readonly #deaths = new Set<string>();
  #suspicionViews = 0;
  #deathViews = 0;

  /** Counts from now on. */
  constructor(trial: Trial) {
    this.#trial = trial;
    this.#faulty = new Uint8Array(trial.size);
    trial.watch((viewer, belief) => {
      if (belief !== undefined) this.#hear(viewer, belief);
    });
  }

  /** From now on this node has a fault: it may be accused, and its own beliefs do not count. */
  excuse(node: number): void {
    this.#faulty[node] = 1;
  }

  get counts(): FalseAlarmCounts {
    return {
      falseSuspicions: this.#suspicions.size,
      falseDeaths: this.#deaths.size,
      falseSuspicionViews: this.#suspicionViews,
      falseDeathViews: this.#deathViews,
    };
  }

  #hear(viewer: number, { verdict, name, start, counter }: Belief): void {
    if (verdict !== 'suspect' && verdict !== 'dead') return;
    if (this.#faulty[this.#trial.nodeOf(name)] === 1) return;
    const views = this.#faulty[viewer] === 1 ? 0 : 1;
    const alarm = `${name} ${start} ${counter}`;
    if (verdict === 'suspect') {
      this.#suspicions.add(alarm);
      this.#suspicionViews += views;
    } else {
      this.#deaths.add(alarm);
      this.#deathViews += views;
    }
  }
}

export interface FalseAlarmCounts {
  readonly falseSuspicions: number;
  readonly falseDeaths: number;
  /** How many views changed to it. */
  readonly falseSuspicionViews: number;
  readonly falseDeathViews: number;
}
