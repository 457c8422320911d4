import type { Checker, Observed, Report } from './checker.ts';

/**
 * What a node holds stays within what its design says is the most, and its pending timers within a
 * number: they are never cancelled, so a design that sets too many fills the machine.
 */
export class Bounded implements Checker {
  readonly name = 'bounded';
  readonly #timersMax: number;

  constructor(options: { readonly timersMax: number }) {
    this.#timersMax = options.timersMax;
  }

  observe(run: Observed, report: Report): void {
    for (const node of run.nodes) {
      if (!node.isUp) continue;
      for (const { what, count, countMax } of node.holdings()) {
        if (count > countMax) report(node.name, `it holds more than ${countMax} ${what}`);
      }
      if (node.timers() > this.#timersMax) {
        report(node.name, `more than ${this.#timersMax} timers are pending`);
      }
    }
  }
}
