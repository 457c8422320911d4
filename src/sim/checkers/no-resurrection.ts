import type { MemberView, Peer } from '../../core/index.ts';
import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

interface Memory {
  /** Whose memory: a new life of the node has none. */
  readonly self: Peer;
  /** By name: what was last dead, departed or evicted. */
  readonly ended: Map<string, MemberView>;
}

/**
 * Whom a view counted as dead, departed or evicted comes back only by something newer: a later
 * life, or in that life a higher counter.
 */
export class NoResurrection implements Checker {
  readonly name = 'no-resurrection';
  readonly #memories = new Map<string, Memory>();

  observe(run: Observed, report: Report): void {
    for (const node of run.nodes) if (node.isUp) this.#look(node, report);
  }

  #look(node: ObservedNode, report: Report): void {
    let memory = this.#memories.get(node.name);
    if (memory?.self !== node.self) {
      memory = { self: node.self, ended: new Map() };
      this.#memories.set(node.name, memory);
    }
    for (const member of node.members()) {
      if (member.status !== 'alive' && member.status !== 'suspect') {
        memory.ended.set(member.name, member);
        continue;
      }
      const ended = memory.ended.get(member.name);
      if (ended === undefined || isNewer(member, ended)) continue;
      const life = `start ${member.start}, counter ${member.counter}`;
      report(node.name, `${member.name} is ${member.status} again after ${ended.status}, ${life}`);
    }
  }
}

function isNewer(member: MemberView, ended: MemberView): boolean {
  if (member.start !== ended.start) return member.start > ended.start;
  return member.counter > ended.counter;
}
