/** A firewall drops what it does not let through, or answers for the receiver and rejects it. */
export type CutMode = 'drop' | 'reject';

interface Cut<Place> {
  /** Whether traffic from one place to another is stopped. */
  readonly stops: (from: Place, to: Place) => boolean;
  readonly mode: CutMode;
}

/** Places of no group listed: together one more. */
const REST = -1;

/**
 * Which places cannot reach which: any number of cuts at a time, each by a name. A cut separates
 * groups, or stops one direction only, or parts single pairs.
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
    const stops = (from: Place, to: Place): boolean =>
      (group.get(from) ?? REST) !== (group.get(to) ?? REST);
    this.#cuts.set(name, { stops, mode });
  }

  /** Stops what any of the first sends to any of the second; the way back stays open. */
  cutOneWay(name: string, from: readonly Place[], to: readonly Place[], mode: CutMode): void {
    const senders = new Set(from);
    const receivers = new Set(to);
    const stops = (a: Place, b: Place): boolean => senders.has(a) && receivers.has(b);
    this.#cuts.set(name, { stops, mode });
  }

  /** Parts the two of each pair, who may still reach each other by way of others. */
  cutPairs(name: string, pairs: readonly (readonly [Place, Place])[], mode: CutMode): void {
    const partners = new Map<Place, Set<Place>>();
    const part = (a: Place, b: Place): void => {
      const known = partners.get(a);
      if (known === undefined) partners.set(a, new Set([b]));
      else known.add(b);
    };
    for (const [a, b] of pairs) {
      part(a, b);
      part(b, a);
    }
    const stops = (a: Place, b: Place): boolean => partners.get(a)?.has(b) ?? false;
    this.#cuts.set(name, { stops, mode });
  }

  /** Takes back one cut, or all. */
  heal(name?: string): void {
    if (name === undefined) this.#cuts.clear();
    else this.#cuts.delete(name);
  }

  /** What happens to traffic on its way; dropping wins. Undefined: it passes. */
  between(from: Place, to: Place): CutMode | undefined {
    let found: CutMode | undefined;
    for (const { stops, mode } of this.#cuts.values()) {
      if (!stops(from, to)) continue;
      if (mode === 'drop') return mode;
      found = mode;
    }
    return found;
  }
}
