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
      if (slot !== view.selfSlot) this.#note(view.roster.fact(slot) as Fact);
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

  /** Whether that life is believed to go on. */
  isLive(nodeId: NodeId): boolean {
    const { roster } = this.#view;
    const slot = roster.slot(this.#names.get(nodeId) ?? '');
    return roster.fact(slot)?.nodeId === nodeId && roster.isLive(slot);
  }

  /** Returns the life that is over or forgotten, if one is. */
  changed(before: Member | undefined, after: Member | undefined): NodeId | undefined {
    if (after !== undefined) this.#note(after);
    if (before === undefined || before.nodeId === after?.nodeId) return undefined;
    if (this.#names.get(before.nodeId) !== before.name) return undefined;
    this.#names.delete(before.nodeId);
    // Liars claim lives of others under names that nobody has: these end, and the life goes on. But
    // who begins anew has ended his life, whoever was once said to have it as well.
    const { roster } = this.#view;
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot) as Fact;
      const isRemembered = after === undefined || roster.isLive(slot);
      if (isRemembered && fact.nodeId === before.nodeId) this.#note(fact);
    }
    return this.#names.has(before.nodeId) ? undefined : before.nodeId;
  }

  clear(): void {
    this.#names.clear();
  }

  /** Whoever claimed a life first has it, as long as he does; this node's own is nobody's. */
  #note({ name, nodeId }: Pick<Fact, 'name' | 'nodeId'>): void {
    const { roster, self } = this.#view;
    if (nodeId === self.fact.nodeId) return;
    const known = this.#names.get(nodeId);
    if (known !== undefined && roster.fact(roster.slot(known))?.nodeId === nodeId) return;
    this.#names.set(nodeId, name);
  }
}
