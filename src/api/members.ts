import type { Tags } from '../designs/hearsay/index.ts';
import type { Member } from './member.ts';

/**
 * The members of the cluster as this node knows them now, itself included.
 *
 * Iteration, `size` and `where` cover the live ones (alive or suspected). Each is a snapshot;
 * ask again for what has changed since.
 */
export class Members implements Iterable<Member> {
  readonly #all: () => Iterable<Member>;
  readonly #get: (name: string) => Member | undefined;

  constructor(all: () => Iterable<Member>, get: (name: string) => Member | undefined) {
    this.#all = all;
    this.#get = get;
  }

  *[Symbol.iterator](): Iterator<Member> {
    for (const member of this.#all()) if (isLive(member)) yield member;
  }

  /** How many live, this node included. */
  get size(): number {
    let size = 0;
    for (const member of this.#all()) if (isLive(member)) size++;
    return size;
  }

  /** A member by name, in whatever status. */
  get(name: string): Member | undefined {
    return this.#get(name);
  }

  /** The live members that carry all of these tags. */
  where(tags: Tags): Member[] {
    const wanted = Object.entries(tags);
    return [...this].filter((member) =>
      wanted.every(([key, value]) => Object.hasOwn(member.tags, key) && member.tags[key] === value),
    );
  }

  /** All that are known, the dead, left and evicted included. */
  all(): Member[] {
    return [...this.#all()];
  }
}

/** Alive, or suspected and not yet declared dead. */
export function isLive(member: Pick<Member, 'status'>): boolean {
  return member.status === 'alive' || member.status === 'suspect';
}
