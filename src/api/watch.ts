import { EventStream } from './event-stream.ts';
import { UsageError } from '../core/index.ts';
import type { ClusterEvent } from './events.ts';
import type { Ground } from './ground.ts';

export interface WatchOptions {
  /** Begins with what there is, each key as if it were new. Default false. */
  readonly present?: boolean;
  /** Changes that wait for the reader, at most; `overflow` tells of more. Default 4,096. */
  readonly bufferMax?: number;
}

/** The events of one type that are wanted, until the node has left. */
export function watch<E extends ClusterEvent>(
  ground: Ground,
  type: E['type'],
  isWanted: (event: E) => boolean,
  present: readonly E[],
  options: WatchOptions,
): EventStream<E> {
  const { bufferMax = CHANGES_MAX } = options;
  if (!Number.isInteger(bufferMax) || bufferMax < 1) {
    throw new UsageError('BAD_OPTION', `bufferMax: give a whole number from 1, not ${bufferMax}`);
  }
  const onEnd = ground.tap('watch', (event) => {
    if (event.type === 'closed') stream.end();
    else if (isOf<E>(event, type) && isWanted(event)) stream.push(event);
  });
  const stream = new EventStream<E>({
    bufferMax: Math.max(bufferMax, options.present === true ? present.length : 0),
    promised: ground.promised,
    onEnd,
  });
  if (options.present === true) for (const change of present) stream.push(change);
  return stream;
}

/** @throws UsageError KEY_UNUSABLE for what is no text, from programs without types */
export function checkText(what: string, key: unknown): void {
  if (typeof key === 'string') return;
  const type = key === null ? 'null' : typeof key;
  throw new UsageError('KEY_UNUSABLE', `${what}: give a text, not ${type}`);
}

function isOf<E extends ClusterEvent>(event: ClusterEvent, type: E['type']): event is E {
  return event.type === type;
}

/** For who reads changes slowly. */
const CHANGES_MAX = 4096;
