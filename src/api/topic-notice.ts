import type { NodeId } from '../core/index.ts';

/** What a listener of a topic gets. */
export type TopicNotice<T> =
  | {
      readonly type: 'event';
      readonly value: T;
      /** As it was given to `publish`. */
      readonly key: string | undefined;
      /** Name of the member that published it; perhaps this node. */
      readonly origin: string;
      /** The life of it that did. */
      readonly nodeId: NodeId;
      /** Counts that life's events, on all topics: they come in this order, each once. */
      readonly seq: number;
      /** It was published before this node joined, or before the listener was there. */
      readonly replayed: boolean;
    }
  /** Events of that life, on whatever topic, that nobody reachable keeps any more. */
  | {
      readonly type: 'gap';
      readonly origin: string;
      readonly nodeId: NodeId;
      /** The first that is missing, and the last. */
      readonly from: number;
      readonly to: number;
      /** They were published before; only who asks for a replay is told. */
      readonly replayed: boolean;
    };

export interface PublishOptions {
  /**
   * At most 128 bytes. An event that is not sent yet gives way to a newer one of the same topic and
   * key.
   */
  readonly key?: string | undefined;
  /** Record by which way it reaches each node, for `hearsay trace`. */
  readonly trace?: boolean | undefined;
}

/** Gets what happens on a topic. What it throws is logged. */
export type TopicListener<T> = (notice: TopicNotice<T>) => unknown;
