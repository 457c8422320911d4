import {
  healthyFor,
  type Checker,
  type Observed,
  type ObservedNode,
  type Report,
} from './checker.ts';

/**
 * Accuracy (Chandra and Toueg 1996): no healthy view counts a healthy member as dead. Both are
 * given some time after their last trouble. Whoever has not been let in yet may be remembered by a
 * past life that is dead.
 */
export class Accuracy implements Checker {
  readonly name = 'accuracy';
  readonly #graceMs: number;

  constructor(options: { readonly graceMs: number }) {
    this.#graceMs = options.graceMs;
  }

  observe(run: Observed, report: Report): void {
    const healthy = healthyFor(run, this.#graceMs);
    const members = new Map(healthy.map((node) => [node.member, node]));
    // Where two nodes claim one name, it may be the other one that is dead.
    for (const node of run.nodes) {
      if (node.isUp && members.get(node.member) !== node) members.delete(node.member);
    }
    for (const node of healthy) {
      for (const { name, peer, status } of node.members()) {
        if (status !== 'dead') continue;
        const member = members.get(name);
        if (member?.cluster !== node.cluster) continue;
        if (member.self !== peer && !isMember(member)) continue;
        report(node.name, `${name} is dead, though nothing was wrong with it`);
      }
    }
  }
}

function isMember(node: ObservedNode): boolean {
  for (const { peer } of node.members()) if (peer === node.self) return true;
  return false;
}
