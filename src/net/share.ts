/**
 * What the nodes of one process share: one book, and one `share` of each design.
 *
 * Hundreds of nodes in one process then hold each identity and each fact once.
 */
import { RouteBook } from '../blocks/peers/book.ts';
import type { Codec, Design, Membership, Protocol } from '../core/index.ts';
import { nodeCrypto } from './entropy.ts';

/** A design's share and its codec. */
export interface Shared<M, S> {
  readonly book: RouteBook;
  readonly shared: S;
  readonly codec: Codec<M>;
}

const book = new RouteBook();
const shares = new WeakMap<object, Shared<unknown, unknown>>();

/** The process's share of a design: made at the first call, the same from then on. */
export function shareOf<C, M, E, S, P extends Protocol<M, E> & Membership>(
  design: Design<C, M, E, S, P>,
): Shared<M, S> {
  // The key's own type says what its value holds.
  const known = shares.get(design) as Shared<M, S> | undefined;
  if (known !== undefined) return known;
  const shared = design.share(book, nodeCrypto);
  const made: Shared<M, S> = { book, shared, codec: design.codec(shared) };
  shares.set(design, made);
  return made;
}
