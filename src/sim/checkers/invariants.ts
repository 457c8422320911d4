import { BROKEN } from '../../core/index.ts';
import type { Checker, Observed, Report } from './checker.ts';

/** No code has said that an invariant of its own is broken. */
export class Invariants implements Checker {
  readonly name = 'invariants';
  readonly #marks: ReadonlyMap<string, number>;

  /** Those of the run. */
  constructor(marks: ReadonlyMap<string, number>) {
    this.#marks = marks;
  }

  observe(_run: Observed, report: Report): void {
    for (const mark of this.#marks.keys()) {
      if (mark.startsWith(BROKEN)) report('', mark.slice(BROKEN.length));
    }
  }
}
