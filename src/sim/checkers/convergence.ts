import type { Checker, Observed, Report } from './checker.ts';

/** When all has been quiet for a time, healed partitions included, all views of a cluster agree. */
export class Convergence implements Checker {
  readonly name = 'convergence';
  readonly #boundMs: number;

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    const { quietSinceMs } = run;
    if (quietSinceMs === undefined || run.elapsedMs - quietSinceMs < this.#boundMs) return;
    const first = new Map<string, { readonly name: string; readonly checksum: number }>();
    for (const node of run.nodes) {
      if (!node.isUp) continue;
      const checksum = node.checksum();
      const other = first.get(node.cluster);
      if (other === undefined) first.set(node.cluster, { name: node.name, checksum });
      else if (other.checksum !== checksum) {
        report(node.name, `its view differs from that of ${other.name}`);
      }
    }
  }
}
