/** What version digests tell: how far each owner is known, and what lies beyond that. */
import type { Fact, Replica } from './replica.ts';

/** Owner → the latest version known. */
export type VersionDigest = ReadonlyMap<number, number>;

/** What things cost on the wire. */
export interface VersionCosts {
  /** An owner and its version. */
  readonly digestBytes: number;
  /** An owner, before its facts. */
  readonly ownerBytes: number;
  /** A fact, beyond its own bytes. */
  readonly factBytes: number;
}

export function digestOf(replica: Replica): VersionDigest {
  return new Map([...replica.owners].map((owner) => [owner, replica.version(owner)]));
}

/**
 * The facts beyond `known`, owner by owner from the `first` on, each in the order of versions, as
 * far as the room goes: so what is known of an owner never has holes. `isWhole`: all fitted.
 */
export function deltaBeyond(
  replica: Replica,
  known: VersionDigest,
  costs: VersionCosts,
  bytesMax: number,
  first = 0,
): { readonly facts: readonly Fact[]; readonly isWhole: boolean } {
  const owners = [...replica.owners];
  const facts: Fact[] = [];
  let left = bytesMax;
  for (let i = 0; i < owners.length; i++) {
    const owner = owners[(first + i) % owners.length]!;
    const further = replica.after(owner, known.get(owner) ?? 0);
    if (further.length > 0) left -= costs.ownerBytes;
    for (const fact of further) {
      left -= fact.bytes + costs.factBytes;
      if (left < 0) return { facts, isWhole: false };
      facts.push(fact);
    }
  }
  return { facts, isWhole: true };
}

/** What facts cost beyond their own bytes. */
export function deltaBytes(facts: readonly Fact[], costs: VersionCosts): number {
  const owners = new Set(facts.map(({ owner }) => owner));
  return owners.size * costs.ownerBytes + facts.length * costs.factBytes;
}
