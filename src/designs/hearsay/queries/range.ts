/**
 * Who passes a query on to whom: a tree over the members in the order of their nodeIds.
 *
 * Whoever is to pass it on to a range of nodeIds cuts those that it knows there into pieces, and
 * hands each to one of its members, with the piece as its range (El-Ansary et al. 2003, who do
 * so on a ring of hashes; nodeIds are random, so they need none). So a query comes to each member
 * about once, and nobody sends more than a few copies.
 */
import type { Fact, Tags } from '../../../blocks/membership/index.ts';
import type { Random } from '../../../core/index.ts';
import type { Range } from '../query-messages.ts';

/** Whether a member has all of these tags, with these values. */
export function hasTags(tags: Tags, where: Tags): boolean {
  return Object.entries(where).every(([key, value]) => tags[key] === value);
}

/** A piece of a range, and the members known in it in the order of their nodeIds. */
export interface Piece {
  readonly range: Range;
  readonly members: readonly Fact[];
}

/** Members cut into at most so many pieces of about the same size. */
export function piecesOf(members: readonly Fact[], countMax: number): Piece[] {
  const sorted = [...members].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  const count = Math.min(countMax, sorted.length);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * sorted.length) / count);
    const some = sorted.slice(from, Math.floor(((i + 1) * sorted.length) / count));
    return {
      range: { first: some[0]!.nodeId, last: some.at(-1)!.nodeId },
      members: some,
    };
  });
}

/** One of them by chance, if possible one that `isPreferred`. */
export function delegateOf(
  members: readonly Fact[],
  random: Random,
  isPreferred: (fact: Fact) => boolean,
): Fact | undefined {
  if (members.length === 0) return undefined;
  const from = random.below(members.length);
  const turned = [...members.slice(from), ...members.slice(0, from)];
  return turned.find(isPreferred) ?? turned[0];
}
