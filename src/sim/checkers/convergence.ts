import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

/**
 * While all is quiet, healed partitions included, the views of a cluster are never apart for longer
 * than a bound. Moments of difference are no offence: a suspicion and its refutation take a while
 * to reach everybody.
 */
export class Convergence implements Checker {
  readonly name = 'convergence';
  readonly #boundMs: number;
  /** By cluster: when its views last agreed. */
  readonly #agreedAtMs = new Map<string, number>();

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    const { elapsedMs, quietSinceMs } = run;
    for (const [cluster, nodes] of byCluster(run)) {
      const [first] = nodes;
      const checksum = first!.checksum();
      const others = nodes.filter((node) => node.checksum() !== checksum);
      if (others.length === 0) this.#agreedAtMs.set(cluster, elapsedMs);
      if (quietSinceMs === undefined) continue;
      const sinceMs = Math.max(quietSinceMs, this.#agreedAtMs.get(cluster) ?? 0);
      if (elapsedMs - sinceMs < this.#boundMs) continue;
      for (const { name } of others) report(name, `its view differs from that of ${first!.name}`);
    }
  }
}

function byCluster(run: Observed): Map<string, ObservedNode[]> {
  const clusters = new Map<string, ObservedNode[]>();
  for (const node of run.nodes) {
    if (!node.isUp) continue;
    const nodes = clusters.get(node.cluster);
    if (nodes === undefined) clusters.set(node.cluster, [node]);
    else nodes.push(node);
  }
  return clusters;
}
