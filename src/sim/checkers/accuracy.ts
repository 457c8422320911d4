import { healthyFor, type Checker, type Observed, type Report } from './checker.ts';

/**
 * Accuracy (Chandra and Toueg 1996): no healthy view counts a healthy member as dead. Both are
 * given some time after their last trouble.
 */
export class Accuracy implements Checker {
  readonly name = 'accuracy';
  readonly #graceMs: number;

  constructor(options: { readonly graceMs: number }) {
    this.#graceMs = options.graceMs;
  }

  observe(run: Observed, report: Report): void {
    const healthy = healthyFor(run, this.#graceMs);
    const clusters = new Map(healthy.map(({ member, cluster }) => [member, cluster]));
    // Where two nodes claim one name, it may be the other one that is dead.
    for (const node of run.nodes) {
      if (node.isUp && !healthy.includes(node)) clusters.delete(node.member);
    }
    for (const node of healthy) {
      for (const { name, status } of node.members()) {
        if (status === 'dead' && clusters.get(name) === node.cluster) {
          report(node.name, `${name} is dead, though nothing was wrong with it`);
        }
      }
    }
  }
}
