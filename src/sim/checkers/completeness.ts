import { healthyFor, type Checker, type Observed, type Report } from './checker.ts';

/**
 * Strong completeness (Chandra and Toueg 1996) with a bound: some time after a process is gone no
 * healthy view counts it as living, suspect or not.
 */
export class Completeness implements Checker {
  readonly name = 'completeness';
  readonly #boundMs: number;

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    const gone = new Map<string, number>();
    for (const { member, downSinceMs = Infinity } of run.nodes) {
      gone.set(member, Math.max(downSinceMs, gone.get(member) ?? 0));
    }
    for (const [member, sinceMs] of gone) {
      if (run.elapsedMs - sinceMs < this.#boundMs) gone.delete(member);
    }
    if (gone.size === 0) return;
    for (const node of healthyFor(run, this.#boundMs)) {
      for (const { name, status } of node.members()) {
        if (status !== 'alive' && status !== 'suspect') continue;
        const sinceMs = gone.get(name);
        if (sinceMs !== undefined) report(node.name, `${name} is ${status}, gone at ${sinceMs} ms`);
      }
    }
  }
}
