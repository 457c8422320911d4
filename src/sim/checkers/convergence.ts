import type { MemberView } from '../../core/index.ts';
import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

/**
 * While all is quiet, healed partitions included, the views of a cluster are never apart for longer
 * than a bound: neither their checksums nor the lives they count as living. Moments of difference
 * are no offence: a suspicion and its refutation take a while to reach everybody.
 */
export class Convergence implements Checker {
  readonly name = 'convergence';
  readonly #boundMs: number;
  readonly #counters: boolean;
  /** By cluster: when its views last agreed. */
  readonly #agreedAtMs = new Map<string, number>();

  /** `counters`: those must agree as well; not where they are heartbeats, which never do. */
  constructor(options: { readonly boundMs: number; readonly counters?: boolean }) {
    this.#boundMs = options.boundMs;
    this.#counters = options.counters ?? false;
  }

  observe(run: Observed, report: Report): void {
    const { elapsedMs, quietSinceMs } = run;
    for (const [cluster, nodes] of byCluster(run)) {
      const [first] = nodes;
      const checksum = first!.checksum();
      const living = livingIn(first!);
      const others = nodes.filter(
        (node) => node.checksum() !== checksum || !this.#isSame(living, livingIn(node)),
      );
      if (others.length === 0) this.#agreedAtMs.set(cluster, elapsedMs);
      if (quietSinceMs === undefined) continue;
      const sinceMs = Math.max(quietSinceMs, this.#agreedAtMs.get(cluster) ?? 0);
      if (elapsedMs - sinceMs < this.#boundMs) continue;
      for (const { name } of others) report(name, `its view differs from that of ${first!.name}`);
    }
  }

  #isSame(one: Living, other: Living): boolean {
    if (one.size !== other.size) return false;
    for (const [name, { peer, start, counter }] of one) {
      const member = other.get(name);
      if (member?.peer !== peer || member.start !== start) return false;
      if (this.#counters && member.counter !== counter) return false;
    }
    return true;
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

type Living = ReadonlyMap<string, MemberView>;

function livingIn(node: ObservedNode): Living {
  const living = new Map<string, MemberView>();
  for (const member of node.members()) {
    if (member.status === 'alive' || member.status === 'suspect') living.set(member.name, member);
  }
  return living;
}
