import type { Registry } from '../../blocks/membership/index.ts';
import type { Book } from '../../core/index.ts';

/** What all nodes of one simulation or process have in common: interned names and facts. */
export interface HearsayShared {
  readonly book: Book;
  readonly registry: Registry;
}
