import { hashText, mix32, type NodeId, type Peer } from '../../core/index.ts';

/**
 * A member's own facts, of which it is the only author.
 *
 * A *life* is (start, nodeId). Within a life the counter rises with every change of the facts and
 * with every refutation, so equal (life, counter) means equal content.
 */
export interface Fact {
  readonly name: string;
  readonly nodeId: NodeId;
  /** The route to the member: its advertised address and nodeId. */
  readonly peer: Peer;
  /** Start of this life, whole milliseconds of wall clock, 0 … 2^48 − 1. */
  readonly start: number;
  /** The start that this life first announced: never raised. */
  readonly born: number;
  /** 0 … 2^32 − 1. */
  readonly counter: number;
  /** Whether TCP connections reach the member, as far as it knows. */
  readonly streams: Streams;
  /** At most {@link TAGS_BYTES_MAX} bytes in all. */
  readonly tags: Tags;
  /** The name's number in the process's registry; −1 while nobody here holds the member. */
  readonly slot: number;
  /** What the fact takes on the wire, at most: counted once, by its design's codec. */
  readonly bytes: number;
  /** 32 bits of (name, life, counter), of which checksums are sums. */
  readonly hash: number;
}

export type Streams = 'unknown' | 'yes' | 'no';
export type Tags = Readonly<Record<string, string>>;

export const NAME_BYTES_MAX = 128;
export const TAGS_BYTES_MAX = 512;
export const START_MAX = 2 ** 48 - 1;
export const COUNTER_MAX = 2 ** 32 - 1;

/** Builds a fact; computes its hash. */
export function makeFact(of: Omit<Fact, 'hash'>): Fact {
  const { name, nodeId, peer, start, born, counter, streams, tags, slot, bytes } = of;
  const life = hashText(name, mix32(start % 2 ** 32) ^ Math.floor(start / 2 ** 32));
  const hash = mix32(hashText(nodeId, life) ^ Math.imul(counter, 0x9e3779b1));
  return { name, nodeId, peer, start, born, counter, streams, tags, slot, bytes, hash };
}

/** Whether two facts say the same of the same life. */
export function equalFacts(a: Fact, b: Fact): boolean {
  return (
    a === b ||
    (a.hash === b.hash &&
      a.counter === b.counter &&
      a.start === b.start &&
      a.nodeId === b.nodeId &&
      a.name === b.name &&
      a.peer === b.peer &&
      a.born === b.born &&
      a.streams === b.streams &&
      equalTags(a.tags, b.tags))
  );
}

/** Whether two sets of tags hold the same keys and values. */
export function equalTags(a: Tags, b: Tags): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  );
}
