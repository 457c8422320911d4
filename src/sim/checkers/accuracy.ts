import type { Peer } from '../../core/index.ts';
import {
  healthyFor,
  type Checker,
  type Observed,
  type ObservedNode,
  type Report,
} from './checker.ts';

/**
 * Accuracy (Chandra and Toueg 1996): no healthy view counts a healthy member as dead. Both are
 * given some time after their last trouble. Whoever has not been let in for as long may be
 * remembered by a past life that is dead.
 */
export class Accuracy implements Checker {
  readonly name = 'accuracy';
  readonly #graceMs: number;
  /** By life: when it was first seen to be let in. */
  readonly #admittedMs = new Map<Peer, number>();

  constructor(options: { readonly graceMs: number }) {
    this.#graceMs = options.graceMs;
  }

  observe(run: Observed, report: Report): void {
    for (const node of run.nodes) {
      if (node.isUp && !this.#admittedMs.has(node.self) && isMember(node)) {
        this.#admittedMs.set(node.self, run.elapsedMs);
      }
    }
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
        if (member.self !== peer && !this.#isSettled(run, member)) continue;
        report(node.name, `${name} is dead, though nothing was wrong with it`);
      }
    }
  }

  /** Whether it was let in so long ago that its past lives are no excuse. */
  #isSettled({ elapsedMs }: Observed, { self }: ObservedNode): boolean {
    return elapsedMs - (this.#admittedMs.get(self) ?? elapsedMs) >= this.#graceMs;
  }
}

function isMember(node: ObservedNode): boolean {
  for (const { peer } of node.members()) if (peer === node.self) return true;
  return false;
}
