/** A node's facts as the strategies need them: by digest, by owner and version, and all. */
import { FactSet } from '../fact-set.ts';

/** Something that its owner said, under a version that rises by one with each. */
export interface Fact {
  /** A small number: nodes are known by interned identities. */
  readonly owner: number;
  /** 1 and up. */
  readonly version: number;
  /** On the wire. */
  readonly bytes: number;
  readonly digest: Uint8Array;
}

export class Replica {
  readonly set = new FactSet();
  readonly #bySlot: Fact[] = [];
  /** By owner, then by version − 1. */
  readonly #byOwner = new Map<number, Fact[]>();
  #bytes = 0;

  constructor(facts: Iterable<Fact> = []) {
    for (const fact of facts) this.add(fact);
  }

  get size(): number {
    return this.#bySlot.length;
  }

  /** Of all facts together, on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  get owners(): Iterable<number> {
    return this.#byOwner.keys();
  }

  has({ owner, version }: Fact): boolean {
    return this.#byOwner.get(owner)?.[version - 1] !== undefined;
  }

  /** Takes a fact in, unless it is here. */
  add(fact: Fact): void {
    if (this.has(fact)) return;
    this.#bySlot[this.set.add(fact.digest)] = fact;
    const own = this.#byOwner.get(fact.owner);
    if (own === undefined) this.#byOwner.set(fact.owner, []);
    (own ?? this.#byOwner.get(fact.owner)!)[fact.version - 1] = fact;
    this.#bytes += fact.bytes;
  }

  addAll(facts: Iterable<Fact> = []): void {
    for (const fact of facts) this.add(fact);
  }

  /** In no particular order. */
  all(): readonly Fact[] {
    return this.#bySlot;
  }

  /** The facts that are in none of `others`. */
  without(others: Iterable<Fact>): Fact[] {
    const theirs = new Replica(others);
    return this.#bySlot.filter((fact) => !theirs.has(fact));
  }

  at(slot: number): Fact {
    return this.#bySlot[slot]!;
  }

  /** The latest version of an owner that is here; 0: none. All before it are taken to be here. */
  version(owner: number): number {
    return this.#byOwner.get(owner)?.length ?? 0;
  }

  /** What an owner said after a version, in order. */
  after(owner: number, version: number): readonly Fact[] {
    return this.#byOwner.get(owner)?.slice(version) ?? [];
  }
}
