/** An event as it travels and as it is kept. Immutable; a copy that says less is another object. */
import { NODE_ID_BYTES, UsageError, type NodeId } from '../../core/index.ts';
import { textBytes, varintBytes } from '../../wire/index.ts';

export interface Publication {
  readonly seq: number;
  /** The last number that it stands for: one `skipped` may stand for many in a row. */
  readonly last: number;
  /**
   * `whole`: with its body. `skipped`: newer ones of the same keys have taken their place, so there
   * is no body. `named`: the body is too large for a packet; whoever lacks it asks for it.
   */
  readonly form: 'whole' | 'skipped' | 'named';
  readonly topic: string;
  /** Newer events of the same topic and key replace older ones not yet sent; '' has none. */
  readonly key: string;
  /** What the body is: bytes as they are, or JSON in UTF-8. */
  readonly format: Format;
  readonly body: Uint8Array;
  /** The way so far, where it was asked for. */
  readonly trace: readonly Hop[] | undefined;
  /** On the wire, at most. */
  readonly bytes: number;
}

export type Format = 'bytes' | 'json';

/** How an event came to the next node. */
export type Path = 'eager' | 'retransmit' | 'fetch' | 'replay';

/** One node on the way of a traced event. */
export interface Hop {
  readonly by: NodeId;
  /** How long it kept the event before it sent it on, whole ms by its own clock. */
  readonly heldMs: number;
  /** How it sent it. */
  readonly path: Path;
}

/** Who published: a life of a member. */
export interface Origin {
  readonly nodeId: NodeId;
  readonly name: string;
}

export function makePublication(of: Omit<Publication, 'bytes' | 'last'>): Publication {
  return { ...of, last: of.seq, bytes: publicationBytes(of) };
}

/** In place of events that newer ones of their keys replace, from one number to another. */
export function skipped(seq: number, last = seq): Publication {
  const one = makePublication({ ...EMPTY, form: 'skipped', seq });
  return last === seq ? one : { ...one, last, bytes: one.bytes + varintBytes(last - seq) };
}

/** The name of an event whose body does not fit a packet. */
export function named(seq: number): Publication {
  return makePublication({ ...EMPTY, form: 'named', seq });
}

function publicationBytes(of: Omit<Publication, 'bytes' | 'last'>): number {
  let bytes = 1 + varintBytes(of.seq);
  if (of.form !== 'whole') return bytes;
  const topicBytes = textBytes(of.topic);
  bytes += varintBytes(topicBytes) + topicBytes + varintBytes(of.body.length) + of.body.length;
  if (of.key !== '') bytes += varintBytes(textBytes(of.key)) + textBytes(of.key);
  if (of.trace !== undefined) bytes += 1 + of.trace.length * HOP_BYTES;
  return bytes;
}

/** @throws UsageError BAD_TOPIC */
export function checkTopic(topic: string): void {
  const bytes = typeof topic === 'string' ? textBytes(topic) : 0;
  if (bytes >= 1 && bytes <= TOPIC_BYTES_MAX && !/\p{Surrogate}/u.test(topic)) return;
  throw new UsageError(
    'BAD_TOPIC',
    `topic: give 1 to ${TOPIC_BYTES_MAX} bytes of text, not ${bytes} bytes of ${typeof topic}`,
  );
}

/** @throws UsageError BAD_OPTION */
export function checkKey(key: string): void {
  const isText = typeof key === 'string' && !/\p{Surrogate}/u.test(key);
  if (isText && textBytes(key) <= KEY_BYTES_MAX) return;
  throw new UsageError('BAD_OPTION', `key: give at most ${KEY_BYTES_MAX} bytes of text`);
}

/** @throws UsageError EVENT_TOO_LARGE */
export function checkBody(body: Uint8Array): void {
  if (body.length <= BODY_BYTES_MAX) return;
  throw new UsageError(
    'EVENT_TOO_LARGE',
    `an event of ${body.length} bytes exceeds ${BODY_BYTES_MAX}: keep larger things in ` +
      'cluster.state, and publish their key',
  );
}

export const TOPIC_BYTES_MAX = 128;
export const KEY_BYTES_MAX = 128;
/** Of an event without a key. */
export const EMPTY_KEY = '';
/** What one stream message carries, less 1 kB for topic, key, trace and the like. */
export const BODY_BYTES_MAX = 63 * 1024;
/** A trace that was longer would be of an event that runs in circles. */
export const HOPS_MAX = 32;

/** NodeId, path and the time held. */
const HOP_BYTES = NODE_ID_BYTES + 1 + 4;

const EMPTY: Omit<Publication, 'bytes' | 'seq' | 'last' | 'form'> = {
  topic: '',
  key: '',
  format: 'bytes',
  body: new Uint8Array(0),
  trace: undefined,
};
