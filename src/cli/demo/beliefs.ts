import type { Notice } from '../../agent/control.ts';
import type { NodeId, Status } from '../../core/index.ts';

/** What one node thinks of another. */
export interface Belief {
  readonly status: Status;
  /** Of which life. */
  readonly nodeId: NodeId;
}

/** Who believes what of whom: gathered from what the agents tell. */
export class Beliefs {
  readonly #views = new Map<string, Map<string, Belief>>();

  /** Takes in what `observer` tells. */
  hear(observer: string, notice: Notice): void {
    if (notice.type === 'snapshot') {
      this.#views.set(observer, new Map(notice.members.map((member) => [member.name, member])));
    } else if ('member' in notice) {
      this.#views.get(observer)?.set(notice.member.name, notice.member);
    }
  }

  /** The observer's process has ended: it believes nothing. */
  forget(observer: string): void {
    this.#views.delete(observer);
  }

  of(observer: string, subject: string): Belief | undefined {
    return this.#views.get(observer)?.get(subject);
  }

  /** How many of the observers believe that this life of the subject has this status. */
  count(observers: Iterable<string>, subject: string, nodeId: NodeId, status: Status): number {
    let count = 0;
    for (const observer of observers) {
      const belief = this.of(observer, subject);
      if (belief?.nodeId === nodeId && belief.status === status) count++;
    }
    return count;
  }

  /** Whether the observer knows all of these lives to be alive. */
  knowsAll(observer: string, lives: ReadonlyMap<string, NodeId>): boolean {
    for (const [name, nodeId] of lives) {
      const belief = this.of(observer, name);
      if (belief?.nodeId !== nodeId || belief.status !== 'alive') return false;
    }
    return true;
  }
}
