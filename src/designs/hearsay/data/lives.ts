/** Members by the life they are in: whose state an entry may be, whatever has become of him. */
import type { Fact } from '../../../blocks/membership/index.ts';
import type { NodeId } from '../../../core/index.ts';
import type { Member } from '../events.ts';
import type { View } from '../view.ts';

export class Lives {
  readonly #view: View;
  /** Names of others, by their present lives. */
  readonly #names = new Map<NodeId, string>();

  constructor(view: View) {
    this.#view = view;
    for (const slot of view.roster.slots()) {
      const { name, nodeId } = view.roster.fact(slot) as Fact;
      if (slot !== view.selfSlot) this.#names.set(nodeId, name);
    }
  }

  /** Undefined: nobody of that life is known here. */
  nameOf(nodeId: NodeId): string | undefined {
    const { self } = this.#view;
    return nodeId === self.fact.nodeId ? self.name : this.#names.get(nodeId);
  }

  /** The present life of a name, or the one that is remembered. */
  ofName(name: string): NodeId | undefined {
    const { roster, self } = this.#view;
    if (name === self.name) return self.fact.nodeId;
    return roster.fact(roster.slot(name))?.nodeId;
  }

  /** Returns the life that is over or forgotten, if one is. */
  changed(before: Member | undefined, after: Member | undefined): NodeId | undefined {
    if (after !== undefined) this.#names.set(after.nodeId, after.name);
    if (before === undefined || before.nodeId === after?.nodeId) return undefined;
    // Two names may claim one life; the other one's claim stands.
    if (this.#names.get(before.nodeId) !== before.name) return undefined;
    this.#names.delete(before.nodeId);
    return before.nodeId;
  }

  clear(): void {
    this.#names.clear();
  }
}
