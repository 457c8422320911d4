import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

/**
 * Nobody is believed in who never ran: each name in a view is that of a node of its cluster, and
 * whoever counts as living is met in a life, past or present, that this node had.
 */
export class NoGhosts implements Checker {
  readonly name = 'no-ghosts';
  /** Cluster and name of whoever has run; a node may be another member later. */
  readonly #known = new Set<string>();

  observe(run: Observed, report: Report): void {
    for (const { cluster, member } of run.nodes) this.#known.add(key(cluster, member));
    for (const node of run.nodes) if (node.isUp) this.#look(run, node, report);
  }

  #look(run: Observed, node: ObservedNode, report: Report): void {
    const { cluster, name } = node;
    for (const member of node.members()) {
      if (!this.#known.has(key(cluster, member.name))) {
        report(name, `${member.name} never ran in ${cluster}`);
      } else if (member.status === 'alive' || member.status === 'suspect') {
        const owner = run.ownerOf(member.peer);
        const isOwn = owner?.member === member.name && owner.cluster === cluster;
        if (!isOwn) report(name, `${member.name} is ${member.status} in a life it never had`);
      }
    }
  }
}

function key(cluster: string, member: string): string {
  return JSON.stringify([cluster, member]);
}
