/** A firewall drops what it does not let through, or answers for the receiver and rejects it. */
export type CutMode = 'drop' | 'reject';

interface Cut<Place> {
  readonly group: ReadonlyMap<Place, number>;
  readonly mode: CutMode;
}

/** Places of no group listed: together one more. */
const REST = -1;

/**
 * Which places cannot reach each other: any number of partitions at a time, each by a name.
 *
 * Both directions are cut alike; a partial cut is a partition of some places with the rest left
 * out of a second one.
 */
export class Cuts<Place> {
  readonly #cuts = new Map<string, Cut<Place>>();

  get size(): number {
    return this.#cuts.size;
  }

  /** Separates the groups from one another and from the rest; replaces a cut of the same name. */
  cut(name: string, groups: readonly (readonly Place[])[], mode: CutMode): void {
    const group = new Map<Place, number>();
    for (const [i, places] of groups.entries()) for (const place of places) group.set(place, i);
    this.#cuts.set(name, { group, mode });
  }

  /** Takes back one cut, or all. */
  heal(name?: string): void {
    if (name === undefined) this.#cuts.clear();
    else this.#cuts.delete(name);
  }

  /** What happens to traffic between two places; dropping wins. Undefined: it passes. */
  between(a: Place, b: Place): CutMode | undefined {
    let found: CutMode | undefined;
    for (const { group, mode } of this.#cuts.values()) {
      if ((group.get(a) ?? REST) === (group.get(b) ?? REST)) continue;
      if (mode === 'drop') return mode;
      found = mode;
    }
    return found;
  }
}
