import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

/**
 * Nobody is believed in who never ran: each name in a view is that of a node of its cluster, and
 * whoever counts as living is met in a life, past or present, that this node had.
 *
 * Where lies are told that no key keeps out, a false name counts as living for a bounded time, and
 * as gone until it is forgotten.
 */
export class NoGhosts implements Checker {
  readonly name = 'no-ghosts';
  /** How long a ghost may count as living; undefined: nobody may be known at all who never ran. */
  readonly #boundMs: number | undefined;
  /** By cluster: names of whoever has run; a node may be another member later. */
  readonly #known = new Map<string, Set<string>>();
  /** By view, name and route: since when it has counted as living. */
  #ghosts = new Map<string, number>();

  constructor({ boundMs }: { readonly boundMs?: number } = {}) {
    this.#boundMs = boundMs;
  }

  observe(run: Observed, report: Report): void {
    for (const { cluster, member } of run.nodes) {
      const names = this.#known.get(cluster);
      if (names === undefined) this.#known.set(cluster, new Set([member]));
      else names.add(member);
    }
    const before = this.#ghosts;
    this.#ghosts = new Map();
    for (const node of run.nodes) if (node.isUp) this.#look(run, node, before, report);
  }

  #look(
    run: Observed,
    node: ObservedNode,
    before: ReadonlyMap<string, number>,
    report: Report,
  ): void {
    const { cluster, name } = node;
    const known = this.#known.get(cluster);
    for (const member of node.members()) {
      const isLive = member.status === 'alive' || member.status === 'suspect';
      const isKnown = known?.has(member.name) === true;
      if (!isLive && (isKnown || this.#boundMs !== undefined)) continue;
      const owner = run.ownerOf(member.peer);
      if (isKnown && owner?.member === member.name && owner.cluster === cluster) continue;
      const ghost = JSON.stringify([name, member.name, member.peer]);
      const sinceMs = before.get(ghost) ?? run.elapsedMs;
      this.#ghosts.set(ghost, sinceMs);
      if (this.#boundMs !== undefined) {
        const quietMs = run.elapsedMs - Math.max(sinceMs, run.quietSinceMs ?? Infinity);
        if (quietMs < this.#boundMs) continue;
      }
      if (!isKnown) report(name, `${member.name} never ran in ${cluster}`);
      else report(name, `${member.name} is ${member.status} in a life it never had`);
    }
  }
}
