import type { MemberView } from '../../core/index.ts';
import {
  healthyFor,
  type Checker,
  type Observed,
  type ObservedNode,
  type Report,
} from './checker.ts';

interface Suspected {
  readonly member: MemberView;
  readonly sinceMs: number;
}

/**
 * A suspicion ends, one way or the other: no healthy view suspects one life at one counter for
 * longer than a bound.
 */
export class NoStuckSuspicion implements Checker {
  readonly name = 'no-stuck-suspicion';
  readonly #boundMs: number;
  /** By node, then by member. */
  #suspected = new Map<string, Map<string, Suspected>>();

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    const suspected = new Map<string, Map<string, Suspected>>();
    for (const node of healthyFor(run, 0)) {
      suspected.set(node.name, this.#look(run.elapsedMs, node, report));
    }
    this.#suspected = suspected;
  }

  #look(nowMs: number, node: ObservedNode, report: Report): Map<string, Suspected> {
    const before = this.#suspected.get(node.name);
    const suspected = new Map<string, Suspected>();
    for (const member of node.members()) {
      if (member.status !== 'suspect') continue;
      const known = before?.get(member.name);
      const isSame = known !== undefined && isSameClaim(known.member, member);
      const sinceMs = isSame ? Math.max(known.sinceMs, node.healthySinceMs!) : nowMs;
      suspected.set(member.name, { member, sinceMs });
      if (nowMs - sinceMs > this.#boundMs) {
        report(node.name, `${member.name} has been suspect since ${sinceMs} ms`);
      }
    }
    return suspected;
  }
}

function isSameClaim(a: MemberView, b: MemberView): boolean {
  return a.peer === b.peer && a.start === b.start && a.counter === b.counter;
}
