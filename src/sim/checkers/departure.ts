import type { Peer } from '../../core/index.ts';
import {
  healthyFor,
  type Checker,
  type Observed,
  type ObservedNode,
  type Report,
} from './checker.ts';

/**
 * Who has said goodbye, and was well until then, is not taken for failed: of several healthy views
 * that remember that life not all count it as dead.
 */
export class Departure implements Checker {
  readonly name = 'departure';
  readonly #boundMs: number;
  /** Lives that were well for so long when last seen. */
  #well = new Set<Peer>();
  readonly #departed = new Map<Peer, string>();

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    for (const node of run.nodes) this.#note(run, node);
    this.#well = new Set(healthyFor(run, this.#boundMs).map(({ self }) => self));
    for (const [peer, name] of this.#departed) this.#look(run, peer, name, report);
  }

  #note(run: Observed, { self, member, isUp, stopReason, downSinceMs }: ObservedNode): void {
    const wasWell = this.#well.has(self) && run.quietSinceMs === downSinceMs;
    if (!isUp && stopReason === 'left' && wasWell) this.#departed.set(self, member);
  }

  #look(run: Observed, peer: Peer, name: string, report: Report): void {
    const views = healthyFor(run, this.#boundMs).map((node) => ({
      node,
      status: statusOf(node, peer),
    }));
    const dead = views.filter(({ status }) => status === 'dead');
    if (dead.length < 2 || views.some(({ status }) => status !== undefined && status !== 'dead')) {
      return;
    }
    report(dead[0]!.node.name, `${name} is dead, though it has left`);
  }
}

function statusOf(node: ObservedNode, peer: Peer): string | undefined {
  for (const member of node.members()) if (member.peer === peer) return member.status;
  return undefined;
}
