import type { MemberView, Peer } from '../../core/index.ts';
import type { Checker, Observed, ObservedNode, Report } from './checker.ts';

/** Whom a view counted as dead, departed or evicted. */
interface Ended {
  readonly member: MemberView;
  /** Its certificate has been given up since. */
  forgotten: boolean;
  /** The life that came back rightly, also when that has ended since. */
  heir?: Peer;
}

interface Memory {
  /** Whose memory: a new life of the node has none. */
  readonly self: Peer;
  forgettings: number;
  readonly ended: Map<string, Ended>;
}

/**
 * Whom a view counted as dead, departed or evicted comes back only by something newer: a later
 * life, or in that life a higher counter. Once the view has forgotten it, also by being alive.
 */
export class NoResurrection implements Checker {
  readonly name = 'no-resurrection';
  readonly #memories = new Map<string, Memory>();
  /** Those that lived at the last look. */
  #lived: ReadonlySet<Peer> = new Set();

  observe(run: Observed, report: Report): void {
    const up = run.nodes.filter(({ isUp }) => isUp);
    const living = new Set(up.map(({ self }) => self));
    const lately = new Set([...this.#lived, ...living]);
    this.#lived = living;
    for (const node of up) this.#look(node, lately, report);
  }

  #look(node: ObservedNode, living: ReadonlySet<Peer>, report: Report): void {
    let memory = this.#memories.get(node.name);
    if (memory?.self !== node.self) {
      memory = { self: node.self, forgettings: node.forgettings, ended: new Map() };
      this.#memories.set(node.name, memory);
    }
    if (memory.forgettings !== node.forgettings) {
      memory.forgettings = node.forgettings; // Between two looks it may have forgotten any.
      for (const ended of memory.ended.values()) ended.forgotten = true;
    }
    const unseen = new Map(memory.ended);
    for (const member of node.members()) {
      unseen.delete(member.name);
      if (member.status !== 'alive' && member.status !== 'suspect') {
        memory.ended.set(member.name, { member, forgotten: false });
        continue;
      }
      const ended = memory.ended.get(member.name);
      if (ended === undefined || isNewer(member, ended.member)) continue;
      const isAllowed = ended.forgotten || isTwin(member, ended.member);
      if (isAllowed && living.has(member.peer)) ended.heir = member.peer;
      if (ended.heir === member.peer) continue;
      const life = `start ${member.start}, counter ${member.counter}`;
      const before = ended.member.status;
      report(node.name, `${member.name} is ${member.status} again after ${before}, ${life}`);
    }
    for (const ended of unseen.values()) ended.forgotten = true;
  }
}

function isNewer(member: MemberView, ended: MemberView): boolean {
  if (member.start !== ended.start) return member.start > ended.start;
  return member.counter > ended.counter;
}

/** Two lives that were each raised above the same past begin at the same time. */
function isTwin(member: MemberView, ended: MemberView): boolean {
  return member.start === ended.start && member.peer !== ended.peer;
}
