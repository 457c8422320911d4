/** What a node saves: bytes, or a large value, which hosts keep once and apart from the bytes. */
export type LogRecord = Uint8Array | Content;

/** What stands for a large value. */
export interface ContentReference {
  /** Bytes of the value, at least 1. */
  readonly length: number;
  /** Names the value: two that differ have different ones. 64 hexadecimal digits. */
  readonly hash: string;
}

/** A large value whole. Nobody changes its bytes. */
export interface Content {
  readonly reference: ContentReference;
  /** Hashes of the chunks, one after another. */
  readonly list: Uint8Array;
  /** The value's bytes, cut up. */
  readonly chunks: readonly Uint8Array[];
}

export function isContent(record: LogRecord): record is Content {
  return 'chunks' in record;
}
