import type { ContentReference } from '../../blocks/data/index.ts';

/** What nodes say of large values to each other. */
export type ValueMessage = Want | Chunk | Lack;

/**
 * "Of this value I have these chunks, and I want those": all that is wanted of the receiver now, so
 * what is no longer listed has arrived. By packet; answered by chunks, or by `lack`.
 */
export interface Want {
  readonly type: 'want';
  readonly of: ContentReference;
  /** A bit for each chunk that the sender has, as of a ChunkSet. */
  readonly have: Uint8Array;
  /** At most {@link WANTED_MAX}; LIST: the list of the chunks' hashes. */
  readonly indices: readonly number[];
}

/** One chunk, or the list. By stream, on the bulk lane. */
export interface Chunk {
  readonly type: 'chunk';
  readonly of: ContentReference;
  readonly index: number;
  readonly have: Uint8Array;
  readonly bytes: Uint8Array;
}

/** "You get nothing of that but what I have"; busy: "nothing, ask again later". By packet. */
export interface Lack {
  readonly type: 'lack';
  readonly of: ContentReference;
  readonly have: Uint8Array;
  readonly isBusy: boolean;
}

/** Four times what this version asks for at once. */
export const WANTED_MAX = 16;
